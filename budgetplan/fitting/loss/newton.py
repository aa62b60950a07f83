"""Newton's method with damping on many weighted fits at once.

Every point of a batch is one fit: its own weights per run (bootstrap counts), its own damping. Negative curvature is turned
round (|eigenvalues|), a step that does not lower the objective is refused and damped more, and finished points leave the batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.fitting.loss.curve import AbstractCurve
from budgetplan.fitting.robust import influence, rho
from budgetplan.numerics.arrays import Array, Bools

CHUNK = 128
"""Points that are worked on together: 128 x 240 runs stay in a processor's cache, and results do not depend on workers."""
MOST_STEPS = 200
TOLERANCE = 1e-13
"""A fit is finished when Newton's predicted decrease is this part of its objective."""
MOST_DAMPING = 1e12
"""Steps this short change nothing any more."""
STALLED = 1e-7
"""A fit that rounding stops is still finished when its predicted decrease is this part of its objective."""


@dataclass(frozen=True)
class Minimum:
    """Where a batch of fits ended.

    Attributes
    ----------
    u : ndarray of shape (point, free)
    value : ndarray of shape (point,)
        Sum of weights x rho.
    converged : ndarray of bool of shape (point,)
    """

    u: Array
    value: Array
    converged: Bools


def minimise(
    curve: AbstractCurve, observed: Array, weights: Array, start: Array, widths: tuple[float, ...], most_steps: int = MOST_STEPS
) -> Minimum:
    """Minimise sum_i w_i rho(y_i(u) - observed_i) for a batch of weights, at each width in turn.

    Parameters
    ----------
    curve : AbstractCurve
        Fitted values y.
    observed : ndarray of shape (run,)
        In the unit of y.
    weights : ndarray of shape (point, run)
        Counts of each run; broadcasts along points.
    start : ndarray of shape (point, free)
        Where each fit begins.
    widths : tuple of float
        Huber widths, the last is the one meant.
    most_steps : int
        Steps per width.

    Returns
    -------
    Minimum
    """
    u = start.copy()
    weights = np.broadcast_to(weights, (len(u), len(observed)))
    for width in widths:
        found = _at_width(curve, observed, weights, u, width, most_steps)
        u = found.u
    return found


def _at_width(curve: AbstractCurve, observed: Array, weights: Array, start: Array, width: float, most_steps: int) -> Minimum:
    points = len(start)
    best, value = start.copy(), np.full(points, np.inf)
    done = np.zeros(points, dtype=bool)
    active = np.arange(points)
    w, u, damping = weights, start, np.full(points, 1e-4)
    fitted, state = curve.evaluate(u)
    now: Array = np.einsum("pr,pr->p", w, rho(fitted - observed, width))
    for _ in range(most_steps):
        first, second = influence(fitted - observed, width)
        gradient, hessian = curve.slopes(state, w * first, w * second)
        eigenvalues, vectors = np.linalg.eigh(hessian)
        sizes = np.abs(eigenvalues)
        along: Array = np.einsum("pij,pi->pj", vectors, gradient)
        floor = 1e-12 * sizes.max(axis=1, keepdims=True) + 1e-300
        decrease = 0.5 * (along**2 / np.maximum(sizes, floor)).sum(axis=1)
        finished = (decrease <= TOLERANCE * now) | (damping > MOST_DAMPING)
        if finished.any():
            rows = active[finished]
            best[rows], value[rows] = u[finished], now[finished]
            done[rows] = (damping <= MOST_DAMPING)[finished] | (decrease <= STALLED * now)[finished]
            keep = ~finished
            if not keep.any():
                break
            active, u, w, now, damping = active[keep], u[keep], w[keep], now[keep], damping[keep]
            vectors, sizes, along, floor = vectors[keep], sizes[keep], along[keep], floor[keep]
        scale = sizes.max(axis=1, keepdims=True)
        step = -np.einsum("pij,pj->pi", vectors, along / (np.maximum(sizes, floor) + damping[:, None] * scale))
        trial = u + step
        fitted, state = curve.evaluate(trial)
        new: Array = np.einsum("pr,pr->p", w, rho(fitted - observed, width))
        better = new < now
        u = np.where(better[:, None], trial, u)
        now = np.where(better, new, now)
        damping = np.where(better, np.maximum(damping / 10, 1e-12), np.maximum(damping * 8, 1e-8))
        if not better.all():
            fitted, state = curve.evaluate(u)
    else:
        best[active], value[active] = u, now
    return Minimum(best, value, done)
