"""Data of the frontier: the best loss of a budget against what serving then costs, as the model's size is moved.

For every N the rest of the budget is planned anew. Serving costs kappa_i N tokens per query, k samples included; without queries
it is counted per served token.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.numerics.arrays import Array
from budgetplan.planning.limits import Limits
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.version import VERSION
from budgetplan.workflow.plans.planner import require_feasible
from budgetplan.workflow.resolve.amount import resolve_amount
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import resolve
from budgetplan.workflow.resolve.settle import SPARE, STARTS, require_shared_price

if TYPE_CHECKING:
    import pandas as pd

SPAN, POINTS = 16.0, 49
"""N is moved by this factor either way, at so many values."""


@dataclass(frozen=True)
class FrontierChart:
    """Loss and serving cost by model size.

    Attributes
    ----------
    params, cost, loss : ndarray of shape (point,)
        N, FLOP per query or served token, best loss; nan where no plan is feasible.
    best : (float, float)
        Cost and loss of the plan.
    per : str
        query or served token.
    loss_name : str
        With its unit.
    headline, caption : str
    """

    params: Array
    cost: Array
    loss: Array
    best: tuple[float, float]
    per: str
    loss_name: str
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float | bool | None]]:
        """The drawn data, one row per size and one for the plan."""
        points = zip(self.params, self.cost, self.loss, strict=True)
        rows: list[dict[str, str | float | bool | None]] = [
            {"holds": "size", "params": float(n), "serving_flop": float(cost), "loss": float(loss)} for n, cost, loss in points
        ]
        return [*rows, {"holds": "plan", "params": None, "serving_flop": self.best[0], "loss": self.best[1]}]

    def to_frame(self) -> pd.DataFrame:
        """The drawn data as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def frontier_chart(scenario: Scenario) -> FrontierChart:
    """The frontier of a scenario, for a figure.

    Parameters
    ----------
    scenario : Scenario
        With an amount; its size must be free.

    Raises
    ------
    ScenarioError
        If the law is a policy, or the size is fixed.
    """
    require_law_objective(scenario, "The frontier over sizes")
    question = resolve(scenario)
    if question.law.policy is not None:
        raise ScenarioError(f"`{question.law.id}` is a policy: it has no loss.", "Use --law default.")
    require_shared_price(question, "The frontier over sizes")
    problem = question.at(np.array([resolve_amount(scenario).flop]))
    require_feasible(problem)
    if problem.limits.fixed[0]:
        raise ScenarioError("The model's size is fixed: there is no frontier over sizes.", "Leave out --params or --checkpoint.")
    best = solve(problem, STARTS, SPARE)
    log_params = best.y[0, 0] + np.log(np.geomspace(1 / SPAN, SPAN, POINTS))
    many = problem.repeated(POINTS)
    low, high = many.limits.low.copy(), many.limits.high.copy()
    low[0] = high[0] = log_params
    answer = solve(replace(many, limits=Limits(low, high, many.limits.rl_forbidden)), 4)
    queries = float(question.demand.number_of_queries(float(problem.budget[0])))
    each = [_cost(question.kappa[2], y, queries, question.demand.served) for y in (answer.y, best.y)]
    loss = np.where(np.isfinite(answer.loss), answer.loss, np.nan)
    half = int(np.argmin(np.abs(log_params - best.y[0, 0] + np.log(2.0))))
    rise = 100 * (loss[half] / float(best.loss[0]) - 1)
    return FrontierChart(
        np.exp(log_params) if question.sizes is None else question.params_of(np.exp(log_params)),
        np.where(np.isfinite(loss), each[0], np.nan),
        loss,
        (float(each[1][0]), float(best.loss[0])),
        "query" if queries > 0 else "served token",
        _loss_name(question.law.link, question.tells_success),
        f"A model of half the size serves at {100 * each[0][half] / each[1][0]:.0f} % of the cost and loses {rise:.2g} % more",
        f"Law {question.law.id} ({question.law.hash}); for every size the rest of the budget is planned anew; serving includes "
        f"the k samples of each query; budgetplan {VERSION}.",
    )


def _loss_name(link: str, tells_success: bool) -> str:
    """What the objective of a law is called, with its unit."""
    if tells_success:
        return "Task loss (nat)"
    return "Loss (nat)" if link == "joint" else "Pre-training loss (nat/token)"


def _cost(kappa: float, y: Array, queries: float, served: float) -> Array:
    """FLOP per query or served token, shape (point,)."""
    tokens = (np.exp(y[3]) - served) / queries if queries > 0 else np.ones(y.shape[1])
    out: Array = kappa * np.exp(y[0]) * tokens
    return out
