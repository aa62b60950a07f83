"""Problems of one instance as the instances of few: everything that differs only in numbers is solved in one batch.

Laws are stacked coefficient by coefficient: numbers that agree stay numbers, the others become arrays of shape (instance,).
Problems with other prices, other kinds of law or other fixed rows go into a batch of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from math import isinf
from typing import Any

import numpy as np

from budgetplan.laws.model import AbstractModel
from budgetplan.numerics.arrays import Array
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve

BRANCHING = frozenset({"chance", "unique_tokens", "half_life"})
"""Fields that laws decide on with `if`: they are never arrays."""
STARTS = 4
"""Basins followed per problem."""
SAME = 1e-12
"""Relative difference of losses that is none: a plan that reaches its optimum's loss wastes nothing."""


@dataclass(frozen=True)
class Optima:
    """Optima of problems of one instance.

    Attributes
    ----------
    y : ndarray of shape (4, problem)
    loss : ndarray of shape (problem,)
        inf where a problem has no feasible allocation.
    """

    y: Array
    loss: Array


def batches(problems: Sequence[Problem]) -> list[tuple[list[int], Problem]]:
    """Positions of the problems that go together, and the problem that has them as instances.

    Parameters
    ----------
    problems : sequence of Problem
        Of one instance each.
    """
    alike: dict[Any, list[int]] = {}
    for index, item in enumerate(problems):
        alike.setdefault(_kind(item), []).append(index)
    return [(places, _batch([problems[index] for index in places])) for places in alike.values()]


def optima(problems: Sequence[Problem], starts: int = STARTS) -> Optima:
    """Global optimum of each problem.

    Parameters
    ----------
    problems : sequence of Problem
        Of one instance each.
    starts : int
        Basins followed per problem.
    """
    y, loss = np.full((4, len(problems)), np.nan), np.full(len(problems), np.inf)
    for places, many in batches(problems):
        able = np.flatnonzero(feasible_params(many).any)
        if len(able):
            answer = solve(many.take(able), starts)
            at = np.array(places)[able]
            y[:, at], loss[at] = answer.y, answer.loss
    return Optima(y, loss)


def losses(problems: Sequence[Problem], y: Array) -> Array:
    """Loss of an allocation of shape (4, problem) in each problem, shape (problem,); inf where it is nan."""
    out = np.full(len(problems), np.inf)
    for places, many in batches(problems):
        here = y[:, places]
        known = ~np.isnan(here).any(axis=0)
        value = many.loss(np.where(known, here, 0.0))
        out[places] = np.where(known & np.isfinite(value), value, np.inf)
    return out


def wasted(problems: Sequence[Problem], best: Optima, reached: Array, tolerance: float = 1e-8) -> Array:
    """1 - C'/C of losses that were reached, with C' the budget at which the optimum reaches them; shape (problem,).

    Parameters
    ----------
    problems : sequence of Problem
        Of one instance each.
    best : Optima
        Of them.
    reached : ndarray of shape (problem,)
        Losses; infinite ones waste everything. nan where the problem has no optimum.
    tolerance : float
        Of ln C'. [1]
    """
    out = np.full(len(problems), np.nan)
    for places, many in batches(problems):
        at = np.array(places)
        able = np.flatnonzero(np.isfinite(best.loss[at]))
        if len(able):
            part = at[able]
            out[part] = wasted_in(many.take(able), best.y[:, part], best.loss[part], reached[part], tolerance)
    return out


def wasted_in(many: Problem, y: Array, loss: Array, goal: Array, tolerance: float = 1e-8) -> Array:
    """`wasted` within one batch, shape (instance,).

    Parameters
    ----------
    many : Problem
        Of `instance` instances.
    y : ndarray of shape (4, instance)
        Their optima.
    loss, goal : ndarray of shape (instance,)
        Their losses, and the losses that were reached; those that are not finite waste everything.
    tolerance : float
        Of ln C'. [1]
    """
    out = np.where(np.isfinite(goal), 0.0, 1.0)
    behind = np.flatnonzero(np.isfinite(goal) & (goal > loss * (1 + SAME)))
    if len(behind):
        part, known = many.take(behind), (y[:, behind], loss[behind])
        start = np.log(part.budget)
        answer = budget_for(lambda budget, who: part.take(who).rescaled(budget), goal[behind], start, tolerance, known=known)
        out[behind] = np.maximum(1.0 - np.exp(answer.log_budget - start), 0.0)
    return out


def _kind(problem: Problem) -> Any:
    limits = problem.limits
    bounds = (limits.rl_forbidden, limits.any, *map(bool, limits.fixed))
    demand = (bool(problem.first_sample[0] > 0), bool(problem.served[0] > 0))
    return (problem.kappa.tobytes(), problem.sunk_tokens, bounds, demand, problem.model.uses, _form(problem.model))


def _form(part: Any) -> Any:
    """What two laws must have in common to be stacked."""
    held = []
    for item in fields(part):
        value = getattr(part, item.name)
        if is_dataclass(value):
            held.append(_form(value))
        elif isinstance(value, (int, float)):
            held.append(value if item.name in BRANCHING else isinf(value))
        else:
            held.append(repr(value))
    return (type(part), *held)


def _batch(problems: list[Problem]) -> Problem:
    first = problems[0]
    if len(problems) == 1:
        return first
    low, high = (np.concatenate([getattr(item.limits, side) for item in problems], axis=1) for side in ("low", "high"))
    model = stacked_models([item.model for item in problems])
    return replace(
        first,
        model=model,
        drawn=model is not first.model,
        budget=np.concatenate([item.budget for item in problems]),
        first_sample=np.concatenate([item.first_sample for item in problems]),
        served=np.concatenate([item.served for item in problems]),
        limits=replace(first.limits, low=low, high=high),
    )


def stacked_models(models: Sequence[AbstractModel]) -> AbstractModel:
    """Laws of one form as one law with coefficients of shape (instance,); the first where all are equal.

    Parameters
    ----------
    models : sequence of AbstractModel
        With floats as coefficients.
    """
    made: AbstractModel = _stacked(models)
    return made


def _stacked(parts: Sequence[Any]) -> Any:
    changed: dict[str, Any] = {}
    for item in fields(parts[0]):
        values = [getattr(part, item.name) for part in parts]
        if is_dataclass(values[0]):
            inner = _stacked(values)
            if inner is not values[0]:
                changed[item.name] = inner
        elif isinstance(values[0], (int, float)) and any(value != values[0] for value in values):
            changed[item.name] = np.array(values, dtype=np.float64)
    return replace(parts[0], **changed) if changed else parts[0]
