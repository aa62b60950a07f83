"""One candidate fitted to one table: descents from several starts, then the noise and the fit by turns.

The first descents take the sampling noise at the measured success, the later ones at the fitted, which does not overweight rows
that were lucky. Forecasts carry what the coefficients leave open and the noise of a new measurement.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from budgetplan.errors import FitError
from budgetplan.fitting.joint.candidate import AbstractCandidate
from budgetplan.fitting.joint.covariance import clustered, quantile
from budgetplan.fitting.joint.descent import Descent, descend
from budgetplan.fitting.joint.noise import Noise, measured_noise, residuals
from budgetplan.fitting.joint.table import JointTable
from budgetplan.fitting.robust import pull
from budgetplan.numerics.arrays import Array, Bools

FIRST_STEPS = 40
"""Steps from each start; only the best goes on."""
TURNS = 3
"""Of noise and fit."""
EDGE = 1e-6
"""A coordinate this near its bound, relative to the range, lies on it."""


@dataclass(frozen=True)
class Solved:
    """A fitted candidate.

    Attributes
    ----------
    candidate : AbstractCandidate
    table : JointTable
    u : ndarray of shape (coordinate,)
    noise : Noise
    around : ndarray of shape (row,)
        ln task loss at which the rows' noise was taken.
    z, slopes : ndarray of shape (row + measured,), (row + measured, coordinate)
        Residuals over their noise, and their derivatives.
    free : ndarray of bool of shape (coordinate,)
        Coordinates neither held nor at a bound.
    covariance : ndarray of shape (coordinate, coordinate)
    value : float
        Sum of rho(z).
    width : float
        Huber's.
    """

    candidate: AbstractCandidate
    table: JointTable
    u: Array
    noise: Noise
    around: Array
    z: Array
    slopes: Array
    free: Bools
    covariance: Array
    value: float
    width: float

    @property
    def success(self) -> Array:
        """Fitted success of each row. [1]"""
        out: Array = np.exp(-np.exp(self.candidate.fitted(self.u, self.table)[0][self.table.cell]))
        return out

    @property
    def log_residual(self) -> Array:
        """ln of fitted over measured task loss of the rows with success other than 0 and 1."""
        fitted = self.candidate.fitted(self.u, self.table)[0][self.table.cell]
        out: Array = (fitted - self.table.log_task_loss)[self.table.inner]
        return out


def solve(candidate: AbstractCandidate, table: JointTable, width: float = inf, near: Array | None = None) -> Solved:
    """Fit a candidate.

    Parameters
    ----------
    candidate : AbstractCandidate
    table : JointTable
    width : float
        Huber's, in standard deviations of a row; inf is least squares.
    near : ndarray of shape (coordinate,), optional
        A solution for a similar table, followed besides the first start.

    Returns
    -------
    Solved

    Raises
    ------
    FitError
        If no descent converges.
    """
    lower, upper = candidate.bounds(table)
    noise, around = Noise(), table.log_task_loss
    starts = candidate.starts(table)
    if near is not None:
        starts = np.stack([near, starts[0]])
    first = residuals(candidate, table, noise, around)
    ones = np.ones(len(first(np.clip(starts[0], lower, upper))[0]))
    found: list[Descent] = [descend(first, start, lower, upper, ones, width, FIRST_STEPS) for start in starts]
    best = min(found, key=lambda end: end.value)
    for _ in range(TURNS):
        noise = measured_noise(candidate, table, best.u)
        around = candidate.fitted(best.u, table)[0][table.cell]
        best = descend(residuals(candidate, table, noise, around), best.u, lower, upper, ones, width)
    if not best.converged or not np.isfinite(best.value):
        raise FitError(
            f"The {candidate.law} law did not settle within its steps; the sum of squares reached is {best.value:.6g}.",
            "Leave out implausible rows, or measure more cells.",
        )
    z, slopes = residuals(candidate, table, noise, around)(best.u)
    gap = EDGE * np.maximum(upper - lower, 1e-300)
    free = (best.u > lower + gap) & (best.u < upper - gap)
    covariance = clustered(z * pull(z, width), slopes, table.cluster[: len(z)], free)
    return Solved(candidate, table, best.u, noise, around, z, slopes, free, covariance, best.value, width)


def covered(table: JointTable, low: Array, high: Array) -> Bools:
    """Whether each row's ln task loss lies between `low` and `high`; success 0 or 1 only bounds it.

    Parameters
    ----------
    table : JointTable
    low, high : ndarray of shape (row,)
    """
    seen = table.log_task_loss
    out: Bools = ((seen >= low) | (table.success == 0.0)) & ((seen <= high) | (table.success == 1.0))
    return out


def forecast(solved: Solved, table: JointTable, level: float) -> tuple[Array, Array, Array]:
    """ln task loss of the rows of a table, with the ends of its forecast interval, each of shape (row,).

    Parameters
    ----------
    solved : Solved
    table : JointTable
        Rows that the fit did not see.
    level : float
        Of the interval. [1]
    """
    fitted, slopes = solved.candidate.fitted(solved.u, table)
    said, by = fitted[table.cell], slopes[table.cell]
    unsure = np.einsum("rc,cd,rd->r", by, solved.covariance, by)
    spread = np.sqrt(unsure + solved.noise.deviation(said, table.problems) ** 2)
    half = quantile(level, solved.table.clusters, int(solved.free.sum())) * spread
    return said, said - half, said + half
