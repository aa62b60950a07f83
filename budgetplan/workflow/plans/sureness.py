"""What a plan knows of its own uncertainty, as far as its question asks: nothing of it is imported before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem
from budgetplan.workflow.resolve.question import Question

if TYPE_CHECKING:
    from budgetplan.uncertainty.region import Region
    from budgetplan.workflow.plans.robust_study import RobustStudy
    from budgetplan.workflow.plans.uncertain import Uncertain


def how_sure(question: Question, problem: Problem, points: dict[str, Array]) -> tuple[Uncertain | None, Region | None]:
    """Draws, where they are asked for; the near-optimal region with them or where its tolerance is.

    Parameters
    ----------
    question : Question
    problem : Problem
        Of one instance.
    points : dict of str to ndarray of shape (4,)
        `plan` and the baselines.
    """
    scenario = question.scenario
    if not scenario.draws and "tolerance" not in scenario.model_fields_set:
        return None, None
    from budgetplan.uncertainty.region import near_optimal

    region = near_optimal(problem, points["plan"], scenario.tolerance)
    if region is not None and question.sizes is not None:
        region = replace(region, params=question.params_of(region.params))
    if not scenario.draws:
        return None, region
    from budgetplan.workflow.plans.uncertain import THIRDS, plan_under_draws

    return plan_under_draws(question, problem, {name: points[name] for name in ("plan", THIRDS) if name in points}), region


def robust_of(question: Question, problem: Problem, points: dict[str, Array], compared: tuple[str, ...]) -> RobustStudy:
    """The plan that loses least over draws or laws.

    Parameters
    ----------
    question : Question
    problem : Problem
        Of one instance.
    points : dict of str to ndarray of shape (4,)
        `plan` and the baselines.
    compared : tuple of str
        Laws of the objective `minimax-law`.
    """
    from budgetplan.workflow.plans.robust_study import OVER_LAWS, plan_for_draws, plan_for_laws
    from budgetplan.workflow.plans.uncertain import THIRDS

    known = {name: points[name] for name in ("plan", THIRDS) if name in points}
    objective = question.scenario.objective
    if objective == OVER_LAWS and compared:
        return plan_for_laws(question, problem, known, compared)
    return plan_for_draws(question, problem, known, objective)
