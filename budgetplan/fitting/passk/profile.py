"""Profile likelihood intervals of the Beta's mean and concentration.

A value belongs to the interval while the likelihood, maximised over the other coefficient, has fallen by less than z^2/2.
Where the counts show no spread beyond chance the concentration has no upper end, and where they show only problems that are
always or never solved it has no lower one: the end is then marked as open.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from budgetplan.fitting.passk.likelihood import HIGHEST, LOWEST, alike, log_likelihood
from budgetplan.fitting.passk.newton import SPREADS, Peak, climb
from budgetplan.fitting.passk.read import Counts
from budgetplan.fitting.profile_end import Range, profile_range
from budgetplan.numerics.arrays import Array

NEAREST = 1e-3
"""Smallest distance to a coefficient's best value at which the profile is taken, as a part of that to its end."""


def profile_interval(counts: Counts, peak: Peak, which: int, level: float) -> Range:
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
    here, low, high = float(peak.u[0, which]), float(LOWEST[which]), float(HIGHEST[which])
    return profile_range(lambda values: _fall(counts, peak, which, values), here, low, high, allowed, NEAREST)


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
