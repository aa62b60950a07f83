"""A coarse look at the whole feasible set, to find every basin that may hold the global optimum.

The grid is one of params times shares of what the minima leave: a table (params, RL share, share of further samples) per instance,
whose local minima are the starts. Its first row is no RL, its first column one sample per query, so the faces are on it too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array, Bools, Index
from budgetplan.planning.feasible import feasible_params, stage_costs
from budgetplan.planning.problem import Problem

RL_SHARES = np.array([0.0, 3e-5, 1e-3, 0.01, 0.05, 0.15, 0.35, 0.65, 1.0])
"""Shares of RL in the grid; 0 is the face without RL."""
SAMPLE_SHARES = np.array([0.0, 1e-3, 0.02, 0.1, 0.3, 0.6, 1.0])
"""Shares of samples beyond the first."""
LEAST_SHARE = 1e-3
"""Pre-training share of pairs that add up to more than one; pairs of 1 with nothing much leave the fewest tokens."""
FINE_RL = np.array([0.0, 3e-5, 1e-3, 0.01, 0.05, 0.12, 0.22, 0.35, 0.5, 0.7, 0.9, 1.0])
FINE_SAMPLES = np.array([0.0, 1e-3, 0.02, 0.1, 0.22, 0.4, 0.6, 0.78, 0.92, 1.0])
"""The same where few instances are solved, each with more care."""
FEW = 4
"""Instances up to which the fine grid is used."""
THOROUGH, THOROUGH_COUNT = 8, 44
"""Starts from which params are scanned evenly down to the fewest that are allowed, and the points of that scan."""
BELOW, ABOVE, COUNT, FINE_COUNT = 8.0, 4.0, 13, 18
"""Grid of ln N around sqrt(C/120), the size at twenty tokens per param, and its points."""
ALIKE = 30
"""Cells looked at per start that is kept, because limits can make many of them the same."""
POINTS = 6000
"""Points evaluated in one call, so that the arrays stay in cache."""


@dataclass(frozen=True)
class Basins:
    """Starts, possibly several per instance.

    Attributes
    ----------
    instance : ndarray of shape (start,)
        Which instance each start belongs to.
    y : ndarray of shape (4, start)
        The start.
    loss : ndarray of shape (start,)
        Loss there.
    """

    instance: Index
    y: Array
    loss: Array


def _params_grid(problem: Problem, count: int) -> Array:
    """ln N, shape (count, instance): around twenty tokens per param, within what limits and budget allow."""
    allowed = feasible_params(problem)
    if problem.limits.fixed[0]:
        return np.where(allowed.any, problem.limits.low[0], np.nan)[None]
    centre = 0.5 * np.log(problem.spendable / 120.0)
    most = allowed.high - np.where(problem.limits.any, 0.0, 0.03)
    high = np.minimum(np.maximum(centre + ABOVE, allowed.low + ABOVE), most)
    low = np.maximum(np.minimum(centre - BELOW, high - BELOW), allowed.low)
    if count >= THOROUGH_COUNT:
        even: Array = allowed.low + (np.maximum(high, low) - allowed.low) * np.linspace(0.0, 1.0, count)[:, None]
        return np.where(allowed.any, even, np.nan)
    main = low + (np.maximum(high, low) - low) * np.linspace(0.0, 1.0, count - 2)[:, None] ** 0.85
    # two more down to the fewest params that are allowed, for laws that pay for ever smaller models
    grid: Array = np.concatenate([allowed.low + (low - allowed.low) * np.array([[0.0], [0.5]]), main])
    return np.where(allowed.any, grid, np.nan)


def _pairs(rl: Array, samples: Array) -> tuple[Array, Array]:
    """Shares of RL and of further samples on the table, shape (rl, samples), scaled so that they leave something."""
    first, second = np.broadcast_arrays(rl[:, None], samples)
    total = first + second
    none_left = ((first == 1.0) & ((second <= 0.02) | (second == 1.0))) | ((second == 1.0) & (first <= 0.01))
    scale = np.where(total >= 1.0, np.where(none_left, 1.0, 1.0 - LEAST_SHARE) / np.maximum(total, 1e-300), 1.0)
    return first * scale, second * scale


def _chunk(problem: Problem, rl: Array, samples: Array, count: int) -> tuple[Array, Array]:
    """Table of the loss, shape (params, rl, samples, instance), inf outside the limits, and its y, shape (4, ...)."""
    n = _params_grid(problem, count)
    outside = np.isnan(n)[:, None, None, :]
    n = np.where(np.isnan(n), 0.0, n)
    low, high = (bound[:, :, None, None, :] for bound in stage_costs(problem, n))
    left = problem.spendable - low.sum(axis=0)
    outside = outside | (left < -1e-9 * problem.spendable)
    left = np.maximum(left, 0.0)
    pair_r, pair_i = _pairs(rl, samples)
    share_r, share_i = pair_r[None, :, :, None], pair_i[None, :, :, None]
    inference = np.minimum(low[2] + share_i * left, high[2])
    reinforced = np.minimum(low[1] + share_r * left, high[1])
    trained = np.clip(problem.spendable - inference - reinforced, low[0], high[0])
    over = np.maximum(problem.spendable - inference - reinforced - trained, 0.0)
    reinforced = np.where(share_r > 0, np.minimum(reinforced + over, high[1]), reinforced)
    over = np.maximum(problem.spendable - inference - reinforced - trained, 0.0)
    inference = np.minimum(inference + over, high[2])
    costs = np.stack(np.broadcast_arrays(trained, reinforced, inference))
    y = np.empty((4, *costs.shape[1:]))
    y[0] = n[:, None, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):  # a stage without cost has no tokens: ln 0 = -inf
        y[1:] = np.log(costs / problem.kappa.reshape(3, 1, 1, 1, 1)) - y[0]
    outside = outside | ~(trained >= low[0] * (1 - 1e-9)) | ~(trained > 0)
    y = np.where(outside, 0.0, y)
    loss = np.where(outside, np.inf, problem.loss(y))
    return loss, y


def _local_minima(table: Array) -> Bools:
    """Cells of a (params, rl, samples, instance) table that no neighbour undercuts, axis by axis."""
    least = np.isfinite(table)
    lowest = table
    for axis in range(3):
        # the least of each cell and its two neighbours along the axis; after three axes, of all 26 neighbours
        pad = [(0, 0)] * 4
        pad[axis] = (1, 1)
        padded = np.pad(lowest, pad, constant_values=np.inf)
        size = lowest.shape[axis]
        parts = [np.take(padded, range(start, start + size), axis=axis) for start in range(3)]
        lowest = np.minimum(np.minimum(parts[0], parts[1]), parts[2])
    return least & (table <= lowest)


def find_basins(problem: Problem, most: int = 4, spare: int = 0) -> Basins:
    """Starts for the descent: the best local minima of the table, and further cells to compare with.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    most : int
        Local minima kept per instance.
    spare : int
        Further cells kept per instance, the best ones that are no local minima: their descents should end in the same basins.

    Returns
    -------
    Basins
        No start for an instance without a feasible point.
    """
    rl, samples = _grids(problem)
    count = COUNT if problem.size > FEW else FINE_COUNT if most < THOROUGH else THOROUGH_COUNT
    step = max(1, POINTS // (count * len(rl) * len(samples)))
    instances, points, losses = [], [], []
    for first in range(0, problem.size, step):
        part = problem.take(np.arange(first, min(first + step, problem.size)))
        table, y = _chunk(part, rl, samples, count)
        least = _local_minima(table)
        flat = y.reshape(4, -1, part.size)
        for kept, cells in ((most, least), (spare, ~least)):
            order, chosen = _lowest(np.where(cells, table, np.inf).reshape(-1, part.size), kept)
            for rank in range(len(order)):
                good = np.flatnonzero(np.isfinite(chosen[rank]))
                instances.append(first + good)
                points.append(flat[:, order[rank][good], good])
                losses.append(chosen[rank][good])
    return Basins(np.concatenate(instances), np.concatenate(points, axis=1), np.concatenate(losses))


def _lowest(score: Array, kept: int) -> tuple[Index, Array]:
    """Positions and values of the `kept` lowest entries per column, cells that a limit has made the same counted once."""
    order = np.argsort(score, axis=0, kind="stable")[: kept * ALIKE]
    values = np.take_along_axis(score, order, axis=0)
    with np.errstate(invalid="ignore"):  # inf - inf: cells outside, which are dropped anyway
        same = np.zeros(values.shape, dtype=bool)
        same[1:] = values[1:] - values[:-1] <= 1e-10 * np.abs(values[:-1])
    values = np.where(same, np.inf, values)
    again = np.argsort(values, axis=0, kind="stable")[:kept]
    return np.take_along_axis(order, again, axis=0), np.take_along_axis(values, again, axis=0)


def _grids(problem: Problem) -> tuple[Array, Array]:
    """Shares of RL and of further samples to look at: one where the stage is fixed or has no choice."""
    fixed = problem.limits.fixed
    rl, samples = (FINE_RL, FINE_SAMPLES) if problem.size <= FEW else (RL_SHARES, SAMPLE_SHARES)
    if not problem.has_rl:
        rl = rl[:1]
    elif fixed[2] or fixed[5]:
        rl = rl[3:4]
    elif np.any(problem.limits.low[2] > -np.inf) or np.any(problem.limits.low[5] > -np.inf):
        rl = rl[1:]
    if not problem.has_samples or fixed[3] or fixed[6]:
        samples = samples[:1]
    return rl, samples
