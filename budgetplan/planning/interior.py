"""Optimum under limits: a batched primal-dual interior-point method in log variables.

Fixed rows are eliminated, y = y_0 + T z; what remains is

    minimise ln l(y)   subject to   low <= A z <= high (linear rows),   ln(spend/budget) <= 0 (convex)

Each step solves the perturbed optimality conditions, with slacks s, multipliers v and s v = mu:

    (H + lam H_b + J' S^-1 V J) dz = -(grad + J' S^-1 (mu + V (c + s)))

and mu falls to rounding. The budget is an inequality like the rest, so that limits which leave part of it unspent need no special
case: its multiplier is then zero. H comes from differences of the hand-written gradient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.limits import ROWS
from budgetplan.planning.problem import Problem

STEPS = 80
"""Most iterations."""
SMALLEST = 1e-15
"""mu at which the method stops."""
LONGEST = 2.0
"""Longest step in any variable, in logs."""


@dataclass(frozen=True)
class Frame:
    """Free coordinates after the fixed rows are eliminated.

    Attributes
    ----------
    offset : ndarray of shape (4, instance)
        y_0; -inf for tokens that are absent.
    matrix : ndarray of shape (4, dimension)
        T.
    """

    offset: Array
    matrix: Array

    def y(self, z: Array) -> Array:
        """y at z of shape (dimension, ..., instance)."""
        moved = np.tensordot(self.matrix, z, axes=1)
        offset = self.offset.reshape((4,) + (1,) * (z.ndim - 2) + (-1,))
        return offset + moved


def frame(problem: Problem, rl: bool) -> Frame:
    """Eliminates fixed params, tokens and shares; RL tokens are absent unless `rl`.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances, with the same rows fixed in each.
    rl : bool
        Whether R > 0.
    """
    low, fixed = problem.limits.low, problem.limits.fixed
    offset = np.zeros((4, problem.size))
    tied = {0: None if not fixed[0] else low[0]}
    shares: dict[int, Array] = {}
    for row in (1, 2, 3):
        if row == 2 and not rl:
            tied[row] = np.full(problem.size, -np.inf)
        elif row == 3 and not problem.has_samples:
            tied[row] = problem.least_inference
        elif fixed[row]:
            tied[row] = low[row]
        elif fixed[row + 3]:
            shares[row] = low[row + 3]
    if tied[0] is None:
        for row in (1, 2, 3):
            if row in tied and fixed[row + 3] and not (row == 2 and not rl):
                tied[0] = low[row + 3] - tied[row]
                break
    columns = []
    if tied[0] is None:
        columns.append([1.0, *(-1.0 if row in shares else 0.0 for row in (1, 2, 3))])
    else:
        offset[0] = tied[0]
    for row in (1, 2, 3):
        if row in shares:
            offset[row] = shares[row] - (0.0 if tied[0] is None else offset[0])
        elif row in tied:
            offset[row] = tied[row]
        else:
            columns.append([float(index == row) for index in range(4)])
    return Frame(offset, np.array(columns).reshape(-1, 4).T)


@dataclass(frozen=True)
class _Constraints:
    """Linear rows weight (sign (A z) - bound) <= 0, shapes (row, dimension) and (row, instance)."""

    matrix: Array
    bound: Array
    weight: Array

    def values(self, z: Array) -> Array:
        """Left sides, shape (row, instance)."""
        left: Array = self.weight * (self.matrix @ z - self.bound)
        return left

    @property
    def jacobian(self) -> Array:
        """Derivatives by z, shape (row, dimension, instance)."""
        return self.matrix[:, :, None] * self.weight[:, None]


def _reach(problem: Problem, where: Frame, z: Array) -> Array:
    """How far ln k moves per step in each coordinate, at least 1, shape (dimension, instance).

    Where served tokens outweigh those of samples, a little less inference is a lot fewer samples.
    """
    if not problem.has_samples or not problem.served.any():
        return np.ones_like(z)
    stretch = problem.log_samples(where.y(z)[3])[1]
    reach: Array = np.maximum(np.abs(where.matrix[3])[:, None] * stretch, 1.0)
    return reach


def _constraints(problem: Problem, where: Frame, stretch: Array) -> _Constraints:
    low, high = problem.limits.low.copy(), problem.limits.high.copy()
    if problem.has_samples:
        low[3] = np.maximum(low[3], problem.least_inference)
    matrix = ROWS @ where.matrix
    present = np.all(np.isfinite(where.offset), axis=1)
    base = ROWS @ np.where(np.isfinite(where.offset), where.offset, 0.0)
    rows, bounds, weights = [], [], []
    for index in range(7):
        absent = not present[(index - 3 if index > 3 else index)]
        if absent or not np.any(matrix[index]):
            continue
        for sign, bound in ((1.0, high[index]), (-1.0, low[index])):
            if np.isfinite(bound).any():
                rows.append(sign * matrix[index])
                # a bound that only some instances have is far away in the others
                bounds.append(np.where(np.isfinite(bound), sign * (bound - base[index]), 1e3))
                weights.append(stretch if index == 3 else np.ones(problem.size))  # limits on samples, in ln k
    size = where.matrix.shape[1]
    width = problem.size
    return _Constraints(np.array(rows).reshape(-1, size), np.array(bounds).reshape(-1, width), np.array(weights).reshape(-1, width))


def _objective(problem: Problem, where: Frame, z: Array) -> tuple[Array, Array, Array, Array]:
    """ln l, its gradient and Hessian by z, and the size of the parts that the gradient adds up."""
    size = z.shape[0]
    step = problem.difference(where.y(z)) / _reach(problem, where, z)
    points = np.repeat(z[:, None, :], size + 1, axis=1)
    points[range(size), range(1, size + 1)] += step
    y = where.y(points)
    loss, by_y = problem.loss_and_gradient(y)
    with np.errstate(invalid="ignore", divide="ignore"):  # zero loss: nan, and the step is refused
        slope = np.tensordot(where.matrix.T, by_y, axes=1) / loss
        phi = np.log(loss[0])
        hessian = (slope[:, 1:] - slope[:, :1]) / step
        parts = (np.abs(where.matrix.T) @ np.abs(by_y[:, 0]) / loss[0]).max(axis=0)
    return phi, slope[:, 0], 0.5 * (hessian + hessian.transpose(1, 0, 2)), parts


def _budget(problem: Problem, where: Frame, z: Array) -> tuple[Array, Array, Array]:
    """ln(spend/budget), its gradient and Hessian by z."""
    y = where.y(z)
    cost = problem.cost(y)
    total = cost.sum(axis=0)
    part = cost / total
    by_y = np.concatenate([np.ones((1, z.shape[1])), part])
    curve = -part[:, None] * part[None, :]
    curve[range(3), range(3)] += part
    tokens = where.matrix[1:]
    return (
        np.log(total / problem.spendable),
        where.matrix.T @ by_y,
        np.einsum("ai,abm,bj->ijm", tokens, curve, tokens),
    )


def _solve(matrix: Array, right: Array) -> Array:
    """Batched symmetric solve with eigenvalues made positive; shapes (d, d, instance), (d, instance).

    Rows are scaled to a unit diagonal first: a variable that hardly matters must not drown in the barrier of another.
    """
    diagonal = np.abs(matrix[range(len(matrix)), range(len(matrix))])
    scale = 1.0 / np.sqrt(np.maximum(diagonal, 1e-30))
    values, vectors = np.linalg.eigh(np.moveaxis(matrix * scale[:, None] * scale, -1, 0))
    size = np.maximum(np.abs(values), 1e-13)
    turned = np.einsum("mij,im->mj", vectors, right * scale)
    solved: Array = scale * np.einsum("mij,mj->im", vectors, turned / size)
    return solved


def minimise(problem: Problem, where: Frame, start: Array, barrier: float = 1e-2) -> tuple[Array, Array]:
    """Local optimum under the limits, from a start that should be near to feasible.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    where : Frame
        Free coordinates.
    start : ndarray of shape (4, instance)
        y to start from.
    barrier : float
        First mu, relative to the derivatives at the start: small where the start is near the optimum. [1]

    Returns
    -------
    y : ndarray of shape (4, instance)
        Where the method ended.
    error : ndarray of shape (instance,)
        Largest violation of the optimality conditions there, relative. [1]
    """
    size = where.matrix.shape[1]
    if size == 0:
        return where.offset.copy(), np.zeros(problem.size)
    present = np.isfinite(where.offset)
    shifted = np.where(present, start, 0.0) - np.where(present, where.offset, 0.0)
    z = np.linalg.lstsq(where.matrix, shifted, rcond=None)[0]
    stretch = problem.log_samples(where.y(z)[3])[1] if problem.has_samples else np.ones(problem.size)
    linear = _constraints(problem, where, stretch)
    free_cost = bool(np.any(np.abs(_budget(problem, where, z)[1]) > 1e-14))

    def limits(point: Array) -> tuple[Array, Array, Array]:
        value, by_z, curve = _budget(problem, where, point)
        c, jacobian = linear.values(point), linear.jacobian
        if not free_cost:
            return c, jacobian, 0.0 * curve
        return np.concatenate([c, value[None]]), np.concatenate([jacobian, by_z[None]]), curve

    c, jacobian, curve = limits(z)
    count = c.shape[0]
    mu = np.clip(barrier * _objective(problem, where, z)[3], 1e-12, 1e-2)
    slack = np.maximum(-c, np.minimum(1e-2, 10 * mu))
    dual = mu / slack
    best_z, best_error = z.copy(), np.full(problem.size, np.inf)
    for _ in range(STEPS):
        phi, slope, hessian, parts = _objective(problem, where, z)
        total = slope + np.einsum("cjm,cm->jm", jacobian, dual)
        scale = np.maximum(parts, 1e-30)
        error = np.abs(total).max(axis=0) / scale
        if count:
            error = np.maximum(error, np.maximum(np.abs(c + slack).max(axis=0), (slack * dual).max(axis=0)))
        good = np.isfinite(error) & (error < best_error)
        best_z[:, good], best_error[good] = z[:, good], error[good]
        if np.all((best_error < 1e-11) | ~np.isfinite(phi)):
            break
        # mu falls only where the problem at this mu is nearly solved, faster and faster
        centred = np.maximum(np.abs(total).max(axis=0) / scale, np.abs(c + slack).max(axis=0) if count else 0.0)
        if count:
            centred = np.maximum(centred, np.abs(slack * dual - mu).max(axis=0))
        mu = np.where(centred <= 10 * mu, np.maximum(np.minimum(0.1 * mu, mu**1.5), SMALLEST), mu)
        weight = dual / slack
        lagrangian = hessian + (dual[-1] * curve if free_cost else 0.0)
        system = lagrangian + np.einsum("cim,cm,cjm->ijm", jacobian, weight, jacobian)
        right = -slope - np.einsum("cjm,cm->jm", jacobian, (mu + dual * (c + slack)) / slack)
        step = _solve(np.nan_to_num(system), np.nan_to_num(right))
        step = step * np.minimum(1.0, LONGEST / np.maximum((np.abs(step) * _reach(problem, where, z)).max(axis=0), 1e-300))
        along = np.einsum("cjm,jm->cm", jacobian, step)
        slack_step = -(c + slack) - along
        dual_step = (mu - slack * dual - dual * slack_step) / slack
        keep = np.maximum(0.995, 1 - mu)
        with np.errstate(divide="ignore", invalid="ignore"):  # steps of zero never reach the boundary
            reach = np.where(slack_step < 0, -keep * slack / slack_step, 1.0)
            reach_dual = np.where(dual_step < 0, -keep * dual / dual_step, 1.0)
        primal = np.minimum(1.0, reach.min(axis=0)) if count else np.ones(problem.size)
        dual_length = np.minimum(1.0, reach_dual.min(axis=0)) if count else np.ones(problem.size)
        weight_c = 2.0 * (dual.max(axis=0) if count else 0.0) + scale

        def merit(point: Array, slacks: Array, of: Array = mu, weights: Array = weight_c) -> Array:
            with np.errstate(divide="ignore"):  # a loss of exactly zero is the best there is
                value = np.log(problem.loss(where.y(point)))
            distance = limits(point)[0]
            slacks = np.maximum(slacks, -distance)  # a curved budget may leave more room than the step foresaw
            gap = (distance + slacks).sum(axis=0)
            total: Array = value - of * np.log(slacks).sum(axis=0) + weights * gap
            return total

        before = merit(z, slack)
        for _ in range(8):
            after = merit(z + primal * step, slack + primal * slack_step)
            worse = ~(after <= before + 1e-9 * (1 + np.abs(before)))
            if not worse.any():
                break
            primal = np.where(worse, 0.5 * primal, primal)
        z = z + primal * step
        slack = slack + primal * slack_step
        dual = np.clip(dual + dual_length * dual_step, 1e-300, 1e12)
        c, jacobian, curve = limits(z)
        slack = np.maximum(np.maximum(slack, -c), 1e-25)
    return where.y(best_z), best_error
