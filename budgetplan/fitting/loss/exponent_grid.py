"""Starts for E + A/N^alpha + B/D^beta: the linear coefficients at every pair of exponents of a grid (variable projection).

At given exponents the law is linear in E, A and B, so least squares of the relative residual is a 3 x 3 system per pair; all
pairs share their sums. Coefficients must not be negative: where the free solution is, the best of the smaller sets is taken.
Golub and Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems", 1973.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from budgetplan.fitting.pieces import pieces
from budgetplan.numerics.arrays import Array

EXPONENTS = np.geomspace(0.03, 1.6, 24)
"""Exponents tried: published ones lie between .05 and .7."""
TRACE = 1e-4
"""Share of the smallest loss given to a term that the linear solution leaves out, so that its logarithm exists."""


def linear_starts(log_params: Array, log_tokens: Array, loss: Array, alphas: Array, betas: Array, diagonal: bool) -> Array:
    """Coordinates ln E, ln A, ln B, alpha, beta at every pair of exponents.

    Parameters
    ----------
    log_params, log_tokens : ndarray of shape (run,)
        ln N, ln D (or of their effective amounts).
    loss : ndarray of shape (run,)
        [nat/token]
    alphas, betas : ndarray of shape (exponent,)
    diagonal : bool
        Whether only equal exponents are paired, in order.

    Returns
    -------
    ndarray of shape (pair, 5)
    """
    if not diagonal:
        alphas, betas = (grid.reshape(-1) for grid in np.meshgrid(alphas, betas, indexing="ij"))
    n, d = log_params - log_params.mean(), log_tokens - log_tokens.mean()
    gram, right = np.zeros((len(alphas), 3, 3)), np.zeros((len(alphas), 3))
    for part in pieces(len(n), len(alphas)):
        flat = np.broadcast_to(1.0, (len(alphas), len(n[part])))
        columns = np.stack([flat, np.exp(-np.outer(alphas, n[part])), np.exp(-np.outer(betas, d[part]))]) / loss[part]
        gram += np.einsum("jpr,kpr->pjk", columns, columns)
        right += columns.sum(axis=2).T
    linear = _not_negative(gram, right)
    linear = np.maximum(linear, TRACE * loss.min())
    shift = np.stack([np.zeros_like(alphas), alphas * log_params.mean(), betas * log_tokens.mean()], axis=1)
    return np.concatenate([np.log(linear) + shift, alphas[:, None], betas[:, None]], axis=1)


def _not_negative(gram: Array, right: Array) -> Array:
    """Least squares without negative coefficients, shape (pair, 3), by trying every set of terms."""
    best, least = np.zeros_like(right), np.full(len(right), np.inf)
    for size in (3, 2, 1):
        for terms in combinations(range(3), size):
            at = np.array(terms)
            part = gram[:, at[:, None], at]
            ridge = 1e-12 * np.trace(part, axis1=1, axis2=2)[:, None, None] * np.eye(size)
            found = np.linalg.solve(part + ridge, right[:, at, None])[..., 0]
            # sum of squares less a constant: x G x - 2 x b
            cost = np.einsum("pi,pij,pj->p", found, part, found) - 2 * (found * right[:, at]).sum(axis=1)
            better = (found > 0).all(axis=1) & (cost < least)
            least = np.where(better, cost, least)
            best[better] = 0.0
            best[np.ix_(better, at)] = found[better]
    return best
