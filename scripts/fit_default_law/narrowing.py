"""What the assumed narrowing of the spread under RL means for pass@k.

RL lifts the mean from mu0 to mu and takes the concentration from nu0 to ``nu0 (mu0/mu)^narrowing``, so the tail
exponent ``mu nu`` goes from ``tail`` to ``tail (mu/mu0)^(1 - narrowing)``: at narrowing 1 it stays, above 1 RL makes
the unsolved problems more stubborn, and the base model overtakes at large k (reported by arXiv:2504.13837).
"""

from __future__ import annotations

import numpy as np
from beta_spread import pass_at_k
from scipy.special import expit, logit

BASES = (0.01, 0.1, 0.3, 0.5, 0.8)
"""Base success of the worked rows [1]."""

RL_GAIN = 1.1
"""Gain in ability of the worked rows [logit]; RL on GSM8K gave .6 to 1.3."""


def after_rl(tail: float, base: float, narrowing: float, gain: float = RL_GAIN) -> tuple[float, float]:
    """Tail exponent and mean success after RL.

    Parameters
    ----------
    tail : float
        Tail exponent of the base model [1].
    base : float
        Mean success of the base model [1].
    narrowing : float
        Exponent of the narrowing [1].
    gain : float
        Ability gained from RL [logit].

    Returns
    -------
    tail, mean : float
        After RL [1].

    Examples
    --------
    >>> tail, mean = after_rl(0.4, 0.5, narrowing=1.0, gain=0.0)
    >>> tail, mean
    (0.4, 0.5)
    """
    mean = float(expit(logit(base) + gain))
    return tail * (mean / base) ** (1 - narrowing), mean


def crossing(tail: float, base: float, narrowing: float, gain: float = RL_GAIN) -> float:
    """Find the number of samples from where the base model covers more problems than the RL model.

    Parameters
    ----------
    tail, base, narrowing, gain
        As in `after_rl`.

    Returns
    -------
    float
        Samples k; infinite where the base model is not ahead up to 1e8.
    """
    k = np.geomspace(1, 1e8, 8_001)
    ahead = np.asarray(pass_at_k(tail, base, k) > pass_at_k(*after_rl(tail, base, narrowing, gain), k))
    return float(k[np.argmax(ahead)]) if ahead.any() else float("inf")


def rows(tail: float, narrowing: float) -> list[str]:
    """Worked rows: base success, pass@16 and pass@100 before and after RL, crossing.

    Parameters
    ----------
    tail, narrowing : float
        Coefficients of the link [1].

    Returns
    -------
    list of str
        One line per base success.
    """
    lines = []
    for base in BASES:
        trained = after_rl(tail, base, narrowing)
        before, after = pass_at_k(tail, base, np.array([16.0, 100.0])), pass_at_k(*trained, np.array([16.0, 100.0]))
        lines.append(
            f"  base {base:<4g} -> {trained[1]:.3f}: pass@16 {before[0]:.3f} -> {after[0]:.3f}, "
            f"pass@100 {before[1]:.3f} -> {after[1]:.3f}, base ahead from k = {crossing(tail, base, narrowing):.3g}"
        )
    return lines
