"""Coverage as a function of params, pre-training tokens and samples, with derivatives.

    logit mean = ability - A n^-alpha - B d^-beta - strain (D/(20 N))^overuse,      n = N/1e9, d = D/1e9
    ln nu = ln tail + tail_slope ln(mean/.005) - ln mean                            (tail = mean nu at mean success .005)
    pass@k = 1 - B(mean nu, (1 - mean) nu + k)/B(mean nu, (1 - mean) nu)

The first line is a Chinchilla loss under a logistic task link; slope and irreducible loss are absorbed in ability, A and B, which
are in logits. The last term is what small models lose late in training: their output layer saturates, and both their loss and
their benchmarks turn worse (Godey et al.). `tail` is the exponent with which failure falls in k; it is nearly shared by all models.

References
----------
.. [1] Godey, de la Clergerie, Sagot, "Why do small language models underperform? Studying Language Model Saturation via the
   Softmax Bottleneck", 2024, arXiv:2404.07647.
.. [2] Schaeffer et al., "How Do Large Language Monkeys Get Their Power (Laws)?", 2025, arXiv:2502.17578.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.numerics.beta_coverage import log_failure, log_failure_gradient
from budgetplan.numerics.logistic import sigmoid, softplus

NAMES = ("ability", "A", "alpha", "B", "beta", "tail", "tail_slope", "strain", "overuse")
LOGGED = np.array([False, True, True, True, True, True, False, True, True])
"""Coefficients that are positive and fitted in logs."""
LOWER = np.array([-15.0, -9.0, -4.0, -9.0, -4.0, -6.0, -0.5, -14.0, -3.0])
UPPER = np.array([15.0, 5.0, 1.0, 5.0, 1.0, 4.0, 0.9, 3.0, 1.0])
"""Ends of the point u, `NAMES` in logs where `LOGGED`."""
REFERENCE = 0.005
"""Mean success at which `tail` is stated. [1]"""
RATIO = 20.0
"""Tokens per param at which `strain` is stated. [token/param]"""


@dataclass(frozen=True)
class Grid:
    """Where coverage was measured, each of shape (run,).

    Attributes
    ----------
    params, tokens, k : ndarray
    """

    params: Array
    tokens: Array
    k: Array


def surface(u: Array, grid: Grid) -> tuple[Array, Array]:
    """Coverage of shape (run,) and its derivative by u of shape (run, 9).

    Parameters
    ----------
    u : ndarray of shape (9,)
    grid : Grid
    """
    log_n, log_d = np.log(grid.params / 1e9), np.log(grid.tokens / 1e9)
    log_m = np.log(grid.tokens / (RATIO * grid.params))
    alpha, beta, overuse = np.exp(u[2]), np.exp(u[4]), np.exp(u[8])
    by_size, by_data = np.exp(u[1] - alpha * log_n), np.exp(u[3] - beta * log_d)
    worn = np.exp(np.minimum(u[7] + overuse * log_m, 8.0))
    logit = np.clip(u[0] - by_size - by_data - worn, -60.0, 30.0)
    log_mean, log_rest, mean = -softplus(-logit), -softplus(logit), sigmoid(logit)
    above = log_mean - np.log(REFERENCE)
    nu = np.exp(np.clip(u[5] + u[6] * above - log_mean, -60.0, 60.0))
    fails = log_failure(log_rest, mean, nu, grid.k)
    on_logit, on_nu, _ = log_failure_gradient(log_rest, mean, nu, grid.k)
    failure = np.exp(fails)
    by_logit = -failure * (on_logit + on_nu * (u[6] - 1.0) * np.exp(log_rest))
    by_nu = -failure * on_nu
    turns = (
        by_logit,
        -by_logit * by_size,
        by_logit * by_size * alpha * log_n,
        -by_logit * by_data,
        by_logit * by_data * beta * log_d,
        by_nu,
        by_nu * above,
        -by_logit * worn,
        -by_logit * worn * overuse * log_m,
    )
    return -np.expm1(fails), np.stack(turns, axis=1)


def natural(u: Array) -> Array:
    """Coefficients in the order of `NAMES` from points u of shape (..., 9)."""
    return np.where(LOGGED, np.exp(np.where(LOGGED, u, 0.0)), u)
