"""An obvious, slow global minimiser: a dense grid over params and stage costs, then SLSQP from its best, distant cells.

It shares with the package only the law and the meaning of a problem's numbers. Bounds, costs, feasibility, grid and descent are
its own, so that a mistake in the package's scan, its feasible interval or its solvers shows as a difference.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem

FEASIBLE = 1e-10
"""Largest violation, in logs, of a point that counts."""
FRACTIONS = np.concatenate([[0.0], np.geomspace(1e-8, 0.03, 7), np.linspace(0.08, 0.92, 12), [0.97, 0.99, 0.999, 1.0]])
"""Parts of what is left that the grid gives to inference, and then to RL."""


@dataclass(frozen=True)
class Best:
    """The lowest loss found, where it lies, and the lowest on the grid before the polish."""

    loss: float
    y: Array
    on_grid: float


@dataclass(frozen=True)
class _Bounds:
    """Lower and upper ends of n, d, r, i, n + d, n + r, n + i of a single instance, demand and absent stages included."""

    low: Array
    high: Array

    def violation(self, y: Array) -> float:
        """Largest violation at y of shape (4,); tokens that are absent violate nothing but a minimum."""
        worst = 0.0
        for row, (low, high) in enumerate(zip(self.low, self.high, strict=True)):
            value = y[row] if row < 4 else y[0] + y[row - 3]
            absent = value == -np.inf
            over = (np.inf if low > -np.inf else 0.0) if absent else max(low - value, value - high)
            worst = max(worst, over)
        return worst


def _bounds(problem: Problem) -> _Bounds:
    low, high = problem.limits.low[:, 0].copy(), problem.limits.high[:, 0].copy()
    demand = float(problem.first_sample[0] + problem.served[0])
    least = np.log(demand) if demand > 0 else -np.inf
    if problem.model.uses[3] and problem.first_sample[0] > 0:
        low[3] = max(low[3], least)
    else:
        low[3] = high[3] = least
    if not problem.model.uses[2] or problem.limits.rl_forbidden:
        low[2] = low[5] = high[2] = -np.inf
    return _Bounds(low, high)


def _costs(problem: Problem, bounds: _Bounds, n: Array) -> tuple[Array, Array]:
    """Least and most cost of each stage at ln N, shape (3, n)."""
    kappa = problem.kappa[:, None]
    low = np.maximum(bounds.low[1:4, None] + n, bounds.low[4:, None])
    high = np.minimum(bounds.high[1:4, None] + n, bounds.high[4:, None])
    return kappa * np.exp(low), kappa * np.exp(np.minimum(high, 650.0))


def _sizes(problem: Problem, bounds: _Bounds, count: int) -> Array:
    """ln N of the grid: evenly over the feasible range, and every ln N at which two limits meet."""
    budget = float(problem.budget[0])
    ends = [bounds.low[0], min(bounds.high[0], np.log(budget / problem.kappa[0]) - bounds.low[1])]
    meet = [
        share - tokens
        for side in (bounds.low, bounds.high)
        for share in side[4:]
        for other in (bounds.low, bounds.high)
        for tokens in other[1:4]
        if np.isfinite(share) and np.isfinite(tokens)
    ]
    if ends[0] > ends[1] + 1e-11:
        return np.array([])
    known = np.array([n for n in (*ends, *meet) if ends[0] <= n <= ends[1]])
    whole = np.union1d(np.linspace(ends[0], ends[1], 400) if ends[0] < ends[1] else ends[:1], known)
    low, high = _costs(problem, bounds, whole)
    good = np.all(low <= high * (1 + 1e-11), axis=0) & (low.sum(axis=0) <= budget * (1 + 1e-11))
    if not good.any():
        return np.array([])
    centre = 0.5 * np.log(budget / 120.0)
    inside = whole[good]
    if inside[0] == inside[-1]:
        return inside[:1]
    # most of the points where models of that budget usually lie, some everywhere
    first, last = np.clip([centre - 6.0, centre + 5.0], inside[0], inside[-1])
    near = np.linspace(first, last, count)
    sparse = np.linspace(inside[0], inside[-1], max(6, count // 4))
    return np.unique(np.concatenate([near, sparse, np.intersect1d(inside, known)]))


def _grid(problem: Problem, bounds: _Bounds, count: int) -> tuple[Array, Array]:
    """Points of shape (4, cell) that hold all limits, and their losses."""
    n = _sizes(problem, bounds, count)
    if len(n) == 0:
        return np.empty((4, 0)), np.empty(0)
    budget = float(problem.budget[0])
    low, high = (side[:, :, None, None] for side in _costs(problem, bounds, n))
    spare = np.maximum(budget - low.sum(axis=0), 0.0)
    inference = np.minimum(low[2] + FRACTIONS[:, None] * spare, np.maximum(high[2], low[2]))
    left = np.maximum(spare - (inference - low[2]), 0.0)
    reinforced = np.minimum(low[1] + FRACTIONS * left, np.maximum(high[1], low[1]))
    trained = np.minimum(budget - inference - reinforced, high[0])
    trained = np.where(trained < low[0], np.where(trained < low[0] * (1 - 1e-11), np.nan, low[0]), trained)
    shape = np.broadcast_shapes(trained.shape, reinforced.shape, inference.shape)
    y = np.empty((4, *shape))
    y[0] = n[:, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):  # a stage without cost has no tokens; nan marks what is infeasible
        for row, cost in ((1, trained), (2, reinforced), (3, inference)):
            y[row] = np.log(cost / problem.kappa[row - 1]) - y[0]
    cells = y.reshape(4, -1)
    cells = cells[:, np.isfinite(cells[1])]
    cells[1] = np.minimum(cells[1], np.log(budget / problem.kappa[0]))
    return cells, problem.loss(cells)


def _distant(cells: Array, loss: Array, most: int) -> list[Array]:
    """The best cells, each at least 2.5 e-folds from the better ones in some variable, or on another face."""
    kept = np.argsort(loss, kind="stable")[:4000]
    kept = kept[np.isfinite(loss[kept])]
    there = np.isfinite(cells[:, kept])
    points = np.where(there, cells[:, kept], 0.0)
    chosen: list[Array] = []
    while len(kept) and len(chosen) < most:
        chosen.append(cells[:, kept[0]])
        near = np.all(there == there[:, :1], axis=0) & (np.abs(points - points[:, :1]).max(axis=0) <= 2.5)
        kept, there, points = kept[~near], there[:, ~near], points[:, ~near]
    return chosen


def _polish(problem: Problem, bounds: _Bounds, start: Array) -> Array:
    """SLSQP on ln l from a start, under the budget and every bound; tokens that are absent stay absent."""
    free = np.isfinite(start) & ~np.array([bounds.low[row] == bounds.high[row] for row in range(4)])
    budget = float(problem.budget[0])

    def whole(z: Array) -> Array:
        y = start.copy()
        y[free] = z
        return y

    def objective(z: Array) -> tuple[float, Array]:
        loss, gradient = problem.loss_and_gradient(whole(z)[:, None])
        if not np.isfinite(loss[0]) or loss[0] <= 0:
            return 1e3, np.zeros(len(z))
        return float(np.log(loss[0])), (gradient[:, 0] / loss[0])[free]

    def spare(z: Array) -> float:
        y = whole(z)
        return float(-np.log((problem.kappa * np.exp(np.minimum(y[0] + y[1:], 600.0))).sum() / budget))

    rules = [{"type": "ineq", "fun": spare}]
    for row in range(7):
        weight = np.zeros(4)
        weight[[row] if row < 4 else [0, row - 3]] = 1.0
        if not np.isfinite(start[row if row < 4 else row - 3]) or not (weight[free]).any():
            continue
        base = float((weight * np.where(free, 0.0, np.where(np.isfinite(start), start, 0.0))).sum())
        for sign, bound in ((1.0, bounds.low[row]), (-1.0, bounds.high[row])):
            if np.isfinite(bound):
                slope = sign * weight[free]
                rules.append(
                    {
                        "type": "ineq",
                        "fun": lambda z, a=slope, b=sign * (base - bound): float(a @ z + b),
                        "jac": lambda z, a=slope: a,
                    }
                )
    z = start[free]
    if len(z) == 0:
        return start
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # SLSQP steps outside its own bounds and says so
        for _ in range(3):
            z = minimize(objective, z, jac=True, method="SLSQP", constraints=rules, options={"ftol": 1e-16, "maxiter": 200}).x
    return whole(z)


def dense_minimum(problem: Problem, count: int = 36, starts: int = 4) -> Best | None:
    """The lowest loss of a problem of one instance, or None where the grid holds no feasible cell.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    count : int
        Sizes in the dense part of the grid.
    starts : int
        Cells that SLSQP starts from; 0 for the grid alone.
    """
    bounds = _bounds(problem)
    cells, loss = _grid(problem, bounds, count)
    if not np.isfinite(loss).any():
        return None
    least = int(np.nanargmin(loss))
    best, where, on_grid = float(loss[least]), cells[:, least], float(loss[least])
    for start in _distant(cells, loss, starts):
        y = _polish(problem, bounds, start)
        spend = np.log((problem.kappa * np.exp(np.minimum(y[0] + y[1:], 600.0))).sum() / problem.budget[0])
        if not np.isfinite(y[:2]).all() or max(bounds.violation(y), spend) > FEASIBLE:
            continue
        value = float(problem.loss(y[:, None])[0])
        if value < best:
            best, where = value, y
    return Best(best, where, on_grid)
