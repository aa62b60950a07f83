"""Data of the figure of a backtest: tokens per param of public models against their compute, beside a law's best ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.laws.catalogue import load_law
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law import Law
from budgetplan.laws.policy import FLOP_PER_PARAM_TOKEN
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.problem import problem
from budgetplan.planning.solver import solve
from budgetplan.workflow.charts.chart_words import law_caption
from budgetplan.workflow.questions.backtest import LAW, backtest

if TYPE_CHECKING:
    import pandas as pd

KAPPA = (FLOP_PER_PARAM_TOKEN, 1.0, 1.0)
"""Prices of pre-training alone: 6 N D. [FLOP/(param token)]"""
_POINTS = 61


@dataclass(frozen=True)
class BacktestChart:
    """Public models and the ratio that a law finds best.

    Attributes
    ----------
    names : tuple of str
        Of the models.
    compute, tokens_per_param : ndarray of shape (model,)
        6 N D and D/N. [FLOP], [token/param]
    served : ndarray of shape (model,)
        Revealed demand; nan where there is none. [token]
    open_weights, sparse : ndarray of bool of shape (model,)
    line_compute, line_ratio : ndarray of shape (point,)
        Compute-optimal D/N of the law's pre-training link, or its policy. [FLOP], [token/param]
    measured : (float, float) or None
        Training compute that the law was measured on. [FLOP]
    headline, caption : str
    """

    names: tuple[str, ...]
    compute: Array
    tokens_per_param: Array
    served: Array
    open_weights: Bools
    sparse: Bools
    line_compute: Array
    line_ratio: Array
    measured: tuple[float, float] | None
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float | bool | None]]:
        """The drawn data, one row per model and per point of the line."""
        points = zip(self.names, self.compute, self.tokens_per_param, self.served, self.open_weights, self.sparse, strict=True)
        line = zip(self.line_compute, self.line_ratio, strict=True)
        return [_mark("model", *values) for values in points] + [_mark("optimum", "", c, m) for c, m in line]

    def to_frame(self) -> pd.DataFrame:
        """The drawn data as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def _mark(
    holds: str,
    name: str,
    compute: float,
    ratio: float,
    served: float = np.nan,
    is_open: bool | None = None,
    sparse: bool | None = None,
) -> dict[str, str | float | bool | None]:
    return {
        "holds": holds,
        "model": name,
        "compute_flop": float(compute),
        "tokens_per_param": float(ratio),
        "revealed_served_tokens": float(served),
        "open_weights": None if is_open is None else bool(is_open),
        "sparse": None if sparse is None else bool(sparse),
    }


def backtest_chart(law: str = LAW, models: Sequence[str] | None = None) -> BacktestChart:
    """Hold public models against a law, for a figure.

    Parameters
    ----------
    law : str
        As for `backtest`.
    models : sequence of str, optional
        Ids or aliases; default: all. A model trained further from another lies where its base does, and is left out where its
        base is there.

    Returns
    -------
    BacktestChart

    Raises
    ------
    UnknownNameError
        Where there is no such law or model.
    ScenarioError
        Where the law has no pre-training link.
    """
    found, made = backtest(law, models), load_law(law)
    there = {row["model"] for row in found.rows}
    rows = [row for row in found.rows if row["operations_flop"] is not None and row["base"] not in there]
    compute = np.array([row["operations_flop"] for row in rows])
    line = np.geomspace(compute.min() / 3.0, compute.max() * 3.0, _POINTS) if len(rows) else np.empty(0)
    parts = [record for link, record in made.parts.items() if link in ("pretraining", "policy")]
    box = parts[0].box.get("training_flop") if parts else None
    alone = " pre-training alone" if isinstance(made.function, FourLinks) else ""
    return BacktestChart(
        names=tuple(row["title"] for row in rows),
        compute=compute,
        tokens_per_param=np.array([row["tokens_per_param"] for row in rows]),
        served=np.array([np.nan if row["revealed_served_tokens"] is None else row["revealed_served_tokens"] for row in rows]),
        open_weights=np.array([row["open_weights"] for row in rows], dtype=bool),
        sparse=np.array([row["total_params"] is not None for row in rows], dtype=bool),
        line_compute=line,
        line_ratio=_best_ratio(made, line),
        measured=None if box is None else (float(box[0]), float(box[1])),
        headline=found.finding.rstrip(".").replace("`", ""),
        caption=law_caption(made, "C = 6 N D, N active params", f"line: compute-optimal{alone}, dashed: beyond what was measured"),
    )


def _best_ratio(law: Law, compute: Array) -> Array:
    """Compute-optimal tokens per param of pre-training alone. [token/param]"""
    if not len(compute):
        return compute
    if law.policy is not None:
        params, tokens = law.policy.allocate(compute)
        return tokens / params
    pretraining = law.function.pretraining if isinstance(law.function, FourLinks) else law.model
    best = solve(problem(pretraining, compute, KAPPA)).y
    ratio: Array = np.exp(best[1] - best[0])
    return ratio
