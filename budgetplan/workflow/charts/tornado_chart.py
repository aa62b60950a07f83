"""Data of the tornado: what this plan wastes at both ends of each number that it rests on, the costliest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.numerics.arrays import Array
from budgetplan.scenario import Scenario
from budgetplan.uncertainty.tornado import End
from budgetplan.units import format_quantity
from budgetplan.version import VERSION
from budgetplan.workflow.questions.sensitivity_study import Sensitivity, sensitivity

if TYPE_CHECKING:
    import pandas as pd

MOST = 12
"""Levers that are drawn."""


@dataclass(frozen=True)
class TornadoChart:
    """Wasted compute of one plan at both ends of each lever's range.

    Attributes
    ----------
    names, units, kinds : tuple of str
        Of the levers, the one with the largest waste first.
    low_value, high_value : ndarray of shape (lever,)
        Ends of the ranges, each in its unit.
    low_said, high_said : tuple of str
        The ends as they are written.
    low_wasted, high_wasted : ndarray of shape (lever,)
        Compute that the plan wastes there; 1 where it cannot be carried out. [1]
    headline, caption : str
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    kinds: tuple[str, ...]
    low_value: Array
    high_value: Array
    low_said: tuple[str, ...]
    high_said: tuple[str, ...]
    low_wasted: Array
    high_wasted: Array
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float]]:
        """The drawn data, one row per bar."""
        out: list[dict[str, str | float]] = []
        for at, (name, unit, kind) in enumerate(zip(self.names, self.units, self.kinds, strict=True)):
            for end, value, wasted in (
                ("low", self.low_value[at], self.low_wasted[at]),
                ("high", self.high_value[at], self.high_wasted[at]),
            ):
                bar = {"lever": name, "kind": kind, "unit": unit, "end": end}
                out.append({**bar, "value": float(value), "wasted_compute": float(wasted)})
        return out

    def to_frame(self) -> pd.DataFrame:
        """The drawn data as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def tornado_chart(scenario: Scenario, command: str = "") -> TornadoChart:
    """Ask what the scenario's plan rests on, for a figure.

    Parameters
    ----------
    scenario : Scenario
        The question; draws change nothing here and are not made.
    command : str
        What was typed.

    Returns
    -------
    TornadoChart

    Raises
    ------
    ScenarioError
        If nothing that the plan rests on has a stated range.
    BudgetPlanError
        As for `sensitivity`.
    """
    return chart_of_sensitivity(sensitivity(scenario.model_copy(update={"draws": None}), command=command))


def chart_of_sensitivity(found: Sensitivity) -> TornadoChart:
    """The tornado of a sensitivity study.

    Parameters
    ----------
    found : Sensitivity

    Returns
    -------
    TornadoChart

    Raises
    ------
    ScenarioError
        If it has no lever with a range.
    """
    swings = found.tornado[:MOST]
    if not swings:
        raise ScenarioError("Nothing that this plan rests on has a stated range: there is no tornado.", "Use --law default.")
    left = len(found.tornado) - len(swings)
    smaller = f"; the {left} next levers waste at most {100 * found.tornado[MOST].regret:.2g} %" if left else ""
    study = found.study
    budget = format_quantity(study.budget.flop, "compute", 3)
    return TornadoChart(
        names=tuple(swing.lever for swing in swings),
        units=tuple(swing.unit for swing in swings),
        kinds=tuple(swing.kind for swing in swings),
        low_value=np.array([swing.low.value for swing in swings]),
        high_value=np.array([swing.high.value for swing in swings]),
        low_said=tuple(_said(swing.low) for swing in swings),
        high_said=tuple(_said(swing.high) for swing in swings),
        low_wasted=np.array([swing.low.regret for swing in swings]),
        high_wasted=np.array([swing.high.regret for swing in swings]),
        headline=found.headline.rstrip(".").replace("`", ""),
        caption=f"Budget {budget}; law {study.law.id} ({study.law.hash}); params and split as planned, "
        f"against the optimum at each end of a range, one lever at a time{smaller}; budgetplan {VERSION}.",
    )


def _said(end: End) -> str:
    return end.said or f"{end.value:.3g}".replace("e+", "e")
