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

from budgetplan.fitting.profile_end import Range, profile_range
from budgetplan.fitting.rl.search import held_fits
from budgetplan.fitting.rl.shape import Axis
from budgetplan.numerics.arrays import Array

NEAREST = 1e-5
"""Smallest distance to a coefficient's best value at which the profile is taken, as a part of that to its end."""


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

        def rise(values: Array) -> Array:
            return held_fits(self.where, self.observed, self.ladder, self.q, which, values).value - self.value

        here, low, high = (float(ends[which]) for ends in (self.q, self.where.lower, self.where.upper))
        return profile_range(rise, here, low, high, self.allowed, NEAREST)
