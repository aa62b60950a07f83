"""Data of the figure of when equal thirds are right: by budget and coefficient, the values at which they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.scenario import Scenario
from budgetplan.uncertainty.thirds_condition import Interval
from budgetplan.version import VERSION
from budgetplan.workflow.questions.thirds_study import USUAL, ThirdsCondition, thirds_condition
from budgetplan.workflow.resolve.amount import names_amount, resolve_amount

if TYPE_CHECKING:
    import pandas as pd

AROUND = (0.01, 0.1, 1.0, 10.0, 100.0)
"""Budgets around the scenario's, relative to it."""


@dataclass(frozen=True)
class ThirdsChart:
    """When an equal split is right, over budgets and coefficients moved one at a time.

    Attributes
    ----------
    budget : ndarray of shape (budget,)
        [FLOP]
    wasted : ndarray of shape (budget,)
        What the equal split wastes under the law as it is. [1]
    coefficients : tuple of str
        Moved alone, everything else as it is.
    value, low, high : ndarray of shape (coefficient, budget)
        The law's own value; ends of the nearest interval in which the split is right, nan where there is none. [its unit]
    least : ndarray of shape (coefficient, budget)
        What the split wastes at the best value tried. [1]
    said : tuple of tuple of str
        The intervals as they are written, shape (coefficient, budget); empty where there is none.
    tolerance : float
        Compute that may be wasted. [1]
    split : str
        What the equal split is called.
    headline, caption : str
    """

    budget: Array
    wasted: Array
    coefficients: tuple[str, ...]
    value: Array
    low: Array
    high: Array
    least: Array
    said: tuple[tuple[str, ...], ...]
    tolerance: float
    split: str
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float]]:
        """The drawn data, one row per cell; the law as it is has no coefficient."""
        own: list[dict[str, str | float]] = [
            {"coefficient": "", "budget_flop": float(c), "value": np.nan, "low": np.nan, "high": np.nan, "least_wasted": float(w)}
            for c, w in zip(self.budget, self.wasted, strict=True)
        ]
        for at, name in enumerate(self.coefficients):
            cells = zip(self.budget, self.value[at], self.low[at], self.high[at], self.least[at], strict=True)
            own += [
                {"coefficient": name, "budget_flop": float(c), "value": float(v), "low": float(lo), "high": float(hi),
                 "least_wasted": float(w)}
                for c, v, lo, hi, w in cells
            ]  # fmt: skip
        return own

    def to_frame(self) -> pd.DataFrame:
        """The drawn data as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def thirds_chart(scenario: Scenario, command: str = "") -> ThirdsChart:
    """When equal thirds are right for a scenario, for a figure.

    Parameters
    ----------
    scenario : Scenario
        Its `tolerance` says how much may be wasted; five decades around its budget, or six from 1e21 FLOP where it has none.
    command : str
        What was typed, for the provenance.

    Raises
    ------
    ScenarioError
        If the law has one stage, or no loss.
    InfeasibleError
        If a budget does not pay for the demand with equal shares.
    """
    budgets = [resolve_amount(scenario).flop * part for part in AROUND] if names_amount(scenario) else list(USUAL)
    return chart_of_condition(thirds_condition(scenario, budgets, "compute", scenario.tolerance, command=command))


def chart_of_condition(found: ThirdsCondition) -> ThirdsChart:
    """The figure of an answer that is there already.

    Parameters
    ----------
    found : ThirdsCondition
        From `budgetplan.thirds_condition`, with at least one coefficient.
    """
    table = [[row.intervals[at] for row in found.rows] for at in range(len(found.rows[0].intervals))]
    numbers = {
        name: np.array([[_number(getattr(item, name)) for item in line] for line in table])
        for name in ("value", "low", "high", "least_wasted")
    }
    part = f"{100 * found.tolerance:.3g} %"
    split = "equal thirds" if found.by == "compute" else "equal tokens"
    digest = found.provenance.get("law_hash", "")
    law = f"Law {found.law}" + (f" ({digest})" if digest else "")
    return ThirdsChart(
        np.array([row.budget for row in found.rows]),
        np.array([row.wasted_compute for row in found.rows]),
        tuple(line[0].coefficient for line in table),
        numbers["value"],
        numbers["low"],
        numbers["high"],
        np.fmin(numbers["least_wasted"], [row.wasted_compute for row in found.rows]),
        tuple(tuple(_said(item) for item in line) for line in table),
        found.tolerance,
        split,
        found.headline,
        f"{law}. Framed: values of one coefficient, all others as they are, at which {split} waste at most {part}. Other cells: "
        f"the least that they waste (%) over sizes within a factor of 30 and exponents of 3; budgetplan {VERSION}.",
    )


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _said(item: Interval) -> str:
    """An interval as it is written: where it ends at the search, only the other end is known."""
    if item.low is None or item.high is None:
        return ""
    open_below, open_above = item.low <= item.searched[0] * (1 + 1e-9), item.high >= item.searched[1] * (1 - 1e-9)
    if open_below and open_above:
        return "any"
    if open_below:
        return f"< {_short(item.high)}"
    return f"> {_short(item.low)}" if open_above else f"{_short(item.low)} to {_short(item.high)}"


def _short(value: float) -> str:
    """Two digits, as plain as they go."""
    return f"{float(f'{value:.2g}'):g}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
