"""The beta-binomial likelihood of counts, with gradient and curvature, for many replicates at once.

    ln l = sum_i w_i [ ln B(a + c_i, b + n_i - c_i) - ln B(a, b) ],     a = mu nu, b = (1 - mu) nu

in u = (logit mu, ln nu); the binomial coefficients do not depend on u and are left out. Samples that stopped at a rule (so many
right answers, or so much time) have the same likelihood: what stopped them is a function of the counts.

With p(z) = psi(a + c) - psi(a) and so on, d/da = p_c - p_n and d/db = p_d - p_n; the chain rule gives the rest.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaln, digamma, polygamma

from budgetplan.fitting.passk.read import Counts
from budgetplan.numerics.arrays import Array
from budgetplan.numerics.logistic import sigmoid

LOWEST = np.array([-40.0, np.log(1e-6)])
HIGHEST = np.array([40.0, np.log(1e8)])
"""Ends of (logit mu, ln nu): beyond them the Beta is one point, or two points at 0 and 1, to every digit that counts show."""


def shapes(u: Array) -> tuple[Array, Array]:
    """a and b of shape (replicate, 1) at points u of shape (replicate, 2)."""
    nu = np.exp(u[:, 1:2])
    return sigmoid(u[:, :1]) * nu, sigmoid(-u[:, :1]) * nu


def alike(counts: Counts, weights: Array) -> tuple[Counts, Array]:
    """The same likelihood with problems of equal counts taken together: most are never solved, or always, in as many samples.

    Parameters
    ----------
    counts : Counts
    weights : ndarray of shape (replicate, problem)

    Returns
    -------
    Counts, ndarray of shape (replicate, kind)

    Examples
    --------
    >>> kinds, weights = alike(Counts(np.array([0.0, 3.0, 0.0]), np.array([9.0, 9.0, 9.0])), np.array([[1.0, 2.0, 4.0]]))
    >>> kinds.correct.tolist(), weights.tolist()
    ([0.0, 3.0], [[5.0, 2.0]])
    """
    kinds, which, size = np.unique(np.stack([counts.correct, counts.samples]), axis=1, return_inverse=True, return_counts=True)
    together = weights[:, np.argsort(which.reshape(-1), kind="stable")]
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    return Counts(kinds[0], kinds[1]), np.add.reduceat(together, first, axis=1)


def log_likelihood(u: Array, counts: Counts, weights: Array) -> Array:
    """ln l of shape (replicate,) at points of shape (replicate, 2), weights of shape (replicate, problem)."""
    a, b = shapes(u)
    each = betaln(a + counts.correct, b + counts.samples - counts.correct) - betaln(a, b)
    total: Array = (weights * each).sum(axis=1)
    return total


def score(u: Array, counts: Counts, weights: Array) -> tuple[Array, Array]:
    """Gradient (replicate, 2) and Hessian (replicate, 2, 2) of ln l by u."""
    a, b = shapes(u)
    mean, rest, nu = sigmoid(u[:, 0]), sigmoid(-u[:, 0]), np.exp(u[:, 1])
    wrong = counts.samples - counts.correct

    def gap(shape: Array, more: Array) -> tuple[Array, Array]:
        first = (weights * (digamma(shape + more) - digamma(shape))).sum(axis=1)
        second = (weights * (polygamma(1, shape + more) - polygamma(1, shape))).sum(axis=1)
        return first, second

    right, right_2 = gap(a, counts.correct)
    left, left_2 = gap(b, wrong)
    all_, all_2 = gap(a + b, counts.samples)
    by_a, by_b = right - all_, left - all_
    by_aa, by_bb, by_ab = right_2 - all_2, left_2 - all_2, -all_2
    a_, b_, turn = mean * nu, rest * nu, mean * rest * nu  # da/du0 = turn, db/du0 = -turn, da/du1 = a, db/du1 = b
    bent = turn * (rest - mean)
    gradient = np.stack([turn * (by_a - by_b), a_ * by_a + b_ * by_b], axis=1)
    first = turn**2 * (by_aa - 2.0 * by_ab + by_bb) + bent * (by_a - by_b)
    cross = turn * (a_ * by_aa + (b_ - a_) * by_ab - b_ * by_bb) + turn * (by_a - by_b)
    second = a_**2 * by_aa + 2.0 * a_ * b_ * by_ab + b_**2 * by_bb + a_ * by_a + b_ * by_b
    return gradient, np.stack([first, cross, cross, second], axis=1).reshape(-1, 2, 2)
