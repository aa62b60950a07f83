"""Bootstrap of fits: runs, or whole clusters of runs, drawn with replacement; every replicate refitted, many at once.

Each replicate has its own generator, spawned from the seed, and replicates are worked on in pieces whose size depends on the runs
alone: the draws are the same bits for any number of workers. Efron and Tibshirani, "An Introduction to the Bootstrap", 1993,
Section 9.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from budgetplan.fitting.loss.curve import AbstractCurve
from budgetplan.fitting.loss.newton import CHUNK, minimise
from budgetplan.fitting.loss.solve import Optimum
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.pieces import pieces
from budgetplan.fitting.robust import Objective
from budgetplan.numerics.arrays import Array, Index
from budgetplan.parallel.executors import crew
from budgetplan.parallel.repeated import in_order

Counts = npt.NDArray[np.uint16]

MOST_LOST = 0.5
"""Part of the replicates that may be unfittable before the bootstrap says nothing."""
FEW_LOST = 0.01
"""Part of the replicates that may be left out without a word."""


@dataclass(frozen=True)
class Replicates:
    """Refits of resampled runs.

    Attributes
    ----------
    theta : ndarray of shape (draw, coordinate) or None
        Form coordinates; None where too few replicates could be fitted.
    lost : int
        Replicates left out: too few distinct runs, or not converged.
    asked : int
        Replicates drawn.
    """

    theta: Array | None
    lost: int
    asked: int


def counts(replicates: int, clusters: Index, seed: int) -> Counts:
    """How often each run occurs in each replicate, shape (replicate, run).

    Parameters
    ----------
    replicates : int
    clusters : ndarray of int of shape (run,)
        Runs of one cluster are drawn together.
    seed : int

    Returns
    -------
    ndarray of shape (replicate, run)

    Examples
    --------
    >>> counts(2, np.arange(4), seed=0).sum(axis=1)
    array([4, 4], dtype=uint64)
    """
    number = int(clusters.max()) + 1
    out = np.empty((replicates, len(clusters)), dtype=np.uint16)  # eight bytes each would be 3 GB for 100,000 runs
    for at, child in enumerate(np.random.SeedSequence(seed).spawn(replicates)):
        drawn = np.bincount(np.random.default_rng(child).integers(0, number, number), minlength=number)
        out[at] = drawn[clusters]
    return out


def refit(optimum: Optimum, objective: Objective, clusters: Index, options: FitOptions) -> Replicates:
    """Refit resampled runs from the optimum.

    Parameters
    ----------
    optimum : Optimum
        The fit of all runs, where every replicate begins.
    objective : Objective
    clusters : ndarray of int of shape (run,)
        Cluster of each run.
    options : FitOptions
        `bootstrap`, `seed`, `workers`, `cluster`, `progress`.

    Returns
    -------
    Replicates
    """
    weights = counts(options.bootstrap, clusters, options.seed)
    enough = (weights > 0).sum(axis=1) > optimum.chart.size
    usable = np.flatnonzero(enough)
    work = [
        _Piece(optimum.curve, optimum.observed, objective.coarse_widths, weights[usable[part]])
        for part in pieces(len(usable), len(clusters), CHUNK)
    ]
    results = list(in_order(_refit, work, crew(options.workers, options.cluster, threads=True), options.progress))
    free = np.concatenate(results) if results else np.empty((0, optimum.chart.size))
    lost = options.bootstrap - len(free)
    if lost > MOST_LOST * options.bootstrap:
        return Replicates(None, lost, options.bootstrap)
    return Replicates(optimum.chart.theta(free), lost, options.bootstrap)


def lost_sentence(lost: int, asked: int, used: bool) -> list[str]:
    """A sentence about replicates that were left out, where there are more than a few.

    Parameters
    ----------
    lost, asked : int
    used : bool
        Whether intervals come from the others nevertheless.

    Examples
    --------
    >>> lost_sentence(1, 1000, True)
    []
    >>> lost_sentence(90, 100, False)
    ['90 of 100 bootstrap replicates could not be fitted, with too few distinct runs or no optimum; intervals come from ...
    """
    if lost <= FEW_LOST * asked:
        return []
    rest = "" if used else "; intervals come from the curvature instead"
    return [f"{lost} of {asked} bootstrap replicates could not be fitted, with too few distinct runs or no optimum{rest}."]


@dataclass(frozen=True)
class _Piece:
    """Replicates that are refitted together, with all that a worker elsewhere needs."""

    curve: AbstractCurve
    observed: Array
    widths: tuple[float, ...]
    weights: Counts


def _refit(piece: _Piece) -> Array:
    """Free coordinates of the replicates that converged."""
    start = np.zeros((len(piece.weights), piece.curve.chart.size))  # type: ignore[attr-defined]
    found = minimise(piece.curve, piece.observed, piece.weights.astype(np.float64), start, piece.widths)
    return found.u[found.converged]
