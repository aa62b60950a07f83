"""Data of the figure of marginal returns: what one more FLOP brings in each stage, around the plan.

    r_j(f) = [-dl/dC_j at spend f C_j] / [-dl/dC_j at the plan],   dl/dC_j = (dl/d ln x_j)/C_j,   all else as planned

All lines cross at (1, 1). At an optimum without active limits every stage that is a choice earns the same there, the shadow price
of the budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import STAGES
from budgetplan.planning.baselines import stages_of
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.version import VERSION
from budgetplan.workflow.plans.planner import require_feasible
from budgetplan.workflow.resolve.amount import resolve_amount
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import resolve
from budgetplan.workflow.resolve.settle import SPARE, STARTS
from budgetplan.workflow.stage_names import WRITTEN

if TYPE_CHECKING:
    import pandas as pd

SPAN, POINTS = 8.0, 65
"""Spend is varied by this factor either way, at so many values."""
ALIKE = 1e-3
"""Relative difference of what stages earn that counts as none. [1]"""


@dataclass(frozen=True)
class MarginalChart:
    """Returns of spend, stage by stage.

    Attributes
    ----------
    factor : ndarray of shape (point,)
        Spend on the stage over the plan's. [1]
    returns : mapping of str to ndarray of shape (point,)
        Loss saved per FLOP over what the plan saves; nan below one sample per query. [1]
    headline, caption : str
    """

    factor: Array
    returns: Mapping[str, Array]
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float | bool | None]]:
        """The drawn data, one row per stage and spend."""
        return [
            {"stage": stage, "spend_over_plan": float(f), "return_over_plan": float(value)}
            for stage, values in self.returns.items()
            for f, value in zip(self.factor, values, strict=True)
        ]

    def to_frame(self) -> pd.DataFrame:
        """The drawn data as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def marginal_chart(scenario: Scenario) -> MarginalChart:
    """Returns around a scenario's plan, for a figure.

    Parameters
    ----------
    scenario : Scenario
        With an amount.

    Raises
    ------
    ScenarioError
        If the law is a policy, which has no loss.
    """
    require_law_objective(scenario, "What the next FLOP earns")
    question = resolve(scenario)
    if question.law.policy is not None:
        raise ScenarioError(f"`{question.law.id}` is a policy: it has no loss to save.", "Use --law default.")
    problem = question.at(np.array([resolve_amount(scenario).flop]))
    require_feasible(problem)
    y = solve(problem, STARTS, SPARE).y[:, 0]
    factor = np.geomspace(1 / SPAN, SPAN, POINTS)
    many = problem.repeated(POINTS)
    returns: dict[str, Array] = {}
    earned: list[float] = []
    cost = problem.cost(y[:, None])[:, 0]
    for stage in stages_of(problem):
        row = 1 + STAGES.index(stage)
        if not np.isfinite(y[row]):
            continue
        at = np.repeat(y[:, None], POINTS, axis=1)
        at[row] += np.log(factor)
        able = at[row] >= many.least_inference - 1e-12 if row == 3 else np.ones(POINTS, dtype=bool)
        at[row] = np.where(able, at[row], y[row])
        here = -many.loss_and_gradient(at)[1][row] / factor
        plan = -float(problem.loss_and_gradient(y[:, None])[1][row, 0])
        returns[stage] = np.where(able, here / plan, np.nan)
        earned.append(plan / float(cost[row - 1]))
    double = {stage: float(np.interp(np.log(2.0), np.log(factor), values)) for stage, values in returns.items()}
    best = max(double, key=lambda stage: double[stage])
    alike = max(earned) <= min(earned) * (1 + ALIKE)
    at_plan = "every stage earns the same" if alike else "limits hold, and the stages do not earn the same"
    return MarginalChart(
        factor,
        returns,
        f"At twice its spend, {WRITTEN[best]} still earns {100 * double[best]:.0f} % of what it earns at the plan",
        f"Law {question.law.id} ({question.law.hash}); model size and the other stages as planned; at the plan {at_plan} per FLOP; "
        f"budgetplan {VERSION}.",
    )
