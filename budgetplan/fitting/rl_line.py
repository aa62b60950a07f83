"""A straight line through many weighted replicates at once, by any of the three objectives."""

from __future__ import annotations

from math import inf

import numpy as np

from budgetplan.fitting.rl_noise import pull
from budgetplan.fitting.rl_options import CurveOptions
from budgetplan.numerics.arrays import Array

MOST_STEPS = 400
TOLERANCE = 1e-12
"""Reweighting ends when no coefficient moves by more than this."""


def best_line(x: Array, y: Array, ladder: tuple[float, ...]) -> Array:
    """Level and slope of the line of least objective, of shape (2,).

    Parameters
    ----------
    x, y : ndarray of shape (run,)
    ladder : tuple of float
        Huber widths, the last is the one meant.
    """
    line: Array = many_lines(x, y[None, :], np.ones((1, y.size)), ladder)[0]
    return line


def many_lines(x: Array, y: Array, weights: Array, ladder: tuple[float, ...]) -> Array:
    """The same for replicates `y`, `weights` of shape (replicate, run): (replicate, 2).

    A replicate that holds a single x has no slope: its slope is 0.
    """
    line = _solve(x, y, weights)
    for width in ladder:
        if width == inf:
            continue
        for _ in range(MOST_STEPS):
            residual = line[:, :1] + line[:, 1:] * x - y
            moved = _solve(x, y, weights * pull(residual, width))
            change = float(np.abs(moved - line).max())
            line = moved
            if change <= TOLERANCE:
                break
    return line


def draw_lines(x: Array, y: Array, ladder: tuple[float, ...], line: Array, options: CurveOptions) -> Array:
    """Lines through bootstrap replicates, of shape (replicate, 2); see `rl_draws` for how residuals are scaled."""
    size = x.size
    fitted = line[0] + line[1] * x
    residual = y - fitted
    scaled = (residual - residual.mean()) * np.sqrt(size / max(size - 2, 1))
    drawn = np.empty((options.bootstrap, size), dtype=np.intp)
    for row, child in enumerate(np.random.SeedSequence(options.seed).spawn(options.bootstrap)):
        drawn[row] = np.random.default_rng(child).integers(size, size=size)
    if options.resample == "residual":
        return many_lines(x, fitted + scaled[drawn], np.ones(drawn.shape), ladder)
    weights = np.stack([np.bincount(row, minlength=size) for row in drawn]).astype(np.float64)
    return many_lines(x, np.broadcast_to(y, weights.shape), weights, ladder)


def _solve(x: Array, y: Array, weights: Array) -> Array:
    total = weights.sum(axis=1)
    mean_x, mean_y = (weights @ x) / total, (weights * y).sum(axis=1) / total
    away = x - mean_x[:, None]
    spread = (weights * away**2).sum(axis=1)
    slope = np.where(spread > 0, (weights * away * y).sum(axis=1) / np.maximum(spread, 1e-300), 0.0)
    return np.stack([mean_y - slope * mean_x, slope], axis=1)
