"""Profile likelihood intervals of the Beta's mean and concentration.

A value belongs to the interval while the likelihood, maximised over the other coefficient, has fallen by less than z^2/2.
Where the counts show no spread beyond chance the concentration has no upper end, and where they show only problems that are
always or never solved it has no lower one: the end is then marked as open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from budgetplan.fitting.passk_likelihood import HIGHEST, LOWEST, alike, log_likelihood
from budgetplan.fitting.passk_newton import SPREADS, Peak, climb
from budgetplan.fitting.passk_read import Counts
from budgetplan.numerics.arrays import Array

COARSE = np.geomspace(1e-3, 1.0, 41)
"""Distances to the end of a coefficient, as parts of it, at which the profile is taken."""
FINE = 13
"""Values between the last one inside and the first one outside."""


@dataclass(frozen=True)
class Ends:
    """An interval in u.

    Attributes
    ----------
    low, high : float
    low_open, high_open : bool
    """

    low: float
    high: float
    low_open: bool
    high_open: bool


def profile_ends(counts: Counts, peak: Peak, which: int, level: float) -> Ends:
    """The interval of coordinate `which` of u = (logit mean, ln concentration).

    Parameters
    ----------
    counts : Counts
    peak : Peak
        Of one replicate with all weights 1.
    which : int
    level : float
    """
    allowed = 0.5 * float(ndtri(0.5 + level / 2.0)) ** 2
    low, low_open = _end(counts, peak, which, float(LOWEST[which]), allowed)
    high, high_open = _end(counts, peak, which, float(HIGHEST[which]), allowed)
    return Ends(low, high, low_open, high_open)


def _end(counts: Counts, peak: Peak, which: int, end: float, allowed: float) -> tuple[float, bool]:
    here = float(peak.u[0, which])
    if here == end:
        return end, True
    parts = np.concatenate([[0.0], COARSE])
    fall = np.concatenate([[0.0], _fall(counts, peak, which, here + COARSE * (end - here))])
    inside = int(np.flatnonzero(fall <= allowed).max())
    if inside == parts.size - 1:
        return end, True
    fine = np.linspace(parts[inside], parts[inside + 1], FINE + 2)
    between = _fall(counts, peak, which, here + fine[1:-1] * (end - here))
    fall = np.concatenate([[fall[inside]], between, [fall[inside + 1]]])
    last = int(np.flatnonzero(fall <= allowed).max())
    roots = np.sqrt(np.maximum(fall[last : last + 2], 0.0))
    share = (np.sqrt(allowed) - roots[0]) / max(float(roots[1] - roots[0]), 1e-300)
    return here + float(fine[last] + share * (fine[last + 1] - fine[last])) * (end - here), False


def _fall(counts: Counts, peak: Peak, which: int, values: Array) -> Array:
    counts, weights = alike(counts, np.ones((values.size, counts.samples.size)))
    other = 1 - which
    tried = np.concatenate([[peak.u[0, other]], SPREADS if other == 1 else peak.u[0, 0] + np.array([-8.0, -4.0, -2.0, 2.0, 4.0])])
    starts = np.empty((tried.size, values.size, 2))
    starts[:, :, which], starts[:, :, other] = values, tried[:, None]
    reached = np.stack([log_likelihood(start, counts, weights) for start in starts])
    best = starts[reached.argmax(axis=0), np.arange(values.size)]
    fall: Array = peak.value[0] - climb(counts, weights, best, np.arange(2) == other).value
    return fall
