"""Optimal splits of many budgets at a given model size, by a grid that closes in: for hundreds of them at once.

At fixed N a split has two coordinates: the share of RL, and of pre-training in what is left, both of what one sample to every query
leaves. In logits the whole triangle is a square; the grid closes in on its best cell.
"""

from __future__ import annotations

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.numerics.logistic import sigmoid
from budgetplan.planning.limits import FEWEST_TOKENS
from budgetplan.planning.problem import Problem

EDGE = 15.0
"""Logits up to which shares are tried: a share of 3e-7 counts as none."""
FIRST, AROUND, LEVELS = 16, 7, 10
"""Points per side at first and while closing in, and how often it closes in."""


def split_optimum(problem: Problem) -> tuple[Array, Array]:
    """Best split at the problem's fixed N.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances, whose only limit is a fixed N.

    Returns
    -------
    y : ndarray of shape (4, instance)
        ln N, ln D, ln R, ln I of the best split found.
    loss : ndarray of shape (instance,)
        inf where one sample to every query costs more than the budget.
    """
    size = problem.limits.low[0]
    with np.errstate(divide="ignore"):  # no demand: nothing is set aside
        must = problem.kappa[2] * np.exp(size + problem.least_inference)
    left = problem.budget - must - problem.kappa[0] * np.exp(size) * FEWEST_TOKENS
    able = left > 0
    left = np.where(able, left, problem.budget)
    middle = np.zeros((2, problem.size))
    reach, points = EDGE, FIRST
    y, loss = np.zeros((4, problem.size)), np.full(problem.size, np.inf)
    for _ in range(LEVELS + 1):
        steps = np.linspace(-reach, reach, points)
        first, second = (part.reshape(-1, 1) for part in np.meshgrid(steps, steps, indexing="ij"))
        logits = np.clip(np.stack([middle[0] + first, middle[1] + second]), -EDGE, EDGE)
        tried = _points(problem, size, must, left, logits)
        value = problem.loss(tried)
        best = np.argmin(value, axis=0)
        column = np.arange(problem.size)
        better = value[best, column] < loss
        loss = np.where(better, value[best, column], loss)
        y = np.where(better, tried[:, best, column], y)
        middle = np.where(better, logits[:, best, column], middle)
        reach, points = 1.5 * reach / (points - 1) * 2, AROUND
    return y, np.where(able, loss, np.inf)


def _points(problem: Problem, size: Array, must: Array, left: Array, logits: Array) -> Array:
    """y of shape (4, point, instance) at logits of shape (2, point, instance)."""
    rl = sigmoid(logits[0]) if problem.has_rl else np.zeros_like(logits[0])
    rest = sigmoid(-logits[0]) if problem.has_rl else np.ones_like(logits[0])
    pre, more = (sigmoid(logits[1]), sigmoid(-logits[1])) if problem.has_samples else (np.ones_like(rl), np.zeros_like(rl))
    with np.errstate(divide="ignore"):  # no RL or no demand: ln 0 = -inf is an ordinary input
        r = np.log(rl * left / problem.kappa[1])
        i = np.log((rest * more * left + must) / problem.kappa[2])
    d = np.log(rest * pre * left / problem.kappa[0] + np.exp(size) * FEWEST_TOKENS)
    return np.stack([np.broadcast_to(size, d.shape), d - size, r - size, i - size])
