"""Which budgets the closed loop is closed at: one whose plan lies inside the grid, the last one that does, and one beyond it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from budgetplan.errors import DataError, InfeasibleError
from budgetplan.lab.advice import Advice
from budgetplan.lab.price import Row
from budgetplan.laws.law import Law

BEYOND = 3.0
"""The last budget over the one at the edge. [1]"""
NAMES = ("inside", "edge", "beyond")
_COUNT = 17
"""Budgets that are looked at."""
_AXES = ("params", "pretraining_tokens", "rl_tokens", "k")


@dataclass(frozen=True)
class Noise:
    """Scatter of measured task loss.

    Attributes
    ----------
    between_seeds : float
        Standard deviation of one seed about its cell. [ln task loss]
    about_law : float
        Root mean square distance of the rows from the law: scatter between seeds and what the law's form misses. [ln task loss]
    """

    between_seeds: float
    about_law: float

    @property
    def of_a_run(self) -> float:
        """What a new run scatters by: the distance from the law, but no less than that between seeds."""
        return max(self.between_seeds, self.about_law)


def noise(rows: Sequence[Row], law: Law) -> Noise:
    """Scatter of a table about its cells and about a law.

    Parameters
    ----------
    rows : sequence of mapping
        From `table.read_rows`.
    law : Law
        A joint law.

    Raises
    ------
    DataError
        Where no row has a success between 0 and 1.
    """
    used = [row for row in rows if 0.0 < (row["success_exact"] or 0.0) < 1.0]
    if not used:
        raise DataError("The table has no success between 0 and 1.", "Measure a larger grid: budgetplan lab run --preset tiny.")
    success = np.array([row["success_exact"] or 0.0 for row in used])
    measured = np.log(-np.log(success))
    points = {name: np.array([row[name] or 0.0 for row in used]) for name in _AXES}
    expected = law.loss(
        params=points["params"],
        pretraining_tokens=points["pretraining_tokens"],
        rl_tokens=points["rl_tokens"],
        samples_per_query=points["k"],
        verifier="oracle",
    )
    about_law = float(np.sqrt(np.mean((measured - np.log(expected)) ** 2)))
    cells: dict[tuple[float | None, ...], list[float]] = {}
    for row, value in zip(used, measured.tolist(), strict=True):
        cells.setdefault((row["params"], row["pretraining_tokens"], row["rl_tokens_nominal"], row["k"]), []).append(value)
    groups = [np.array(values) for values in cells.values() if len(values) > 1]
    freedom = sum(len(values) - 1 for values in groups)
    between = np.sqrt(sum(((values - values.mean()) ** 2).sum() for values in groups) / freedom) if freedom else 0.0
    return Noise(float(between), about_law)


def choose_budgets(advice: Advice, rows: Sequence[Row], queries: float | None = None) -> dict[str, float]:
    """Budgets by name, from the grid's own costs and sizes.

    Parameters
    ----------
    advice : Advice
    rows : sequence of mapping
        Of the table.
    queries : float, optional
        Q for all budgets; default: a fair number for each.

    Returns
    -------
    dict of str to float
        `edge` is the largest budget whose plan lies within the N, D, R and k that were measured, of a geometric series from the
        least that a cell cost to train to three times the most; `inside` lies half way, in logs, between it and the first such
        budget, or a tenth of it where that is less. Where no plan lies within, the one that leaves least is the edge, and
        `inside` a third of it. [FLOP]

    Raises
    ------
    InfeasibleError
        Where no budget pays for the queries.
    """
    spent = [(row["flop_pretraining"] or 0.0) + (row["flop_rl"] or 0.0) for row in rows]
    looked = np.geomspace(min(spent), BEYOND * max(spent), _COUNT).tolist()
    outside: dict[float, float] = {}
    for flop in looked:
        try:
            outside[flop] = excess(planned(advice, flop, queries or advice.fair_queries(flop)), rows)
        except InfeasibleError:
            continue
    if not outside:
        if queries is None:
            raise InfeasibleError(
                f"No budget up to {looked[-1]:.3g} FLOP trains a model and answers with it.", "Measure a larger grid."
            )
        raise InfeasibleError(f"No budget up to {looked[-1]:.3g} FLOP pays for {queries:,.0f} queries.", "Ask fewer: --queries.")
    within = [flop for flop, far in outside.items() if far == 0.0]
    edge = within[-1] if within else min(outside, key=lambda flop: outside[flop])
    first = min(within[0], edge / 10.0) if within else edge / 10.0
    return {"inside": float(np.sqrt(first * edge)), "edge": edge, "beyond": BEYOND * edge}


def planned(advice: Advice, flop: float, queries: float) -> dict[str, float]:
    """N, D, R and k of a budget's plan, before N is rounded."""
    posed, y = advice.settled(flop, queries)
    k = float(np.exp(posed.log_samples(y[3:4])[0][0]))
    return dict(zip(_AXES, (*np.exp(y[:3]).tolist(), k), strict=True))


def excess(point: Mapping[str, float], rows: Sequence[Row]) -> float:
    """How far N, D, R, k lie outside a table's ranges, in ln of the worst; 0 inside. Fewer RL tokens than the least lie inside.

    Parameters
    ----------
    point : mapping of str to float
        By column.
    rows : sequence of mapping
        Of the table.
    """
    worst = 0.0
    for name in _AXES:
        column = [row[name] or 0.0 for row in rows]
        worst = max(worst, float(np.log(max(point[name], 1e-300) / max(max(column), 1e-300))))
        if name != "rl_tokens":
            worst = max(worst, float(np.log(min(column) / point[name])))
    return worst if worst > 1e-9 else 0.0
