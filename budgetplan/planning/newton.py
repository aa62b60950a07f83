"""Batched Newton descent on a face: a handful of steps to rounding, thousands of instances at once.

Minimises phi = ln l in the free coordinates of a face. The Hessian comes from differences of the hand-written gradient, all points
of all instances in one call. Directions of negative curvature are turned round (|eigenvalue|), steps are cut to `LONGEST` and
halved until phi falls, so that a start in a basin ends in a local minimum of that basin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.faces import Face
from budgetplan.planning.problem import DIFFERENCE, Problem

STEPS = 40
"""Most Newton steps."""
LONGEST = 2.0
"""Longest step in any coordinate, in logs."""
RESIDUAL = 1e-10
"""Stationarity at which an instance is done, relative to the worth of budget."""


@dataclass(frozen=True)
class Descent:
    """Where Newton's method ended.

    Attributes
    ----------
    z : ndarray of shape (dimension, instance)
        Free coordinates.
    loss : ndarray of shape (instance,)
        Loss there.
    residual : ndarray of shape (instance,)
        Largest derivative by a free coordinate, relative to the worth of budget dl/d ln C.
    """

    z: Array
    loss: Array
    residual: Array


def _log_loss(loss: Array) -> Array:
    with np.errstate(divide="ignore"):  # a loss of exactly zero is the best there is
        return np.log(loss)


def _surroundings(face: Face, problem: Problem, z: Array) -> tuple[Array, Array, Array, Array]:
    """ln l, its gradient, its Hessian and the stationarity residual at z."""
    size = face.dimension
    step = problem.difference(face.allocate(problem, z)[0]) if face.samples else np.full(problem.size, DIFFERENCE)
    points = np.repeat(z[:, None, :], size + 1, axis=1)
    points[range(size), range(1, size + 1)] += step
    loss, by_z, worth = face.loss_and_gradient(problem, points)
    with np.errstate(invalid="ignore", divide="ignore"):  # outside or at zero loss: nan, and the step is refused
        slope = by_z / loss
        hessian = (slope[:, 1:] - slope[:, :1]) / step
        residual = np.max(np.abs(by_z[:, 0]), axis=0) / worth[0]
    hessian = 0.5 * (hessian + hessian.transpose(1, 0, 2))
    return _log_loss(loss[0]), slope[:, 0], hessian, residual


def _direction(slope: Array, hessian: Array) -> Array:
    """Newton's step with eigenvalues made positive, cut to the longest step; shapes (dimension, instance)."""
    values, vectors = np.linalg.eigh(np.moveaxis(hessian, -1, 0))
    size = np.abs(values)
    size = np.maximum(size, 1e-10 + 1e-8 * size.max(axis=1, keepdims=True))
    turned = np.einsum("mij,im->mj", vectors, slope)
    step = -np.einsum("mij,mj->im", vectors, turned / size)
    cut: Array = step * np.minimum(1.0, LONGEST / np.maximum(np.abs(step).max(axis=0), 1e-300))
    return cut


def _shorter(face: Face, problem: Problem, z: Array, step: Array, phi: Array, fall: Array) -> tuple[Array, Bools]:
    """Points along the steps at which phi falls, and whether one was found."""
    lengths = np.array([0.5, 0.25, 0.1, 0.03, 0.01, 1e-3, 1e-4])
    tries = z[:, None, :] + lengths[None, :, None] * step[:, None, :]
    values = _log_loss(face.loss(problem, tries))
    good = values <= phi + 1e-4 * lengths[:, None] * fall
    found: Bools = np.any(good, axis=0)
    first = np.where(found, good.argmax(axis=0), 0)
    return np.take_along_axis(tries, first[None, None, :], axis=1)[:, 0], found


def descend(face: Face, problem: Problem, z: Array) -> Descent:
    """Local minima from the given starts.

    Parameters
    ----------
    face : Face
        Which variables are free.
    problem : Problem
        Of `instance` instances.
    z : ndarray of shape (dimension, instance)
        One start per instance, inside the budget.

    Returns
    -------
    Descent
        One local minimum per instance; `residual` tells how stationary it is.
    """
    if face.dimension == 0:
        return Descent(z, face.loss(problem, z), np.zeros(problem.size))
    z = z.copy()
    loss, residual = np.full(problem.size, np.inf), np.full(problem.size, np.inf)
    alive = np.arange(problem.size)
    part, here = problem, z
    phi, slope, hessian, rest = _surroundings(face, part, here)
    for _ in range(STEPS):
        loss[alive], residual[alive], z[:, alive] = np.exp(phi), rest, here
        going = np.isfinite(phi) & np.isfinite(hessian).all(axis=(0, 1)) & (rest > RESIDUAL)
        if not going.any():
            break
        if not going.all():
            alive, part, here = alive[going], part.take(going), here[:, going]
            phi, slope, hessian, rest = phi[going], slope[:, going], hessian[:, :, going], rest[going]
        step = _direction(slope, hessian)
        fall = np.minimum((slope * step).sum(axis=0), 0.0)
        tried = here + step
        new = _surroundings(face, part, tried)
        # near the minimum phi cannot show the fall any more: a smaller residual shows it instead
        better = (new[0] <= phi + 1e-4 * fall) | ((new[0] <= phi + 1e-13 * (1 + np.abs(phi))) & (new[3] < rest))
        better &= np.isfinite(new[0]) & np.isfinite(new[3])
        if not better.all():
            worse = ~better
            shorter, found = _shorter(face, part.take(worse), here[:, worse], step[:, worse], phi[worse], fall[worse])
            tried[:, worse] = np.where(found, shorter, here[:, worse])
            again = _surroundings(face, part.take(worse), tried[:, worse])
            for whole, piece in zip(new, again, strict=True):
                whole[..., worse] = piece
            stuck = np.zeros(len(alive), dtype=bool)
            stuck[worse] = ~found
            if stuck.any():
                keep = ~stuck
                alive, part, tried = alive[keep], part.take(keep), tried[:, keep]
                new = tuple(item[..., keep] for item in new)  # type: ignore[assignment]
                if not keep.any():
                    break
        here = tried
        phi, slope, hessian, rest = new
    return Descent(z, loss, residual)
