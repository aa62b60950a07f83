"""Training on one's own right answers (rejection sampling): the best success rate lies below one half.

Of the answers drawn, p are right and kept, and each is a surprise of -log2 p bits. Per answer drawn

    bits  -p log2 p                     the first term of H(p): RL with negative answers adds the second, -f log2 f
    cost  g + p t                       g to generate an answer, t to train on a kept one

Their ratio is largest where ln p = -1 - p t/g: at p = 1/e where generating is all of the cost, lower where training costs
too, and with x = t/g the root of p exp(p x) = 1/e. GRPO, which learns from wrong answers as well, is best at p = 1/2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array, as_array
from budgetplan.signal.bits import LN2, entropy_term, logs

_NEWTON = 60
"""Most steps; a handful are taken."""


def accepted_bits(success: Any, failure: Any = None) -> Array:
    """-p log2 p, the bits per answer drawn where only right answers are trained on.

    Parameters
    ----------
    success : array_like
        p in [0, 1]. [1]
    failure : array_like, optional
        1 - p where it is known more accurately than by subtraction. [1]

    Returns
    -------
    ndarray
        At most H(p), and at most log2(e)/e = 0.531. [bit/sample]

    Examples
    --------
    >>> round(float(accepted_bits(0.3)), 4)
    0.5211
    """
    return entropy_term(logs(success, failure)[0]) / LN2


def best_accepted_success(generate: Any, train: Any) -> Array:
    """The success rate at which training on one's own right answers teaches most bits per FLOP.

    Parameters
    ----------
    generate : array_like
        Cost of generating one answer, above 0. [FLOP]
    train : array_like
        Cost of training on one, at least 0. [FLOP]

    Returns
    -------
    ndarray
        The root of p exp(p t/g) = 1/e. [1]

    Examples
    --------
    >>> round(float(best_accepted_success(8.0, 0.0)), 4), round(float(best_accepted_success(8.0, 6.0)), 4)
    (0.3679, 0.2949)
    """
    ratio = as_array(train) / as_array(generate)
    p = np.full_like(ratio, np.exp(-1.0))
    for _ in range(_NEWTON):
        # convex and increasing in ln p: from the right of the root every step stays on the right
        step = (np.log(p) + 1.0 + p * ratio) / (1.0 + p * ratio)
        p = p * np.exp(-step)
        if np.all(np.abs(step) < 1e-15):
            break
    return p
