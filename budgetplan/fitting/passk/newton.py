"""Maximum of the beta-binomial likelihood: Newton steps with damping inside bounds, for many replicates at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.fitting.passk.likelihood import HIGHEST, LOWEST, alike, log_likelihood, score
from budgetplan.fitting.passk.read import Counts
from budgetplan.numerics.arrays import Array, Bools

MOST_STEPS = 100
TOLERANCE = 1e-11
"""A replicate is finished when an accepted step raises ln l by less than this."""
SPREADS = np.log([0.05, 0.3, 1.0, 4.0, 30.0, 1e3, 1e5])
"""ln nu at which the first step is tried; the best of them starts each replicate."""
BOTH = np.array([True, True])


@dataclass(frozen=True)
class Peak:
    """Maxima of ln l.

    Attributes
    ----------
    u : ndarray of shape (replicate, 2)
    value : ndarray of shape (replicate,)
    """

    u: Array
    value: Array


def maximise(counts: Counts, weights: Array) -> Peak:
    """The best point of each replicate.

    Parameters
    ----------
    counts : Counts
    weights : ndarray of shape (replicate, problem)
        How often each problem counts.
    """
    counts, weights = alike(counts, weights)
    share = (weights * counts.correct).sum(axis=1) / np.maximum((weights * counts.samples).sum(axis=1), 1e-300)
    each = (weights * counts.correct / counts.samples).sum(axis=1) / weights.sum(axis=1)
    # Pooled and per-problem means differ where the samples stopped early on easy problems: their geometric mean starts between.
    middle = np.clip(np.sqrt(share * each), 1e-15, 1.0 - 1e-9)
    starts = np.stack([np.column_stack([np.log(middle / (1.0 - middle)), np.full(len(middle), s)]) for s in SPREADS])
    values = np.stack([log_likelihood(start, counts, weights) for start in starts])
    start = starts[values.argmax(axis=0), np.arange(len(middle))]
    return climb(counts, weights, start, BOTH)


def climb(counts: Counts, weights: Array, start: Array, free: Bools) -> Peak:
    """Ascend from `start` of shape (replicate, 2), moving only the coordinates that are `free`."""
    u = np.where(free, np.clip(start, LOWEST, HIGHEST), start)
    value = log_likelihood(u, counts, weights)
    damping = np.full(len(u), 1e-3)
    active = np.arange(len(u))
    for _ in range(MOST_STEPS):
        here, now = u[active], value[active]
        trial = np.where(free, np.clip(here + _step(here, counts, weights[active], free, damping[active]), LOWEST, HIGHEST), here)
        reached = log_likelihood(trial, counts, weights[active])
        better = reached > now
        gain = np.subtract(reached, now, out=np.zeros_like(now), where=better)  # elsewhere both may be -inf
        finished = np.where(better, gain <= TOLERANCE, damping[active] > 1e7)
        u[active[better]], value[active[better]] = trial[better], reached[better]
        damping[active] = np.where(better, np.maximum(damping[active] / 10.0, 1e-9), damping[active] * 10.0)
        active = active[~finished]
        if not active.size:
            break
    return Peak(u, value)


def _step(u: Array, counts: Counts, weights: Array, free: Bools, damping: Array) -> Array:
    gradient, bend = score(u, counts, weights)
    outward = ((u <= LOWEST) & (gradient < 0)) | ((u >= HIGHEST) & (gradient > 0))
    moving = free & ~outward
    curvature = np.where(moving[:, :, None] & moving[:, None, :], -bend, np.eye(2))
    sizes, axes = np.linalg.eigh(curvature)
    sizes = np.abs(sizes)
    floor = damping * np.maximum(sizes.max(axis=1), 1e-12) + 1e-12
    along = np.einsum("bij,bi->bj", axes, np.where(moving, gradient, 0.0)) / (sizes + floor[:, None])
    step: Array = np.clip(np.einsum("bij,bj->bi", axes, along), -3.0, 3.0)
    return step
