"""Levenberg and Marquardt inside bounds: the least sum of w rho(z(u)) for residuals with their derivatives.

A coordinate at a bound towards which the objective falls is held for the step. Huber's rho is minimised by reweighting, as for the
RL curves. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters", SIAM J. 11, 1963.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np

from budgetplan.fitting.robust import pull, rho
from budgetplan.numerics.arrays import Array

Residuals = Callable[[Array], tuple[Array, Array]]
"""From u to residuals of shape (row,) and their derivative of shape (row, coordinate)."""
MOST_STEPS = 1000
TOLERANCE = 1e-10
"""A fit is finished when an accepted step lowers its objective by less than this part of it."""
PATIENCE, SLOW = 100, 1e-3
"""A fit is finished too when so many steps together lower its objective by less than this part: along a direction that the data
do not determine, all that is left to gain lies far below their noise."""
MOST_DAMPING = 1e10
"""Steps this short change nothing any more."""


@dataclass(frozen=True)
class Descent:
    """Where a descent ended.

    Attributes
    ----------
    u : ndarray of shape (coordinate,)
    value : float
        Sum of w rho.
    converged : bool
    """

    u: Array
    value: float
    converged: bool


def descend(
    residuals: Residuals, start: Array, lower: Array, upper: Array, weights: Array, width: float = inf, steps: int = MOST_STEPS
) -> Descent:
    """Minimise from one start.

    Parameters
    ----------
    residuals : callable
    start, lower, upper : ndarray of shape (coordinate,)
    weights : ndarray of shape (row,)
        How often each row counts.
    width : float
        Huber's, in the unit of the residuals; inf is least squares.
    steps : int
        At most so many.

    Returns
    -------
    Descent

    Examples
    --------
    >>> line = lambda u: (u[0] * np.arange(4.0) - 3 * np.arange(4.0), np.arange(4.0)[:, None])
    >>> found = descend(line, np.zeros(1), np.array([-9.0]), np.array([9.0]), np.ones(4))
    >>> round(float(found.u[0]), 6), found.converged
    (3.0, True)
    """
    u = np.clip(start, lower, upper)
    z, slopes = residuals(u)
    value = float(weights @ rho(z, width))
    damping, before = 1e-3, inf
    for step in range(1, steps + 1):
        if value == 0.0:
            return Descent(u, value, True)
        if step % PATIENCE == 0:
            if before - value <= SLOW * value:
                return Descent(u, value, True)
            before = value
        trial = np.clip(u + _step(z, slopes, u, lower, upper, weights, width, damping), lower, upper)
        new_z, new_slopes = residuals(trial)
        reached = float(weights @ rho(new_z, width))
        if reached < value:
            gain = value - reached
            u, z, slopes, value = trial, new_z, new_slopes, reached
            damping = max(damping / 6.0, 1e-10)
            if gain <= TOLERANCE * value:
                return Descent(u, value, True)
        else:
            damping *= 5.0
            if damping > MOST_DAMPING:
                return Descent(u, value, True)
    return Descent(u, value, False)


def _step(z: Array, slopes: Array, u: Array, lower: Array, upper: Array, weights: Array, width: float, damping: float) -> Array:
    pulled = weights * pull(z, width)
    gradient = slopes.T @ (pulled * z)
    curvature = slopes.T @ (pulled[:, None] * slopes)
    moving = ~(((u <= lower) & (gradient > 0)) | ((u >= upper) & (gradient < 0)) | (lower >= upper))
    size = np.diag(curvature)
    free = np.ix_(moving, moving)
    added = damping * (size + 1e-9 * size.max()) + 1e-300
    step = np.zeros_like(u)
    step[moving] = -np.linalg.lstsq((curvature + np.diag(added))[free], gradient[moving], rcond=1e-15)[0]
    return step
