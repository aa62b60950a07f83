"""The equations of an optimum's face, linear around it: one matrix that answers how the optimum responds to anything.

    curve dx + J^T dm = -force,      J dx = -push

The step is taken in two parts, one that follows the limits and one within them, which also serves where limits repeat each other
(three fixed shares and the budget). The matrix comes from the hand-written gradient by extrapolated differences.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from budgetplan.errors import SolverError
from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem
from budgetplan.uncertainty.active_face import ActiveFace, tokens_of
from budgetplan.uncertainty.differences import STEP, derivative

QUANTITIES = (
    "loss",
    "pretraining_share",
    "rl_share",
    "inference_share",
    "params",
    "pretraining_tokens",
    "rl_tokens",
    "samples_per_query",
)
"""What is differentiated: `loss`, `params` and tokens as logarithms, shares and samples as they are."""
POLISH = 4
"""Newton steps on the equations of the face."""
SINGULAR = 1e-11
"""Relative size below which a singular value counts as zero."""


def observed(problem: Problem, x: Array) -> Array:
    """`QUANTITIES` at x, shape (8,); ln R is -inf without RL.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    x : ndarray of shape (4,)
    """
    y, _ = tokens_of(problem, x)
    log_d = problem.log_tokens(x[1:2])[0]
    loss = problem.model.evaluate(np.array([x[0], log_d[0], x[2], x[3]])[:, None]).loss[0]
    cost = problem.kappa * np.exp(y[0] + y[1:])
    return np.array([np.log(loss), *(cost / cost.sum()), x[0], log_d[0], x[2], np.exp(x[3])])


class FaceSystem:
    """The equations of a face, linear around an optimum x with multipliers m of its limits."""

    def __init__(self, face: ActiveFace, problem: Problem, x: Array, m: Array) -> None:
        self.face, self.x, self.m = face, x, m
        loss, _, _, self.jacobian = face.equations(problem, x)
        self.unit = max(abs(float(loss)), 1e-300)
        size = len(face.free)
        self.curve, self.moves = np.zeros((size, size)), np.zeros((len(QUANTITIES), size))
        for place, row in enumerate(face.free):
            step = min(STEP, 0.5 * x[3]) if row == 3 else STEP
            slope, _ = derivative(partial(self._along, problem, row), 0.0, step)
            self.curve[:, place], self.moves[:, place] = slope[:size], slope[size:]
        self.curve = 0.5 * (self.curve + self.curve.T)

    def _along(self, problem: Problem, row: int, by: float) -> Array:
        at = self.x.copy()
        at[row] += by
        return np.concatenate([self.pull(problem, at)[0], self.told(problem, at)])

    def told(self, problem: Problem, x: Array) -> Array:
        """`observed`, with 0 for the ln R of no RL, which stays what it is: its differences are then 0."""
        return np.nan_to_num(observed(problem, x), neginf=0.0)

    def pull(self, problem: Problem, x: Array) -> tuple[Array, Array]:
        """Gradient of the Lagrangian, relative to the loss, and the limits."""
        _, gradient, limits, jacobian = self.face.equations(problem, x)
        return (gradient + jacobian.T @ self.m) / self.unit, limits

    def response(self, force: Array, push: Array) -> tuple[Array, float]:
        """dx for a change of the gradient and of the limits, and the part of the latter that nothing can follow."""
        return respond(self.curve, self.jacobian, force, push)


def respond(curve: Array, jacobian: Array, force: Array, push: Array) -> tuple[Array, float]:
    """Solve  curve dx + J^T dm = -force,  J dx = -push  for dx; also the part of `push` that no dx meets.

    Parameters
    ----------
    curve : ndarray of shape (free, free)
        Hessian of the Lagrangian.
    jacobian : ndarray of shape (limit, free)
    force : ndarray of shape (free,)
    push : ndarray of shape (limit,)

    Raises
    ------
    SolverError
        If the Hessian is singular along the limits.
    """
    left, sizes, right = np.linalg.svd(jacobian, full_matrices=True)
    rank = int(np.sum(sizes > 1e-9 * sizes[0])) if sizes.size else 0
    dx = -right[:rank].T @ ((left[:, :rank].T @ push) / sizes[:rank])
    missed = float(np.abs(jacobian @ dx + push).max(initial=0.0)) / max(float(np.abs(push).max(initial=0.0)), 1e-300)
    within = right[rank:].T
    if within.shape[1]:
        reduced = within.T @ curve @ within
        bend = np.linalg.eigvalsh(reduced)
        if bend[0] <= SINGULAR * max(bend[-1], 1e-300):
            raise SolverError(
                "The optimum is flat in one direction: it does not move in a definite way.", "Fix one of its quantities.", "flat"
            )
        dx = dx - within @ np.linalg.solve(reduced, within.T @ (force + curve @ dx))
    return dx, missed


def multipliers(face: ActiveFace, problem: Problem, x: Array) -> Array:
    """Multipliers of the limits that hold, by least squares, shape (limit,)."""
    _, gradient, _, jacobian = face.equations(problem, x)
    if not len(jacobian):
        return np.zeros(0)
    return np.asarray(np.linalg.lstsq(jacobian.T, -gradient, rcond=1e-12)[0])


def polished(face: ActiveFace, problem: Problem, x: Array) -> Array:
    """Newton's method on the face, as long as it comes nearer."""
    best, least = x, np.inf
    for _ in range(POLISH):
        m = multipliers(face, problem, x)
        system = FaceSystem(face, problem, x, m)
        force, push = system.pull(problem, x)
        left = float(np.abs(force).max(initial=0.0) + np.abs(push).max(initial=0.0))
        if not left < 0.5 * least:
            break
        best, least = x, left
        x = x.copy()
        x[list(face.free)] += system.response(force, push)[0]
    return best
