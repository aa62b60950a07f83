"""Starts that find the global optimum: floor and ceiling solved exactly on a grid of midpoint and steepness.

Given midpoint and steepness the curve is linear in floor and ceiling (variable projection). With both in [0, 1] the two-variable
least squares has its optimum inside the square or on one of its four edges, each of which is a one-variable problem; so every
node of the grid is solved in closed form, for all replicates together.

References
----------
.. [1] Golub, Pereyra, "Separable nonlinear least squares: the variable projection method", Inverse Problems 19, 2003.
"""

from __future__ import annotations

import numpy as np

from budgetplan.fitting.rl.shape import FLATTEST, STEEPEST, Axis, rise
from budgetplan.numerics.arrays import Array

MIDPOINTS, STEEPNESSES = 61, 22
CHUNK = 64
"""Replicates solved together: the grid times these stays within some ten megabytes."""


def nodes(where: Axis, held: int = -1, values: Array | None = None) -> Array:
    """Grid of (m, ln s) of shape (node, 2); where one of them is held, the grid has that coordinate's `values` only."""
    m = np.linspace(where.lower[2], where.upper[2], MIDPOINTS)
    s = np.linspace(np.log(FLATTEST), np.log(STEEPEST), STEEPNESSES)
    if values is not None:
        m, s = (values, s) if held == 2 else (m, values)
    return np.stack(np.meshgrid(m, s, indexing="ij"), axis=-1).reshape(-1, 2)


def best_nodes(where: Axis, observed: Array, grid: Array, held: int = -1, at: Array | None = None) -> Array:
    """For each curve the node of least squares, with its floor and ceiling.

    Parameters
    ----------
    where : Axis
    observed : ndarray of shape (curve, run)
    grid : ndarray of shape (node, 2)
    held : int
        0 or 1 where floor or ceiling is held at `at`, else -1.
    at : ndarray of shape (curve,) or None

    Returns
    -------
    ndarray of shape (curve, 4)
    """
    padded = np.concatenate([np.zeros((len(grid), 2)), grid], axis=1)
    h = rise(padded, where.log_x)
    out = np.empty((len(observed), 4))
    for first in range(0, len(observed), CHUNK):
        rows = slice(first, first + CHUNK)
        ends, cost = solve_ends(h, observed[rows], held, None if at is None else at[rows, None])
        chosen = cost.argmin(axis=1)
        picked = np.arange(len(chosen))
        out[rows] = np.concatenate([ends[picked, chosen], grid[chosen]], axis=1)
    return out


def solve_ends(h: Array, observed: Array, held: int = -1, at: Array | None = None) -> tuple[Array, Array]:
    """Floor and ceiling in [0, 1] of least squares at each node, and half that sum less its constant.

    Parameters
    ----------
    h : ndarray of shape (node, run)
        Rise at each node.
    observed : ndarray of shape (curve, run)
    held : int
        0 or 1 where floor or ceiling is held at `at`, else -1.
    at : ndarray of shape (curve, 1) or None

    Returns
    -------
    ends : ndarray of shape (curve, node, 2)
    cost : ndarray of shape (curve, node)
    """
    rest = 1.0 - h
    fy, cy = observed @ rest.T, observed @ h.T
    sums: list[Array] = [np.broadcast_to((one * two).sum(axis=1), fy.shape) for one, two in ((rest, rest), (rest, h), (h, h))]
    ff, fc, cc = sums

    def cost(f: Array, c: Array) -> Array:
        return 0.5 * (f * f * ff + c * c * cc) + f * c * fc - f * fy - c * cy

    def best_floor(c: Array) -> Array:
        return np.clip((fy - c * fc) / np.maximum(ff, 1e-300), 0.0, 1.0)

    def best_ceiling(f: Array) -> Array:
        return np.clip((cy - f * fc) / np.maximum(cc, 1e-300), 0.0, 1.0)

    if held >= 0 and at is not None:
        fixed = np.broadcast_to(at, ff.shape)
        ends = (fixed, best_ceiling(fixed)) if held == 0 else (best_floor(fixed), fixed)
        return np.stack(ends, axis=-1), cost(*ends)
    determinant = np.maximum(ff * cc - fc * fc, 1e-300)
    f, c = (fy * cc - cy * fc) / determinant, (cy * ff - fy * fc) / determinant
    inside = (f >= 0) & (f <= 1) & (c >= 0) & (c <= 1)
    zero, one = np.zeros_like(ff), np.ones_like(ff)
    corners = [(zero, best_ceiling(zero)), (one, best_ceiling(one)), (best_floor(zero), zero), (best_floor(one), one)]
    tried = [(np.clip(f, 0.0, 1.0), np.clip(c, 0.0, 1.0)), *corners]
    costs = np.stack([np.where(inside, cost(*tried[0]), np.inf), *(cost(*pair) for pair in corners)])
    which = costs.argmin(axis=0)[None]
    floors = np.take_along_axis(np.stack([pair[0] for pair in tried]), which, axis=0)[0]
    ceilings = np.take_along_axis(np.stack([pair[1] for pair in tried]), which, axis=0)[0]
    return np.stack([floors, ceilings], axis=-1), np.take_along_axis(costs, which, axis=0)[0]
