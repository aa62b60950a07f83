"""The number of right answers in a group: what it tells about the problem, and how large advantages are.

The count c of right answers among G is Binomial(G, p); with m = c/G and the group's own std = sqrt(m (1 - m)) a right answer
has advantage (1 - m)/std and a wrong one -m/std, so in a group

    mean |A| = 2 sqrt(m (1 - m)),    mean A^2 = 1 where 0 < c < G        (and both 0 otherwise)

Averaged over groups, E[A^2] is the informative share, and E|A| -> 2 sqrt(p f) for large G. Without dividing by std E|A| would be
2 p f (1 - 1/G); with the unbiased std, as in common implementations, it is sqrt(1 - 1/G) of the first.

References
----------
.. [1] Shao et al., "DeepSeekMath", 2024, arXiv:2402.03300.
.. [2] Liu et al., "Understanding R1-Zero-Like Training", 2025, arXiv:2503.20783 (no division by std).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array, as_array
from budgetplan.signal.bits import LN2, entropy_term, logs


def log_count_chance(success: Any, group_size: Any, failure: Any = None) -> tuple[Array, Array]:
    """Counts 0 to the largest G, and ln of the chance of each.

    Parameters
    ----------
    success : array_like
        p in [0, 1]. [1]
    group_size : array_like of int
        G, at least 1. [1]
    failure : array_like, optional
        1 - p where it is known more accurately than by subtraction. [1]

    Returns
    -------
    tuple of ndarray
        Counts of shape (largest G + 1,) and, with them as a last axis after the broadcast shape, ln chance; -inf where
        there is none. [nat]
    """
    right, wrong = logs(success, failure)
    p, f, size = (item[..., None] for item in np.broadcast_arrays(right, wrong, as_array(group_size)))
    most = int(np.max(size))
    counts = np.arange(most + 1.0)
    factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1.0, most + 1.0)))])
    rest = np.clip(size - counts, 0.0, None)
    ways = factorial[size.astype(np.intp)] - factorial[counts.astype(np.intp)] - factorial[rest.astype(np.intp)]
    with np.errstate(invalid="ignore"):  # 0 x -inf, replaced by 0
        chance = ways + np.where(counts == 0.0, 0.0, counts * p) + np.where(rest == 0.0, 0.0, rest * f)
    return counts, np.where(counts > size, -np.inf, chance)


def count_bits(success: Any, group_size: Any, failure: Any = None) -> Array:
    """H(Binomial(G, p)): the most that a group can tell about how often the problem is solved.

    Parameters
    ----------
    success, group_size, failure : array_like
        As for `log_count_chance`.

    Returns
    -------
    ndarray
        H(p) for G = 1; about log2(2 pi e G p (1 - p))/2 for large G. [bit/group]

    Examples
    --------
    >>> round(float(count_bits(0.3, 16)), 3), round(float(count_bits(0.3, 1)), 4)
    (2.914, 0.8813)
    """
    _, chance = log_count_chance(success, group_size, failure)
    total: Array = np.sum(entropy_term(chance), axis=-1)
    return total / LN2


def expected_abs_advantage(success: Any, group_size: Any, failure: Any = None) -> Array:
    """E|A| of a sample, over groups, with rewards less their mean divided by the group's own std.

    Parameters
    ----------
    success, group_size, failure : array_like
        As for `log_count_chance`.

    Returns
    -------
    ndarray
        [1]

    Examples
    --------
    >>> round(float(expected_abs_advantage(0.3, 16)), 4)
    0.8788
    """
    counts, chance = log_count_chance(success, group_size, failure)
    mean = np.minimum(counts / as_array(group_size)[..., None], 1.0)
    value: Array = np.sum(np.exp(chance) * 2.0 * np.sqrt(mean * (1.0 - mean)), axis=-1)
    return value
