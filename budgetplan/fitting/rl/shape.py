"""The sigmoid of success in RL compute as arrays of curves, with derivatives.

    success = floor + (ceiling - floor) h,   h = 1/(1 + (midpoint/x)^steepness) = sigma(s (ln x - m))

A point is q = (floor, ceiling, m, ln s) with m = ln midpoint, s = steepness. Limits: x = 0 gives floor, x -> inf gives ceiling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.numerics.logistic import sigmoid

NAMES = ("floor", "ceiling", "midpoint", "steepness")
STEEPEST, FLATTEST = 20.0, 0.1
"""Ends of steepness: beyond them the curve is a step, or a straight line in ln x. [1]"""
REACH = 100.0
"""The midpoint is sought from the smallest x over this to the largest x times this. [1]"""
_FAR = 1e6
"""ln x of x = 0, below the others by this much: h and its derivatives are then exactly 0."""


@dataclass(frozen=True)
class Axis:
    """Where a curve was measured.

    Attributes
    ----------
    log_x : ndarray of shape (run,)
        ln x, very far down for x = 0.
    lower, upper : ndarray of shape (4,)
        Ends of q.
    """

    log_x: Array
    lower: Array
    upper: Array


def axis(x: Array) -> Axis:
    """The axis of runs at `x` >= 0, of shape (run,), at least one of them above 0."""
    some = x[x > 0]
    low, high = float(np.log(some.min())), float(np.log(some.max()))
    log_x = log_of(x, low)
    reach = np.log(REACH)
    lower = np.array([0.0, 0.0, low - reach, np.log(FLATTEST)])
    upper = np.array([1.0, 1.0, high + reach, np.log(STEEPEST)])
    return Axis(log_x, lower, upper)


def log_of(x: Array, low: float = 0.0) -> Array:
    """ln x, with x = 0 very far below `low`."""
    return np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), low - _FAR)


def rise(q: Array, log_x: Array) -> Array:
    """h of shape (curve, run) for points q of shape (curve, 4)."""
    return sigmoid(np.exp(q[:, 3:4]) * (log_x - q[:, 2:3]))


def success(q: Array, log_x: Array) -> Array:
    """Success of shape (curve, run) for points q of shape (curve, 4)."""
    h = rise(q, log_x)
    return q[:, 0:1] + (q[:, 1:2] - q[:, 0:1]) * h


def jacobian(q: Array, log_x: Array) -> Array:
    """d success/d q of shape (curve, run, 4)."""
    h = rise(q, log_x)
    s = np.exp(q[:, 3:4])
    slope = (q[:, 1:2] - q[:, 0:1]) * h * (1.0 - h) * s
    return np.stack([1.0 - h, h, -slope, slope * (log_x - q[:, 2:3])], axis=-1)


def natural(q: Array) -> Array:
    """(floor, ceiling, midpoint, steepness) from points, shape kept."""
    return np.concatenate([q[..., :2], np.exp(q[..., 2:])], axis=-1)
