"""Bootstrap draws of a sigmoid's coefficients, and forecasts that carry both their spread and the noise.

Residuals are scaled by sqrt(n/(n - 4)) before they are drawn again: four fitted coefficients have taken that much of the noise.
Replicate i uses the i-th child of the seed, so that it does not depend on how many others there are.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from budgetplan.fitting.rl.search import replicate_fits
from budgetplan.fitting.rl.shape import Axis, success
from budgetplan.numerics.arrays import Array

NOISE_STEPS = 40
"""Quantiles of the noise that each draw's forecast is spread over."""


def draw_points(where: Axis, observed: Array, ladder: tuple[float, ...], q: Array, replicates: int, seed: int) -> Array:
    """Points refitted to replicates of a curve.

    Parameters
    ----------
    where : Axis
    observed : ndarray of shape (run,)
    ladder : tuple of float
    q : ndarray of shape (4,)
        The best point.
    replicates, seed : int

    Returns
    -------
    ndarray of shape (replicate, 4)
    """
    size = observed.size
    fitted = success(q[None, :], where.log_x)[0]
    residual = observed - fitted
    scaled = (residual - residual.mean()) * np.sqrt(size / max(size - q.size, 1))
    drawn = np.empty((replicates, size), dtype=np.intp)
    for row, child in enumerate(np.random.SeedSequence(seed).spawn(replicates)):
        drawn[row] = np.random.default_rng(child).integers(size, size=size)
    return replicate_fits(where, fitted + scaled[drawn], ladder, q).q


def forecast(points: Array, log_x: Array, deviation: float, free: int, level: float) -> tuple[Array, Array]:
    """Ends of the interval in which a measurement at each x is expected.

    Parameters
    ----------
    points : ndarray of shape (draw, 4)
    log_x : ndarray of shape (run,)
    deviation : float
        Standard deviation of the noise; 0 gives the interval of the curve itself.
    free : int
        Degrees of freedom behind `deviation`.
    level : float

    Returns
    -------
    low, high : ndarray of shape (run,)
        Within 0 and 1.
    """
    steps = (np.arange(NOISE_STEPS) + 0.5) / NOISE_STEPS
    jitter = deviation * stdtrit(max(free, 1), steps)
    spread = (success(points, log_x)[:, None, :] + jitter[None, :, None]).reshape(-1, log_x.size)
    low, high = np.quantile(spread, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
