"""Data of the waterfall: from the loss of equal thirds to that of the optimum, one move at a time.

The moves, in this order: compute between RL and the other stages, between pre-training and inference, then the model size. Each
step keeps what the steps before have changed; shares that are not moved yet keep their ratio. A model that could not serve one
sample to every query from its share is as much smaller as it has to be. In wasted compute a step is the
difference of 1 - C'/C, with C' the budget at which the optimum reaches the loss.
"""

from __future__ import annotations

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
from budgetplan.uncertainty.together import wasted_in
from budgetplan.workflow.plans.planner import plan
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import resolve
from budgetplan.workflow.resolve.settle import STARTS, require_shared_price

if TYPE_CHECKING:
    import pandas as pd

STEPS = ("equal thirds", "RL share", "pre-training share", "model size")
"""States, each with what its move changed."""


@dataclass(frozen=True)
class WaterfallChart:
    """States between equal thirds and the optimum.

    Attributes
    ----------
    names : tuple of str
        Of the first state and of each move.
    loss : ndarray of shape (state,)
        [nat]
    wasted : ndarray of shape (state,)
        Compute that the state wastes; 0 at the optimum. [1]
    headline, caption : str
    """

    names: tuple[str, ...]
    loss: Array
    wasted: Array
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float | bool | None]]:
        """The drawn data, one row per state."""
        states = zip(self.names, self.loss, self.wasted, strict=True)
        return [{"state": name, "loss": float(loss), "wasted_compute": float(wasted)} for name, loss, wasted in states]

    def to_frame(self) -> pd.DataFrame:
        """The drawn data as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def waterfall_chart(scenario: Scenario, command: str = "") -> WaterfallChart:
    """The way from equal thirds to the plan, for a figure.

    Parameters
    ----------
    scenario : Scenario
    command : str
        What was typed, for the provenance.

    Raises
    ------
    ScenarioError
        If three stages do not share the budget, or equal thirds are not possible.
    """
    require_law_objective(scenario, "The way from equal thirds")
    question = resolve(scenario)
    require_shared_price(question, "The way from equal thirds")
    study = plan(scenario.model_copy(update={"draws": None}), command=command)
    thirds = study.baselines.get("equal-thirds")
    problem = question.at(np.array([study.budget.flop])) if question.law.policy is None else None
    if problem is None or thirds is None or len(stages_of(problem)) < 3:
        raise ScenarioError(f"The law `{study.law.id}` and these limits have no equal thirds to start from.", "Use --law default.")
    begin, end = (np.array([item.share[stage] for stage in STAGES]) for item in (thirds, study.plan))
    moved = np.array([(1 - end[1]) * begin[0] / (begin[0] + begin[2]), end[1], (1 - end[1]) * begin[2] / (begin[0] + begin[2])])
    states = [(thirds.params, begin), (thirds.params, moved), (thirds.params, end), (study.plan.params, end)]
    loss = np.array([_loss(problem, float(question.size_of(params)), share) for params, share in states])
    many = problem.repeated(len(loss))
    best = solve(many, STARTS)
    wasted = wasted_in(many, best.y, best.loss, loss)
    drops = -np.diff(wasted)
    most = int(np.argmax(drops))
    saved = 100 * max(float(drops[most]), 0.0)
    return WaterfallChart(
        STEPS,
        loss,
        wasted,
        f"Of the {100 * wasted[0]:.2g} % that equal thirds waste, the right {STEPS[most + 1]} saves {saved:.2g}",
        f"One move at a time, in this order; a move can lose before the next one gains. {study.caption}",
    )


def _loss(problem: Problem, params: float, share: Array) -> float:
    """Loss of a split at a model size, as the problem counts it, or at the largest that serves the demand."""
    with np.errstate(divide="ignore"):  # a stage without compute has no tokens
        spent = np.log(share * problem.budget[0] / problem.kappa)
    size = min(float(np.log(params)), float(spent[2] - problem.least_inference[0]))
    y = np.concatenate([[size], spent - size])
    return float(problem.loss(y[:, None])[0])
