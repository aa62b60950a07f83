"""Groups of G answers to one problem (GRPO): which of them teach anything, and how many bits they teach.

The advantage of answer i is (r_i - mean r)/std r. A group that is all right or all wrong has no gradient, so with
q1 = p^G, q0 = f^G, f = 1 - p

    informative share   s = 1 - p^G - f^G                    ds/dp = G (f^(G-1) - p^(G-1)), largest at p = 1/2
    informative bits    J = s H(r | informative)
                          = G H(p) + q0 log2 q0 + q1 log2 q1 + s log2 s

J counts the bits that can reach the weights. Which answers were right can be read off the signs of the advantages, whatever
they are divided by, so dividing by the group's own std loses no outcome of an informative group. What it loses is scale:
hard and easy problems push alike, and how hard a problem is shows only in the count of right answers, of which

    count bits          H(Binomial(G, p))                    about log2(2 pi e G p f)/2 for large G

bounds what a group tells about p itself. It does not bound J: J is about which answers, the count about how many.

Limits: J -> G H(p) for G -> inf; J = 2 p f for G = 2; J -> G p log2 G for p -> 0; J = s = 0 for G = 1, which has no baseline.
J/G <= H(p) is largest at p = 1/2: there all outcomes are alike, so H(r | informative) = log2(2^G - 2) is the most that
2^G - 2 outcomes can carry, and s is largest too. Cost per token does not depend on p, so 1/2 is also best per FLOP, with or
without dynamic sampling.

References
----------
.. [1] Shao et al., "DeepSeekMath", 2024, arXiv:2402.03300 (group-relative advantages).
.. [2] Yu et al., "DAPO", 2025, arXiv:2503.14476 (dynamic sampling: draw until the group is informative).
.. [3] Liu et al., "Understanding R1-Zero-Like Training", 2025, arXiv:2503.20783 (what dividing by std does).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array, as_array
from budgetplan.numerics.beta_coverage import log_failure
from budgetplan.signal.bits import LN2, entropy_term, logs, outcome_bits


def _rare(success: Any, failure: Any, group_size: Any) -> tuple[Array, Array, Array]:
    """G ln of the rarer outcome, G ln of the commoner one, and G, of one shape."""
    right, wrong = logs(success, failure)
    low, high, size = np.broadcast_arrays(np.minimum(right, wrong), np.maximum(right, wrong), as_array(group_size))
    return size * low, size * high, size


def informative_share(success: Any, group_size: Any, failure: Any = None) -> Array:
    """1 - p^G - (1 - p)^G, the share of groups, and so of samples, that carry any gradient.

    Parameters
    ----------
    success : array_like
        p in [0, 1]. [1]
    group_size : array_like
        G, at least 1. [1]
    failure : array_like, optional
        1 - p where it is known more accurately than by subtraction. [1]

    Returns
    -------
    ndarray
        Accurate to rounding also where it is tiny: G p for p -> 0. [1]

    Examples
    --------
    >>> round(float(informative_share(0.3, 16)), 5), float(informative_share(1e-20, 16))
    (0.99668, 1.6e-19)
    """
    rare, common, size = _rare(success, failure, group_size)
    return np.where(size == 1.0, 0.0, -np.expm1(common) - np.exp(rare))


def spread_informative_share(mean: Any, concentration: Any, group_size: Any) -> Array:
    """The informative share over problems whose success follows Beta(m v, (1 - m) v): less than at the mean, often much less.

    Parameters
    ----------
    mean : array_like
        m, mean success over problems, in (0, 1). [1]
    concentration : array_like
        v > 0; small where problems are either easy or hopeless. [1]
    group_size : array_like
        G, at least 1. [1]

    Returns
    -------
    ndarray
        1 - E[p^G] - E[(1 - p)^G]. [1]

    Examples
    --------
    >>> round(float(spread_informative_share(0.3, 1.5, 16)), 4)
    0.7203
    """
    m, v, size = np.broadcast_arrays(as_array(mean), as_array(concentration), as_array(group_size))
    all_wrong = log_failure(np.log1p(-m), m, v, size)
    all_right = log_failure(np.log(m), 1.0 - m, v, size)
    return np.where(size == 1.0, 0.0, -np.expm1(all_wrong) - np.exp(all_right))


def informative_bits(success: Any, group_size: Any, failure: Any = None) -> Array:
    """J, the bits of a group's outcome that its advantages can carry into the weights.

    Parameters
    ----------
    success, group_size, failure : array_like
        As for `informative_share`.

    Returns
    -------
    ndarray
        Between 0 and G H(p). [bit/group]

    Examples
    --------
    >>> round(float(informative_bits(0.3, 16)), 3), float(informative_bits(0.5, 2))
    (14.069, 0.5)
    """
    rare, common, size = _rare(success, failure, group_size)
    share = informative_share(success, group_size, failure)
    with np.errstate(divide="ignore"):  # a share of 0 has no entropy
        lost = entropy_term(rare) + entropy_term(common) + entropy_term(np.log(share))
    bits = size * outcome_bits(success, failure) - lost / LN2
    return np.where((size == 1.0) | (share == 0.0), 0.0, bits)
