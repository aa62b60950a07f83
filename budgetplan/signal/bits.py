"""Bits that one sample can teach: a right or wrong answer, a label, an accepted answer, a text.

With success p and failure f = 1 - p of one answer

    outcome     H(p) = -p log2 p - f log2 f         dH/dp = log2(f/p), largest (1 bit) at p = 1/2, 0 at p = 0 and 1
    label       -log2 p                             surprise at the right answer, infinite at p = 0
    accepted    -p log2 p                           per answer drawn where only right ones are kept; largest at p = 1/e
    text        L/ln 2, reducible (L - E)/ln 2      per token, L [nat/token] the loss and E what no model can predict

All are upper bounds: what a message carries, not what an optimiser makes of it. A right or wrong verdict on an answer that
the model wrote itself is a function of the label, so over all problems of a kind a label tells at least as much as a verdict,
at any p; at one realised p > 1/2 the verdict's average H(p) exceeds the surprise -log2 p, which proves nothing.

References
----------
.. [1] Schulman et al., "LoRA Without Regret", Thinking Machines Lab, 2025 (policy gradients: O(1) bits per episode).
.. [2] D. Patel on bits per sample of RL and SFT, 2025, with the reply by D. Paleka on labels and verdicts.
.. [3] T. Ord, "The Extreme Inefficiency of RL for Frontier Models", 2025 (at most one bit per 10,000 tokens and more).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array, as_array

LN2 = math.log(2.0)
"""Nat per bit."""


def logs(success: Any, failure: Any = None) -> tuple[Array, Array]:
    """ln p and ln(1 - p), each to full relative accuracy; -inf at 0.

    Parameters
    ----------
    success : array_like
        p in [0, 1]. [1]
    failure : array_like, optional
        1 - p where it is known more accurately than by subtraction. [1]

    Returns
    -------
    tuple of ndarray
        Of the broadcast shape. [nat]
    """
    p = as_array(success)
    f = 1.0 - p if failure is None else as_array(failure)
    p, f = np.broadcast_arrays(p, f)
    with np.errstate(divide="ignore"):  # ln 0 = -inf is the right limit
        low = p <= 0.5
        return np.where(low, np.log(p), np.log1p(-f)), np.where(low, np.log1p(-p), np.log(f))


def entropy_term(log_chance: Any) -> Array:
    """-c ln c, from ln c; 0 at c = 0.

    Parameters
    ----------
    log_chance : array_like
        ln c, -inf allowed. [nat]

    Returns
    -------
    ndarray of the same shape
        [nat]
    """
    value = as_array(log_chance)
    finite = np.where(np.isneginf(value), 0.0, value)
    return -np.exp(finite) * finite


def outcome_bits(success: Any, failure: Any = None) -> Array:
    """H(p), the bits in whether one answer is right.

    Parameters
    ----------
    success : array_like
        p in [0, 1]. [1]
    failure : array_like, optional
        1 - p where it is known more accurately than by subtraction. [1]

    Returns
    -------
    ndarray
        Accurate to rounding for every p, since both terms have one sign. [bit/sample]

    Examples
    --------
    >>> [round(float(outcome_bits(p)), 4) for p in (0.01, 0.1, 0.5, 1.0)]
    [0.0808, 0.469, 1.0, 0.0]
    """
    right, wrong = logs(success, failure)
    return (entropy_term(right) + entropy_term(wrong)) / LN2


def label_bits(success: Any, failure: Any = None) -> Array:
    """-log2 p, the surprise at a right answer that is given: what fine-tuning on it can teach about the answer.

    The wording of a longer answer carries more (`text_bits`), most of it not about being right.

    Parameters
    ----------
    success, failure : array_like
        As for `outcome_bits`.

    Returns
    -------
    ndarray
        Infinite at p = 0. [bit/sample]

    Examples
    --------
    >>> [round(float(label_bits(p)), 3) for p in (0.01, 0.1, 0.5)]
    [6.644, 3.322, 1.0]
    """
    return -logs(success, failure)[0] / LN2 + 0.0  # -0.0 at p = 1 becomes 0.0


def text_bits(loss: Any, irreducible_loss: Any = 0.0) -> Array:
    """(L - E)/ln 2, the bits that a token of text carries, or the part of them that can be learnt.

    Parameters
    ----------
    loss : array_like
        Cross-entropy L. [nat/token]
    irreducible_loss : array_like
        E, the loss of a perfect model; 0 counts the whole surprise. [nat/token]

    Returns
    -------
    ndarray
        [bit/token]

    Examples
    --------
    >>> round(float(text_bits(2.02)), 3), round(float(text_bits(2.02, 1.8172)), 3)
    (2.914, 0.293)
    """
    return (as_array(loss) - as_array(irreducible_loss)) / LN2
