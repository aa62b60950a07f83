"""Many sigmoids fitted at once: damped Gauss-Newton inside bounds, with coefficients that may be held.

Huber's function is minimised by reweighting: psi(r)/r is the weight of the quadratic that touches it from above, so that a step
which lowers the quadratic lowers the objective. A step that does not is refused and damped more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.fitting.rl.shape import Axis, jacobian, success
from budgetplan.fitting.robust import pull, rho
from budgetplan.numerics.arrays import Array, Bools, Index

MOST_STEPS = 150
TOLERANCE = 1e-13
"""A curve is finished when an accepted step lowers its objective by less than this part of it, or damping has closed the step."""


@dataclass(frozen=True)
class Ends:
    """Where the curves ended.

    Attributes
    ----------
    q : ndarray of shape (curve, 4)
    value : ndarray of shape (curve,)
        Sum of rho.
    """

    q: Array
    value: Array


def descend(where: Axis, observed: Array, start: Array, ladder: tuple[float, ...], free: Bools) -> Ends:
    """Minimise sum rho(success - observed) from `start` for a batch of curves.

    Parameters
    ----------
    where : Axis
    observed : ndarray of shape (curve, run)
    start : ndarray of shape (curve, 4)
    ladder : tuple of float
        Huber widths, the last is the one meant.
    free : ndarray of bool of shape (4,)
        Coefficients that may move.
    """
    q = np.clip(start, where.lower, where.upper)
    q = np.where(free, q, start)
    value = np.zeros(len(q))
    for width in ladder:
        q, value = _at_width(where, observed, q, width, free)
    return Ends(q, value)


def _at_width(where: Axis, observed: Array, q: Array, width: float, free: Bools) -> tuple[Array, Array]:
    def objective(points: Array, rows: Index | slice) -> Array:
        total: Array = rho(success(points, where.log_x) - observed[rows], width).sum(axis=1)
        return total

    q, value = q.copy(), objective(q, slice(None))
    damping = np.full(len(q), 1e-3)
    active = np.arange(len(q))
    for _ in range(MOST_STEPS):
        here = q[active]
        step = _step(where, observed[active], here, width, free, damping[active])
        trial = np.where(free, np.clip(here + step, where.lower, where.upper), here)
        reached = objective(trial, active)
        better = reached < value[active]
        gain = value[active] - reached
        finished = np.where(better, gain <= TOLERANCE * value[active], damping[active] > 1e9)
        q[active[better]], value[active[better]] = trial[better], reached[better]
        damping[active] = np.where(better, np.maximum(damping[active] / 5.0, 1e-12), damping[active] * 4.0)
        active = active[~finished]
        if not active.size:
            break
    return q, value


def _step(where: Axis, observed: Array, q: Array, width: float, free: Bools, damping: Array) -> Array:
    residual = success(q, where.log_x) - observed
    slopes = jacobian(q, where.log_x)
    pulled = pull(residual, width)
    gradient = np.einsum("brc,br->bc", slopes, pulled * residual)
    curvature = np.einsum("brc,br,brd->bcd", slopes, pulled, slopes)
    outward = ((q <= where.lower) & (gradient > 0)) | ((q >= where.upper) & (gradient < 0))
    held = outward | ~free
    size = np.einsum("bcc->bc", curvature)
    added = damping[:, None] * (size + 1e-12 * size.max(axis=1, keepdims=True)) + 1e-300
    curvature = curvature + added[:, :, None] * np.eye(4)
    moving = ~held
    curvature = np.where(moving[:, :, None] & moving[:, None, :], curvature, np.eye(4))
    return -np.linalg.solve(curvature, np.where(moving, gradient, 0.0)[..., None])[..., 0]
