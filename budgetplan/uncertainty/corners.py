"""Variables that an optimum holds at their least value, and how far each is from moving: no RL, one sample per query."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.certificate import ACTIVE
from budgetplan.planning.problem import Problem
from budgetplan.uncertainty.active_face import ActiveFace, tokens_of

FEW = 1e-9
"""Share of compute that stands for a first RL token."""


@dataclass(frozen=True)
class Corner:
    """A variable at its least value.

    Attributes
    ----------
    name : str
        `rl_tokens` or `samples_per_query`.
    margin : float
        1 - what the first further unit earns relative to its cost: 0 is about to move, 1 earns nothing or there is nothing left
        to pay it with. [1]
    """

    name: str
    margin: float


def corners(problem: Problem, face: ActiveFace, x: Array, multipliers: Array) -> tuple[Corner, ...]:
    """Corners of an optimum, by name.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    face : ActiveFace
    x : ndarray of shape (4,)
        The optimum on it.
    multipliers : ndarray of shape (limit,)
        Of its limits.
    """
    price = float(multipliers[0]) if face.spent else 0.0  # of one e-fold of spend
    out = []
    total = float((problem.kappa * np.exp(tokens_of(problem, x)[0][1:] + x[0])).sum())
    if problem.has_rl and not np.isfinite(x[2]):
        few = x.copy()
        few[2] = np.log(FEW * total / problem.kappa[1]) - x[0]
        out.append(Corner("rl_tokens", _margin(-_slope(problem, few, 2) / FEW, price)))
    free_above = float(problem.limits.high[3, 0]) > float(problem.least_inference[0]) + ACTIVE  # else a limit holds it, no corner
    if problem.has_samples and 3 not in face.free and free_above:
        y, stretch = tokens_of(problem, x)
        share = problem.kappa[2] * float(np.exp(y[0] + y[3])) / total
        out.append(Corner("samples_per_query", _margin(-_slope(problem, x, 3) / max(share * stretch, 1e-300), price)))
    return tuple(out)


def _margin(earned: float, price: float) -> float:
    return 1.0 if price <= 0 else 1.0 - float(earned) / price


def _slope(problem: Problem, x: Array, row: int) -> float:
    """Derivative of the loss by x_row."""
    point = np.array([x[0], problem.log_tokens(x[1:2])[0][0], x[2], x[3]])[:, None]
    return float(problem.model.loss_and_gradient(point)[1][row, 0])
