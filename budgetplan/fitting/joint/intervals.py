"""Intervals and joint draws of a fitted candidate: by the clustered covariance, by profiles at bounds, by resampled curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from budgetplan.fitting.joint.covariance import quantile
from budgetplan.fitting.joint.descent import descend
from budgetplan.fitting.joint.noise import residuals
from budgetplan.fitting.joint.solve import Solved
from budgetplan.fitting.passk.resample import problem_weights
from budgetplan.numerics.arrays import Array
from budgetplan.parallel.executors import crew
from budgetplan.parallel.repeated import in_order

PIECE = 25
"""Replicates that one worker does at a time."""
BISECTIONS = 12
STEPS = 60
"""Steps of a replicate, which begins near its end."""
VAGUE = 0.15
"""Standard error of the logarithm of a coefficient from which its interval is a profile: too wide to be symmetric."""
ENOUGH = 100
"""Replicates made for intervals where a coefficient lies on a bound and none were asked for."""


@dataclass(frozen=True)
class Uncertainty:
    """How well coefficients are known, each array over the candidate's coefficients.

    Attributes
    ----------
    low, high : ndarray of shape (coefficient,)
        Ends of the intervals.
    errors : tuple of float or None
        Standard errors; None where an end is open.
    open_low, open_high : tuple of bool
        Whether the runs set no end on that side.
    """

    low: Array
    high: Array
    errors: tuple[float | None, ...]
    open_low: tuple[bool, ...]
    open_high: tuple[bool, ...]


def resample(solved: Solved, replicates: int, seed: int, workers: int = 1, cluster: str | None = None) -> Array:
    """Coordinates refitted to resampled curves, shape (replicate, coordinate).

    Parameters
    ----------
    solved : Solved
    replicates, seed, workers : int
        Replicate i depends on `seed` and i only; `workers` are threads.
    cluster : str, optional
        Address of a Dask scheduler, in place of threads.
    """
    table = solved.table
    counts = problem_weights(table.clusters, replicates, seed)[:, table.cluster[: len(solved.z)]]
    pieces = [(solved, counts[at : at + PIECE]) for at in range(0, replicates, PIECE)]
    return np.concatenate(list(in_order(_refit, pieces, crew(workers, cluster, threads=True))))


def _refit(piece: tuple[Solved, Array]) -> Array:
    """Coordinates of the replicates with these weights."""
    solved, counts = piece
    lower, upper = solved.candidate.bounds(solved.table)
    of = residuals(solved.candidate, solved.table, solved.noise, solved.around)
    return np.stack([descend(of, solved.u, lower, upper, weights, solved.width, STEPS).u for weights in counts])


def uncertainty(solved: Solved, level: float, draws: Array | None) -> Uncertainty:
    """Intervals and standard errors in natural units.

    Where every coefficient is free of its bounds, intervals are symmetric in the fitted scale (logs of positive coefficients) with
    Student's quantile over curves. A coefficient that lies on a bound or is hardly seen gets a profile; where one has an open
    end, the others take theirs from resampled curves, since the covariance would hold the first fixed.

    Parameters
    ----------
    solved : Solved
    level : float
        Of the intervals. [1]
    draws : ndarray of shape (draw, coordinate) or None
        From `resample`; None makes some where they are needed.
    """
    candidate, table = solved.candidate, solved.table
    lower, upper = candidate.bounds(table)
    chart, logs = candidate.chart, candidate.logs
    values = candidate.natural(solved.u)
    v, spread = chart @ solved.u, np.sqrt(np.diag(chart @ solved.covariance @ chart.T))
    half = quantile(level, table.clusters, int(solved.free.sum())) * spread
    low, high = v - half, v + half
    shifted = np.any(chart != np.eye(len(values)), axis=1)  # the size of a power at one unit is far from where the runs are
    vague = logs & ~shifted & (np.sqrt(np.diag(solved.covariance)) > VAGUE) | (~solved.free & (upper > lower))
    profiles = {int(which): _profile(solved, int(which), level, lower, upper) for which in np.flatnonzero(vague)}
    open_low = np.array([which in profiles and profiles[which][1][0] for which in range(len(values))])
    open_high = np.array([which in profiles and profiles[which][1][1] for which in range(len(values))])
    errors = spread * np.where(logs, values, 1.0)
    unseen = bool((open_low | open_high).any())
    if draws is None and unseen:
        draws = resample(solved, ENOUGH, 0)
    if draws is not None:
        errors = candidate.natural(draws).std(axis=0, ddof=1)
    if draws is not None and unseen:
        low, high = np.quantile(draws @ chart.T, [(1 - level) / 2, (1 + level) / 2], axis=0)
        low, high = np.minimum(low, v), np.maximum(high, v)
    for which, (ends, _) in profiles.items():
        low[which], high[which] = ends + (v - solved.u)[which]
    held = lower >= upper
    low, high = np.where(held, v, low), np.where(held, v, high)
    bounded = np.where(logs, -np.inf, lower)  # an exponent's interval ends where its range does
    low = np.where(logs & open_low, -np.inf, np.maximum(low, bounded))
    return Uncertainty(
        np.where(logs, np.exp(np.where(logs, low, 0.0)), low),
        np.where(logs, np.exp(np.where(logs, np.minimum(high, 700.0), 0.0)), high),
        tuple(float(error) if seen else None for error, seen in zip(errors, solved.free & ~open_low & ~open_high, strict=True)),
        tuple(map(bool, open_low)),
        tuple(map(bool, open_high)),
    )


def _profile(solved: Solved, which: int, level: float, lower: Array, upper: Array) -> tuple[Array, tuple[bool, bool]]:
    """Interval of a coordinate, the others refitted, and whether its ends are only the bounds."""
    table = solved.table
    of = residuals(solved.candidate, table, solved.noise, solved.around)
    ones = np.ones(len(solved.z))
    slopes = solved.slopes[:, solved.free]
    naive = np.diag(np.linalg.pinv(slopes.T @ slopes, hermitian=True))
    # rows of a curve repeat each other: the likelihood ratio counts for so much less
    repeats = np.diag(solved.covariance)[solved.free] / np.maximum(naive, 1e-300)
    own = int(solved.free[:which].sum())
    inflation = max(float(repeats[own] if solved.free[which] else np.median(repeats)), 1.0)
    allowed = 0.5 * inflation * quantile(level, table.clusters, int(solved.free.sum())) ** 2

    def excess(at: float) -> float:
        ends = lower.copy(), upper.copy()
        start = solved.u.copy()
        ends[0][which] = ends[1][which] = start[which] = at
        return descend(of, start, *ends, ones, solved.width).value - solved.value - allowed

    found = [_crossing(excess, float(solved.u[which]), float(far)) for far in (lower[which], upper[which])]
    return np.array([end for end, _ in found]), (not found[0][1], not found[1][1])


def _crossing(excess: Callable[[float], float], near: float, far: float) -> tuple[float, bool]:
    """Where the excess turns positive between `near` and `far`, and whether it does."""
    if excess(far) <= 0:
        return far, False
    for _ in range(BISECTIONS):
        middle = 0.5 * (near + far)
        near, far = (middle, far) if excess(middle) <= 0 else (near, middle)
    return 0.5 * (near + far), True
