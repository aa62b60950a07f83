"""Problems of the additive family without limits, solved exactly by `power_allocation`."""

from __future__ import annotations

from math import inf

import numpy as np

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.numerics.arrays import Array
from budgetplan.planning.power_allocation import allocate
from budgetplan.planning.problem import Problem
from budgetplan.planning.solution import Solution

PIECE = 16_384
"""Instances worked on together: their columns stay in a processor's cache. Results do not depend on it."""


def is_additive(problem: Problem) -> bool:
    """Whether the law is a sum of powers and nothing but the standing limits applies.

    Parameters
    ----------
    problem : Problem
        Any.
    """
    model = problem.model
    if problem.limits.any or problem.limits.rl_forbidden or problem.sunk_tokens:
        return False
    return isinstance(model, AdditiveLoss) or (isinstance(model, ChinchillaLoss) and model.unique_tokens == inf)


def solve_additive(problem: Problem) -> Solution:
    """Exact optimum of every instance.

    Where more than one sample per query does not pay, k = 1 and the first sample is a fixed cost.

    Parameters
    ----------
    problem : Problem
        One that `is_additive` accepts.

    Returns
    -------
    Solution
        Spread 0: the problem is convex and has one basin.
    """
    y, loss = np.empty((4, problem.size)), np.empty(problem.size)
    for at in range(0, problem.size, PIECE):
        piece = slice(at, at + PIECE)
        y[:, piece], loss[piece] = _solved(problem if problem.size <= PIECE else problem.take(piece))
    nowhere, never = np.broadcast_to(np.nan, y.shape), np.broadcast_to(np.inf, loss.shape)
    return Solution(y, loss, np.zeros(problem.size), never, nowhere)


def _solved(problem: Problem) -> tuple[Array, Array]:
    """Optimum and loss of instances that fit into a cache."""
    model = problem.model
    assert isinstance(model, (AdditiveLoss, ChinchillaLoss))
    terms = [(model.B, model.beta)]
    stages = [0]
    if isinstance(model, AdditiveLoss) and problem.has_rl:
        terms.append((model.G, model.gamma))
        stages.append(1)
    y = np.full((4, problem.size), -np.inf)
    y[3] = problem.least_inference
    fixed = problem.kappa[2] * (problem.first_sample + problem.served)
    one = np.ones(problem.size, dtype=bool)
    if isinstance(model, AdditiveLoss) and problem.has_samples:
        many = [*terms, (model.H * problem.first_sample**model.delta, model.delta)]
        n, x = allocate(
            np.log(problem.budget),
            (model.A, model.alpha),
            many,
            np.log(problem.kappa[[*stages, 2]]),
            problem.kappa[2] * problem.served,
        )
        one = x[-1] < np.log(problem.first_sample)
        _fill(y, ~one, n, x[:-1], stages)
        y[3, ~one] = np.logaddexp(x[-1], np.log(problem.served))[~one] if problem.served.any() else x[-1][~one]
    if one.any():
        part = [(_some(size, one), _some(power, one)) for size, power in ((model.A, model.alpha), *terms)]
        n, x = allocate(np.log(problem.budget[one]), part[0], part[1:], np.log(problem.kappa[stages]), fixed[one])
        _fill(y, one, n, x, stages, local=True)
    return y, problem.loss(y)


def _some(item: float | Array, chosen: Array) -> float | Array:
    return item[chosen] if isinstance(item, np.ndarray) and item.ndim else item


def _fill(y: Array, chosen: Array, n: Array, x: Array, stages: list[int], local: bool = False) -> None:
    """Writes ln N and the stages' ln tokens into the chosen instances of y."""
    pick = slice(None) if local else chosen
    y[0, chosen] = n[pick]
    for row, stage in enumerate(stages):
        y[1 + stage, chosen] = x[row][pick]
