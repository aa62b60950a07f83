"""The sigmoid that fits a curve best, anywhere; alone, with one coefficient held, or for many replicates."""

from __future__ import annotations

import numpy as np

from budgetplan.fitting.rl.descent import Ends, descend
from budgetplan.fitting.rl.grid import MIDPOINTS, STEEPNESSES, best_nodes, nodes, solve_ends
from budgetplan.fitting.rl.shape import Axis, rise
from budgetplan.numerics.arrays import Array

EVERY_MIDPOINT, EVERY_STEEPNESS = 3, 2
"""The descent starts from every so many nodes of the grid."""


def best_fit(where: Axis, observed: Array, ladder: tuple[float, ...]) -> Ends:
    """The best point of one curve `observed` of shape (run,), as a batch of one.

    Descents from 231 nodes of the grid, each with its exact floor and ceiling: the objective may have several minima where
    the plateau or the start was not seen.
    """
    grid = nodes(where).reshape(MIDPOINTS, STEEPNESSES, 2)[::EVERY_MIDPOINT, ::EVERY_STEEPNESS].reshape(-1, 2)
    h = rise(np.concatenate([np.zeros((len(grid), 2)), grid], axis=1), where.log_x)
    ends, _ = solve_ends(h, observed[None, :])
    start = np.concatenate([ends[0], grid], axis=1)
    many = np.broadcast_to(observed, (len(start), observed.size))
    reached = descend(where, many, start, ladder, np.ones(4, dtype=bool))
    best = [int(reached.value.argmin())]
    return Ends(reached.q[best], reached.value[best])


def held_fits(where: Axis, observed: Array, ladder: tuple[float, ...], known: Array, which: int, values: Array) -> Ends:
    """The best points with coefficient `which` of q held at each of `values`.

    Parameters
    ----------
    where : Axis
    observed : ndarray of shape (run,)
    ladder : tuple of float
    known : ndarray of shape (4,)
        The best point with nothing held, from which a second descent starts.
    which : int
    values : ndarray of shape (value,)
    """
    many = np.broadcast_to(observed, (values.size, observed.size))
    if which < 2:
        found = best_nodes(where, many, nodes(where), which, values)
    else:
        found = np.concatenate([best_nodes(where, many[:1], nodes(where, which, values[i : i + 1])) for i in range(values.size)])
    near = np.tile(known, (values.size, 1))
    near[:, which] = values
    free = np.arange(4) != which
    return _lower(descend(where, many, found, ladder, free), descend(where, many, near, ladder, free))


def replicate_fits(where: Axis, observed: Array, ladder: tuple[float, ...], known: Array) -> Ends:
    """The best point of each replicate, of shape (replicate, 4): from its own best node and from the point of the data."""
    free = np.ones(4, dtype=bool)
    found = best_nodes(where, observed, nodes(where))
    near = np.tile(known, (len(observed), 1))
    return _lower(descend(where, observed, found, ladder, free), descend(where, observed, near, ladder, free))


def _lower(one: Ends, other: Ends) -> Ends:
    first = one.value <= other.value
    return Ends(np.where(first[:, None], one.q, other.q), np.where(first, one.value, other.value))
