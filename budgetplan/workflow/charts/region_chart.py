"""Data of the figure of the near-optimal region: the splits that waste no more than the tolerance, on the triangle of shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import STAGES
from budgetplan.scenario import Scenario
from budgetplan.workflow.plans.planner import plan
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.stage_names import WRITTEN

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RegionChart:
    """Splits that are as good, beside the optimum and equal thirds.

    Attributes
    ----------
    vertices : ndarray of shape (vertex, 3)
        Shares of pre-training, RL and inference, in order around the optimum. [1]
    optimum, thirds : ndarray of shape (3,)
        [1]
    tolerance : float
        Compute that a split may waste, as a part of the budget. [1]
    inside : bool
        Whether equal thirds are.
    headline, caption : str
    """

    vertices: Array
    optimum: Array
    thirds: Array
    tolerance: float
    inside: bool
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float | bool | None]]:
        """The drawn data: one row per vertex, and one for each mark."""
        marks = [("vertex", row) for row in self.vertices] + [("optimum", self.optimum), ("equal-thirds", self.thirds)]
        return [
            {"holds": name, **{f"{stage}_share": float(share) for stage, share in zip(STAGES, row, strict=True)}}
            for name, row in marks
        ]

    def to_frame(self) -> pd.DataFrame:
        """The drawn data as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def region_chart(scenario: Scenario, command: str = "") -> RegionChart:
    """The region of a scenario's plan, for a figure.

    Parameters
    ----------
    scenario : Scenario
        Its `tolerance` says how much a split may waste.
    command : str
        What was typed, for the provenance.

    Raises
    ------
    ScenarioError
        If fewer than three stages share the budget.
    """
    require_law_objective(scenario, "The near-optimal region")
    study = plan(scenario.model_copy(update={"tolerance": scenario.tolerance, "draws": None}), command=command)
    region = study.region
    if region is None or len(region.stages) < 3:
        raise ScenarioError(f"The law `{study.law.id}` has fewer than three stages: there is no triangle.", "Use --law default.")
    ranges = ", ".join(f"{WRITTEN[stage]} {100 * low:.0f}-{100 * high:.0f} %" for stage, (low, high) in region.ranges.items())
    return RegionChart(
        region.shares,
        np.array([study.plan.share[stage] for stage in STAGES]),
        np.full(3, 1.0 / 3.0),
        region.tolerance,
        region.thirds_inside,
        f"Within {100 * region.tolerance:.3g} % of compute: {ranges}",
        f"Every split inside has a model size with which it wastes at most {100 * region.tolerance:.3g} %. {study.caption}",
    )
