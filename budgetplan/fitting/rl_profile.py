"""Profile intervals: how far one coefficient may go when all others follow.

A value v belongs to the interval while the objective, minimised over everything else, has risen by less than noise allows:
2 (rho(v) - rho_min)/tau2 <= t^2, t of n - 4 degrees of freedom. Where the plateau was not seen, ceiling, midpoint and steepness
trade against each other along a valley that is neither straight nor short; the profile follows it, a covariance does not.

References
----------
.. [1] Bates, Watts, "Nonlinear Regression Analysis and Its Applications", 1988, chapter 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.fitting.rl_search import held_fits
from budgetplan.fitting.rl_shape import Axis
from budgetplan.numerics.arrays import Array

COARSE = np.geomspace(1e-5, 1.0, 41)
"""Distances to a coefficient's end at which the profile is taken, as parts of that distance."""
FINE = 13
"""Values between the last one inside and the first one outside."""


@dataclass(frozen=True)
class Range:
    """An interval of one coefficient of q.

    Attributes
    ----------
    low, high : float
    low_open, high_open : bool
        Whether the data do not stop the coefficient before the end of what is possible.
    """

    low: float
    high: float
    low_open: bool
    high_open: bool


@dataclass(frozen=True)
class Profiler:
    """Everything a profile needs.

    Attributes
    ----------
    where : Axis
    observed : ndarray of shape (run,)
    ladder : tuple of float
    q : ndarray of shape (4,)
        The best point.
    value : float
        Its objective.
    allowed : float
        Rise of the objective that noise explains.
    """

    where: Axis
    observed: Array
    ladder: tuple[float, ...]
    q: Array
    value: float
    allowed: float

    def interval(self, which: int) -> Range:
        """The interval of coefficient `which`."""
        low, low_open = self._end(which, float(self.where.lower[which]))
        high, high_open = self._end(which, float(self.where.upper[which]))
        return Range(low, high, low_open, high_open)

    def _end(self, which: int, end: float) -> tuple[float, bool]:
        here = float(self.q[which])
        if here == end:
            return end, True
        parts = np.concatenate([[0.0], COARSE])
        rise = np.concatenate([[0.0], self._rise(which, here + COARSE * (end - here))])
        inside = int(np.flatnonzero(rise <= self.allowed).max())
        if inside == parts.size - 1:
            return end, True
        fine = np.linspace(parts[inside], parts[inside + 1], FINE + 2)
        between = self._rise(which, here + fine[1:-1] * (end - here))
        rise = np.concatenate([[rise[inside]], between, [rise[inside + 1]]])
        last = int(np.flatnonzero(rise <= self.allowed).max())
        # The root of the rise is close to linear in the distance, as it is for a straight valley.
        roots = np.sqrt(np.maximum(rise[last : last + 2], 0.0))
        share = (np.sqrt(self.allowed) - roots[0]) / max(float(roots[1] - roots[0]), 1e-300)
        return here + float(fine[last] + share * (fine[last + 1] - fine[last])) * (end - here), False

    def _rise(self, which: int, values: Array) -> Array:
        return held_fits(self.where, self.observed, self.ladder, self.q, which, values).value - self.value
