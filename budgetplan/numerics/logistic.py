"""The logistic function and its logarithm, accurate in both tails.

Ability is measured in logits: success = sigma(ability). Both success and failure are needed to full relative accuracy,
because a task loss of 1e-12 is all failure and a success of 1e-300 is all success.
"""

from __future__ import annotations

import numpy as np

from budgetplan.numerics.arrays import Array


def softplus(x: Array) -> Array:
    """ln(1 + e^x), the negative log of failure at ability `x`.

    Parameters
    ----------
    x : ndarray
        Ability in logits. [1]

    Returns
    -------
    ndarray of the same shape
        Accurate to rounding for every finite `x`: e^x for x << 0, x for x >> 0. [1]

    Examples
    --------
    >>> float(softplus(np.float64(-800.0)))
    0.0
    >>> round(float(softplus(np.float64(0.0))), 6)
    0.693147
    """
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def sigmoid(x: Array) -> Array:
    """1/(1 + e^-x) to full relative accuracy in both tails.

    Parameters
    ----------
    x : ndarray
        Ability in logits. [1]

    Returns
    -------
    ndarray of the same shape
        Success; derivative sigma(x) sigma(-x). [1]
    """
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def logit(success: Array, failure: Array | None = None) -> Array:
    """ln(success/failure), the inverse of the logistic function.

    Parameters
    ----------
    success : ndarray
        Probability in (0, 1). [1]
    failure : ndarray, optional
        1 - success where it is known more accurately than by subtraction. [1]

    Returns
    -------
    ndarray of the same shape
        Ability in logits. [1]
    """
    return np.log(success) - (np.log1p(-success) if failure is None else np.log(failure))
