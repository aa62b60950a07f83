"""The size at which attention is priced: the plan's own, found as a fixed point.

Solvers take prices that do not depend on N, and attention per param falls with N. So the prices are those of one size, other sizes
are weighed at what they cost beside it (`costs.cost_size`), and the plan that is best then has to be of the size of the prices.

With one context for all stages the cost is exact at every size, whichever size prices it, and the second step ends the search. With
two, stages change their prices by different factors; their shares of the plan's compute weigh these, which makes the plan's price
and the derivative of its cost exact: the conditions of the optimum hold for the true cost. Plans far from it are then priced
roughly: rules of thumb are settled at their own sizes (`workflow.plans.rules`), what compares very different sizes at once is
refused, and draws, regions and sensitivities stay near the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from budgetplan.costs.architecture_params import count_params
from budgetplan.errors import ScenarioError, SolverError
from budgetplan.numerics.arrays import Array
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.workflow.resolve.amount import names_amount, resolve_amount

if TYPE_CHECKING:
    from budgetplan.workflow.resolve.question import Question

LARGEST, BEGIN = 1e40, 1e21
"""Budget up to which a target is looked for, and where the search begins. [FLOP]"""
STARTS, SPARE = 8, 4
"""Basins followed, and further starts, for a single plan."""
STEPS = 40
"""Most sizes tried."""
SETTLED, ENOUGH = 1e-11, 1e-9
"""Distance in ln N at which the search ends, and the largest that a plan may have."""


def pinned(scenario: Scenario) -> float | None:
    """The size that a scenario gives; None where it is a choice. [param]

    Parameters
    ----------
    scenario : Scenario
        Named checkpoints resolved.
    """
    if isinstance(scenario.checkpoint, tuple):
        return scenario.checkpoint[0]
    return scenario.fix.get("params") if scenario.params is None else scenario.params


def priced_apart(question: Question) -> bool:
    """Whether each size has prices of its own, that no cost size stands for: two contexts, and N a choice.

    Parameters
    ----------
    question : Question
    """
    shape = question.shape
    return shape is not None and shape.context != shape.decode_context and pinned(question.scenario) is None


def require_shared_price(question: Question, what: str) -> None:
    """Refuse what weighs plans of very different sizes at the price of one.

    Parameters
    ----------
    question : Question
    what : str
        That does so, as it stands in a sentence.

    Raises
    ------
    ScenarioError
        If the question is `priced_apart`.
    """
    if priced_apart(question):
        raise ScenarioError(
            f"{what} weighs plans of several sizes, whose prices two contexts change differently.",
            "Give one --context for all stages, or fix the size with --params.",
        )


def settled(question: Question, budget: float | None = None) -> Question:
    """The question with attention priced at the size of its own plan.

    Parameters
    ----------
    question : Question
        Resolved.
    budget : float, optional
        In place of what the scenario asks. [FLOP]

    Returns
    -------
    Question
        As it is where nothing attends. At the named architecture's own size where the scenario asks for no budget and no target,
        where the law is a policy, or where nothing is feasible: whoever plans says so.

    Raises
    ------
    SolverError
        If no size is that of the plan at its price.
    """
    shape, scenario = question.shape, question.scenario
    if shape is None or not shape.attends:
        return question
    size = pinned(scenario)
    if size is not None:
        return question.priced(size)
    share = np.array([1.0, 0.0, 0.0])
    question = question.priced(float(count_params(shape.architecture, shape.counted)), share)
    if question.law.policy is not None:
        return question
    if budget is None and names_amount(scenario):
        budget = resolve_amount(scenario).flop
    x, before = float(np.log(question.priced_at)), (np.nan, np.nan)
    for _ in range(STEPS):
        found = _best(question, budget)
        if found is None:
            return question
        away, moved = found[0] - x, float(np.abs(found[1] - share).max())
        if abs(away) <= SETTLED and (moved <= SETTLED or shape.context == shape.decode_context):
            return question
        slope = (away - before[1]) / (x - before[0]) if x != before[0] else -1.0
        before = x, away
        x -= away / (slope if -2.0 < slope < -0.3 else -1.0)
        share = found[1]
        question = question.priced(float(np.exp(x)), share)
    require_settled(question, float(np.log(question.priced_at)) + away)
    return question


def require_settled(question: Question, log_params: float) -> None:
    """Refuse a plan whose attention is priced at another size than its own.

    Parameters
    ----------
    question : Question
    log_params : float
        ln N of the plan, or what a problem of the question calls it: they agree where the plan is settled.

    Raises
    ------
    SolverError
        If the two differ by more than `ENOUGH`.
    """
    if question.shape is None or not question.shape.attends:
        return
    away = abs(log_params - float(np.log(question.priced_at)))
    if away > ENOUGH:
        raise SolverError(
            f"No plan has the size at which its attention is priced: at the price of {question.priced_at:.6g} params the best plan "
            f"has {np.exp(log_params):.6g}.",
            "Fix the size with --params, or change the budget a little.",
            "unsettled",
        )


def _best(question: Question, budget: float | None) -> tuple[float, Array] | None:
    """ln N of the best plan at the question's prices and its shares of compute; None where there is none."""
    scenario = question.scenario
    if budget is not None:
        problem = question.at(np.array([budget]))
        if not bool(feasible_params(problem).any[0]):
            return None
        answer = solve(problem, STARTS, SPARE)
        return size_and_shares(question, problem, answer.y) if np.isfinite(answer.loss[0]) else None
    if scenario.target_loss is None and scenario.target_success is None:
        return None
    target = scenario.target_loss if scenario.target_success is None else -np.log(scenario.target_success)
    if target is None or not target > question.law.model.floor:
        return None
    found = budget_for(lambda c, _: question.at(c), np.array([target]), np.log([BEGIN]), highest=float(np.log(LARGEST)))
    return size_and_shares(question, question.at(np.exp(found.log_budget)), found.y) if np.isfinite(found.log_budget[0]) else None


def size_and_shares(question: Question, problem: Problem, y: Array) -> tuple[float, Array]:
    """ln N of a plan of one instance, and its shares of compute: what prices its attention.

    Parameters
    ----------
    question : Question
        Whose problem it is.
    problem : Problem
    y : ndarray of shape (4, 1)
        The plan.
    """
    cost = problem.cost(y)[:, 0]
    n = y[0, 0] if question.sizes is None else question.sizes.log_params(y[0, 0])[0]
    return float(n), cost / cost.sum()
