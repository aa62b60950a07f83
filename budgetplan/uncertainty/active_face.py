r"""The face that an optimum lies on, as equations: what the implicit function theorem is applied to.

In x = (ln N, ln D, ln R, ln k), without R where there is no RL and without k where there is one sample or no choice,

    grad l(x; p) + J(x; p)^T m = 0,      c(x; p) = 0

c are the limits that hold: the budget ln(spend/C), and rows of `planning.limits` less their bounds. x has ln k where the solvers
have ln(inference tokens), so that demand moves nothing but costs: on the face k = 1 its change keeps k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.certificate import ACTIVE, certify_point
from budgetplan.planning.limits import ROW_NAMES, ROWS
from budgetplan.planning.problem import Problem

SINGLE = 1e-7
"""ln k below which one sample per query counts as a corner."""


@dataclass(frozen=True)
class ActiveFace:
    """Which variables move, and which limits hold.

    Attributes
    ----------
    free : tuple of int
        Rows of x that are variables.
    spent : bool
        Whether the budget holds.
    held : tuple of (int, bool)
        Rows of limits that hold, and whether their upper bound does.
    """

    free: tuple[int, ...]
    spent: bool
    held: tuple[tuple[int, bool], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The limits that hold, in the order of their equations."""
        return (*(("budget",) if self.spent else ()), *(ROW_NAMES[row] for row, _ in self.held))

    def equations(self, problem: Problem, x: Array) -> tuple[Array, Array, Array, Array]:
        """Loss, its gradient, the limits that hold and their derivatives, all by the free variables.

        Parameters
        ----------
        problem : Problem
            Of one instance.
        x : ndarray of shape (4,)
            ln N, ln D (beyond a checkpoint's), ln R, ln k.

        Returns
        -------
        loss : ndarray of shape ()
        gradient : ndarray of shape (free,)
        limits : ndarray of shape (limit,)
        jacobian : ndarray of shape (limit, free)
        """
        log_d, fresh = problem.log_tokens(x[1:2])
        point = np.array([x[0], log_d[0], x[2], x[3]])[:, None]
        loss, by_x = problem.model.loss_and_gradient(point)
        gradient = by_x[:, 0].copy()
        gradient[1] *= fresh[0]
        y, stretch = tokens_of(problem, x)
        into = np.diag([1.0, 1.0, 1.0, stretch])  # dy/dx
        values, rows = [], []
        if self.spent:
            cost = problem.kappa * np.exp(y[0] + y[1:])
            values.append(np.log(cost.sum() / problem.budget[0]))
            rows.append(np.concatenate([[1.0], cost / cost.sum()]))
        for row, upper in self.held:
            bound = (problem.limits.high if upper else problem.limits.low)[row, 0]
            values.append(ROWS[row] @ np.where(ROWS[row] != 0, y, 0.0) - bound)
            rows.append(ROWS[row])
        jacobian = np.array(rows).reshape(-1, 4) @ into
        free = list(self.free)
        return loss[0], gradient[free], np.array(values), jacobian[:, free]


def tokens_of(problem: Problem, x: Array) -> tuple[Array, float]:
    """The solver's y of shape (4,) at x, and d ln I/d ln k.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    x : ndarray of shape (4,)
    """
    chosen = float(problem.first_sample[0]) * float(np.exp(x[3]))
    total = chosen + float(problem.served[0])
    with np.errstate(divide="ignore"):  # no demand: ln 0 = -inf costs nothing
        return np.array([x[0], x[1], x[2], np.log(total)]), (chosen / total if total > 0 else 0.0)


def face_of(problem: Problem, y: Array) -> tuple[ActiveFace, Array]:
    """The face of an optimum, and the optimum in x.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    y : ndarray of shape (4,)
        Its certified optimum.
    """
    log_k = float(problem.log_samples(y[3:4])[0][0])
    names = certify_point(problem, y).active_limits
    free = [0, 1, *([2] if np.isfinite(y[2]) else []), *([3] if problem.has_samples and log_k > SINGLE else [])]
    x = np.array([y[0], y[1], y[2], log_k if 3 in free else 0.0])
    _, stretch = tokens_of(problem, x)
    held = []
    for row, name in enumerate(ROW_NAMES):
        columns = [column for column in free if ROWS[row][column] != 0 and not (column == 3 and stretch == 0)]
        if name not in names or not columns:
            continue
        at = float(ROWS[row] @ np.where(ROWS[row] != 0, y, 0.0))
        held.append((row, bool(at >= problem.limits.high[row, 0] - ACTIVE)))
    return ActiveFace(tuple(free), "budget" in names, tuple(held)), x
