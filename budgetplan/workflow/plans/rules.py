"""Rules of thumb beside a plan, each with its best model size, and what they lose against it.

They have the demand, limits and prices of the plan. Where two contexts give each size prices of its own
(`workflow.resolve.settle`), a rule is settled at its own size, and so is the plan of the smaller budget that matches it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from budgetplan.costs.money import Budget
from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.model import AbstractModel
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import Allocation, Regret, describe
from budgetplan.planning.baselines import NAMES, baseline_problem, stages_of
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem, stacked
from budgetplan.planning.solution import Solution
from budgetplan.planning.solver import solve
from budgetplan.workflow.resolve.attended_law import AttendedModel
from budgetplan.workflow.resolve.question import Question
from budgetplan.workflow.resolve.settle import ENOUGH, STEPS, priced_apart, size_and_shares

ALIKE = 1e-12
"""Relative difference of losses that counts as none. [1]"""


def rules_of_thumb(
    question: Question, problem: Problem, solution: Solution, money: Budget
) -> tuple[dict[str, Allocation], dict[str, Array]]:
    """Rules of thumb with their regret, and where they lie as points of the problem.

    Parameters
    ----------
    question : Question
    problem : Problem
        Of one instance.
    solution : Solution
        Its optimum.
    money : Budget
        Of the problem.

    Returns
    -------
    allocations : dict of str to Allocation
        By name; none where only one stage is a choice, and none that the limits do not allow.
    points : dict of str to ndarray of shape (4,)
        Of those with a finite loss.
    """
    if len(stages_of(problem)) < 2:
        return {}, {}
    budget = float(problem.budget[0])
    queries = question.demand.number_of_queries(budget)
    rules = {name: baseline_problem(problem, name) for name in NAMES}
    rules = {name: rule for name, rule in rules.items() if feasible_params(rule).any[0]}
    found = {name: (question, *item) for (name, _), item in zip(rules.items(), _best(list(rules.values())), strict=True)}
    if priced_apart(question):
        found = {name: at_own_size(*item, partial(baseline_problem, name=name)) for name, item in found.items()}
    lost = regrets(question, problem, solution, [loss for _, _, _, loss in found.values()], money.usd)
    told, points = {}, {}
    for (name, (own, rule, y, loss)), regret in zip(found.items(), lost, strict=True):
        told[name] = replace(own.told(describe(rule, y, queries), budget), regret=regret)
        if np.isfinite(loss):
            size = np.log(question.size_of(own.params_of(np.exp(y[0]))))
            points[name] = np.concatenate([[float(size)], y[1:]])
    return told, points


def regrets(question: Question, problem: Problem, solution: Solution, losses: Sequence[float], usd: float | None) -> list[Regret]:
    """Regret of allocations with the given losses against the optimum, at the same demand and limits.

    Parameters
    ----------
    question : Question
    problem : Problem
        Of one instance.
    solution : Solution
        Its optimum.
    losses : sequence of float
        Of the allocations; inf is allowed.
    usd : float or None
        Price of the whole budget. [usd]
    """
    best = float(solution.loss[0])
    if priced_apart(question):
        wasted = [0.0 if abs(loss - best) <= ALIKE * abs(best) else _wasted_apart(question, problem, loss) for loss in losses]
    else:
        wasted = _wasted(problem, solution, losses)
    return [
        Regret(loss - best if np.isfinite(loss) else None, part, None if usd is None else part * usd)
        for loss, part in zip(losses, wasted, strict=True)
    ]


def _wasted(problem: Problem, solution: Solution, losses: Sequence[float]) -> list[float]:
    """Wasted compute of allocations with the given losses; 1 where a loss is infinite."""
    best, wasted = float(solution.loss[0]), np.ones(len(losses))
    finite = [index for index, loss in enumerate(losses) if np.isfinite(loss)]
    if finite:
        wanted = np.array([losses[index] for index in finite])
        many = problem.repeated(len(finite))
        known = np.repeat(solution.y[:, :1], len(finite), axis=1), np.full(len(finite), best)
        answer = budget_for(lambda c, who: many.take(who).rescaled(c), wanted, np.log(many.budget), known=known)
        wasted[finite] = 1.0 - np.exp(answer.log_budget - np.log(problem.budget[0]))
        wasted[finite] = np.where(np.abs(wanted - best) <= ALIKE * abs(best), 0.0, wasted[finite])
    return [float(part) for part in wasted]


def _wasted_apart(question: Question, problem: Problem, loss: float) -> float:
    """Wasted compute of one loss, the plan that matches it priced at its own size."""
    if not np.isfinite(loss):
        return 1.0
    own, here, log_budget = question, problem, np.log(problem.budget)
    for _ in range(STEPS):
        answer = budget_for(lambda c, _, at=here: at.rescaled(c), np.array([loss]), log_budget)  # type: ignore[misc]
        log_budget = answer.log_budget
        n, share = size_and_shares(own, here.rescaled(np.exp(log_budget)), answer.y)
        if abs(n - np.log(own.priced_at)) <= ENOUGH:
            break
        own = own.priced(float(np.exp(n)), share)
        here = own.at(problem.budget, problem.first_sample)
    return float(1.0 - np.exp(log_budget[0] - np.log(problem.budget[0])))


def at_own_size(
    question: Question, rule: Problem, y: Array, loss: float, again: Callable[[Problem], Problem]
) -> tuple[Question, Problem, Array, float]:
    """A rule with attention priced at the size that it has itself.

    Parameters
    ----------
    question : Question
        Priced at the plan's size.
    rule : Problem
        The rule at these prices, of one instance.
    y : ndarray of shape (4,)
        Its optimum.
    loss : float
        Of that.
    again : callable
        From the problem at other prices to the rule at these.

    Returns
    -------
    question, rule, y, loss
        The same at the rule's own prices.
    """
    budget, first = rule.budget, rule.first_sample
    for _ in range(STEPS):
        n, share = size_and_shares(question, rule, y[:, None])
        if abs(n - np.log(question.priced_at)) <= ENOUGH:
            break
        question = question.priced(float(np.exp(n)), share)
        ((rule, y, loss),) = _best([again(question.at(budget, first))])
    return question, rule, y, loss


def _best(rules: list[Problem]) -> list[tuple[Problem, Array, float]]:
    """Rules with their optimum and its loss: an infinite one at the best N and D of the terms that can be lowered."""
    found = []
    for rule, (y, loss) in zip(rules, _solved(rules), strict=True):
        finite = None if np.isfinite(loss) else _without_rl(rule.model)
        point = y if finite is None else _solved([replace(rule, model=finite)])[0][0]
        found.append((rule, point, loss))
    return found


def _without_rl(model: AbstractModel) -> AbstractModel | None:
    """An additive law without its RL term, which is infinite without RL tokens; None for other laws."""
    if isinstance(model, AttendedModel):
        inner = _without_rl(model.model)
        return None if inner is None else replace(model, model=inner)
    return replace(model, G=0.0) if isinstance(model, AdditiveLoss) else None


def _solved(problems: list[Problem]) -> list[tuple[Array, float]]:
    """Optimum and loss of problems of one instance; those that fix the same rows are solved in one call."""
    answers: dict[int, tuple[Array, float]] = {}
    alike: dict[tuple[bool, ...], list[int]] = {}
    for index, item in enumerate(problems):
        alike.setdefault((*map(bool, item.limits.fixed), item.limits.rl_forbidden), []).append(index)
    for group in alike.values():
        answer = solve(stacked([problems[index] for index in group]), 3)
        answers |= {index: (answer.y[:, place], float(answer.loss[place])) for place, index in enumerate(group)}
    return [answers[index] for index in range(len(problems))]
