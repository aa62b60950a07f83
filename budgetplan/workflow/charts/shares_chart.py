"""Data of the figure of shares: how the optimum splits a budget between the stages, as the budget grows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import STAGES
from budgetplan.planning.baselines import stages_of
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.version import VERSION
from budgetplan.workflow.charts.figures import DECADES, measured_compute
from budgetplan.workflow.resolve.amount import names_amount, resolve_amount
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import Question, resolve
from budgetplan.workflow.resolve.settle import SPARE, STARTS, require_shared_price
from budgetplan.workflow.stage_names import WRITTEN

if TYPE_CHECKING:
    import pandas as pd

POINTS = 49
"""Budgets, spaced evenly in their logarithm; with draws every fourth of them has a band."""


@dataclass(frozen=True)
class SharesChart:
    """Shares of the optimum against budget.

    Attributes
    ----------
    budget : ndarray of shape (point,)
        [FLOP]
    shares : mapping of str to ndarray of shape (point,)
        By stage; nan where no plan is feasible. [1]
    low, high : mapping of str to ndarray of shape (point,)
        5 and 95 % of each draw's own optimum; nan where it was not drawn. [1]
    equal : float
        Share of a stage in an equal split. [1]
    measured : (float, float) or None
        Training compute on which the pre-training law was measured. [FLOP]
    headline, caption : str
    """

    budget: Array
    shares: Mapping[str, Array]
    low: Mapping[str, Array]
    high: Mapping[str, Array]
    equal: float
    measured: tuple[float, float] | None
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float | bool | None]]:
        """The drawn data, one row per stage and budget."""
        inside = None if self.measured is None else (self.budget >= self.measured[0]) & (self.budget <= self.measured[1])
        return [
            {
                "stage": stage,
                "budget_flop": float(self.budget[at]),
                "share": float(share[at]),
                "share_q05": float(self.low[stage][at]),
                "share_q95": float(self.high[stage][at]),
                "measured": None if inside is None else bool(inside[at]),
            }
            for stage, share in self.shares.items()
            for at in range(len(self.budget))
        ]

    def to_frame(self) -> pd.DataFrame:
        """The drawn data as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def shares_chart(scenario: Scenario, points: int = POINTS) -> SharesChart:
    """Plan budgets around the scenario's, for a figure.

    Parameters
    ----------
    scenario : Scenario
        Its budget, where there is one, is the middle; its `draws` make the band.
    points : int
        Budgets.

    Returns
    -------
    SharesChart
        Demand follows the budget where it is assumed.

    Raises
    ------
    ScenarioError
        If the law is a policy or knows one stage: there is nothing to split.
    """
    require_law_objective(scenario, "The best shares")
    question = resolve(scenario)
    require_shared_price(question, "The curve of shares")
    low, high = DECADES
    if names_amount(scenario):
        middle = resolve_amount(scenario).flop
        low, high = middle * 1e-3, middle * 1e3
    budget = np.geomspace(low, high, points)
    stages: tuple[str, ...] = ()
    if question.law.policy is None:
        problem = question.at(budget)
        stages = tuple(stages_of(problem))
    if len(stages) < 2:
        raise ScenarioError(f"The law `{question.law.id}` has one stage: there is nothing to split.", "Use --law default.")
    best = solve(problem, STARTS, SPARE)
    share = np.where(np.isfinite(best.loss), problem.cost(best.y), np.nan) / budget
    shares = {stage: share[row] for row, stage in enumerate(STAGES) if stage in stages}
    bands = _bands(question, problem, best.y, np.isfinite(best.loss)) if scenario.draws else np.full((2, 3, points), np.nan)
    lower, upper = ({stage: side[row] for row, stage in enumerate(STAGES) if stage in stages} for side in bands)
    drawn = f"; bands: 90 % of {scenario.draws} draws" if scenario.draws else ""
    return SharesChart(
        budget,
        shares,
        lower,
        upper,
        equal=1.0 / len(stages),
        measured=measured_compute(question),
        headline=_finding(budget, shares),
        caption=f"Law {question.law.id} ({question.law.hash}); the optimum of each budget with its best model size{drawn}; dashed: "
        f"beyond the training compute that the law was measured on; budgetplan {VERSION}.",
    )


def _bands(question: Question, problem: Problem, y: Array, able: Array) -> Array:
    """Ends of the intervals of the shares at every fourth budget, shape (2, 3, point); nan elsewhere."""
    from budgetplan.workflow.plans.uncertain import PLAN, plan_under_draws

    out = np.full((2, 3, problem.size), np.nan)
    for at in range(0, problem.size, 4):
        if able[at]:
            found = plan_under_draws(question, problem.take(np.array([at])), {PLAN: y[:, at]}).intervals
            for row, stage in enumerate(STAGES):
                out[:, row, at] = found[f"{stage}_share"]["q05"], found[f"{stage}_share"]["q95"]
    return out


def _finding(budget: Array, shares: Mapping[str, Array]) -> str:
    """Say which stage's share changes most between the first and the last budget that have a plan."""
    there = np.flatnonzero(np.isfinite(next(iter(shares.values()))))
    if not len(there):
        raise ScenarioError("No budget of the figure has a feasible plan.", "Raise the budget, or relax the limits.")
    first, last = there[0], there[-1]
    stage = max(shares, key=lambda name: abs(float(shares[name][last] - shares[name][first])))
    before, after = (100 * float(shares[stage][at]) for at in (first, last))
    ends = [f"{budget[at]:.2g}".replace("e+", "e") for at in (first, last)]
    way = "rises" if after > before else "falls"
    if abs(after - before) < 0.5:
        return f"The best split hardly changes from {ends[0]} to {ends[1]} FLOP"
    moved = f"{way} from {before:.0f} % to {after:.0f} %"
    return f"The best share of {WRITTEN[stage]} {moved} between {ends[0]} and {ends[1]} FLOP"
