"""Tokens of fresh data worth as much as repeated ones, and params worth as much as excess ones.

    D' = U + U R* (1 - exp(-(D/U - 1)/R*))   for D > U,  D' = D otherwise          (Muennighoff et al., Eq. 5)
    d ln D'/d ln D = D exp(-(D/U - 1)/R*)/D'

The join at one epoch is smooth to first order. Limit: D -> inf gives U (1 + R*), 16.4 U with the published R* = 15.4.
The same curve holds for params beyond N_opt(U) with R_N*.
"""

from __future__ import annotations

import numpy as np

from budgetplan.numerics.arrays import Array, as_array


def repetition(amount: Array, unique: float | Array, half_life: float | Array) -> tuple[Array, Array]:
    """ln D' and d ln D'/d ln D at ln D.

    Parameters
    ----------
    amount : ndarray of shape (...)
        ln D (or ln N).
    unique : float or ndarray
        U, unique tokens (or N_opt(U)). [token or param]
    half_life : float or ndarray
        R*, epochs over which repetition loses its value. [1]

    Returns
    -------
    log_effective, elasticity : ndarray of shape (...)
        Equal to `amount` and 1 up to one epoch.
    """
    log_unique = np.log(as_array(unique))
    epochs = np.exp(np.minimum(amount - log_unique, 700.0))
    excess = np.maximum(epochs - 1.0, 0.0)
    decay = np.exp(-excess / half_life)
    wear = np.minimum(half_life, 1e300)
    worth = np.where(np.isinf(half_life), 1 + excess, 1.0 - np.expm1(-excess / wear) * wear)
    repeated = epochs > 1.0
    log_effective = np.where(repeated, log_unique + np.log(worth), amount)
    return log_effective, np.where(repeated, epochs * decay / worth, 1.0)


def effective_tokens(tokens: float | Array, unique_tokens: float | Array, half_life: float = 15.387756) -> Array:
    """Tokens of fresh data worth as much as `tokens` drawn repeatedly from `unique_tokens`.

    Parameters
    ----------
    tokens : float or ndarray of shape (...)
        Training tokens seen. [token]
    unique_tokens : float or ndarray of shape (...)
        Distinct tokens available. [token]
    half_life : float
        R_D*, epochs. [1]

    Returns
    -------
    ndarray of shape (...)
        [token]

    References
    ----------
    .. [1] Muennighoff et al., "Scaling Data-Constrained Language Models", 2023, arXiv:2305.16264.

    Examples
    --------
    >>> round(float(effective_tokens(4.0, 1.0)), 5)
    3.72567
    """
    return np.exp(repetition(np.log(as_array(tokens)), unique_tokens, half_life)[0])
