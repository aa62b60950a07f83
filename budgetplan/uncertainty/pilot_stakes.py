"""What not knowing the law costs the main plan, as a quadratic form in what is not known.

    regret(z) ~ 1/2 (v(z) - v)' H (v(z) - v),    v(z) ~ v + J z      so    E regret = 1/2 tr(W Sigma),   W = J' H J

v are the planner's free coordinates (ln N and the logits of shares), v(z) the optimum of the law at z, H the second derivative of
the loss along the budget surface over the worth of compute, -C dV/dC. J is a regression of optima on z and H a mean, both over the
prior: derivatives at one point know nothing of how far the coefficients may move.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetplan.errors import SolverError
from budgetplan.numerics.arrays import Array
from budgetplan.planning.equivalent_budget import optimal_slope
from budgetplan.planning.faces import Face
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.pilot_prior import Prior

SAMPLE = 400
"""Points of the prior at which the plan is solved for."""
STEP = 1e-4
"""Of the differences of the gradient, in logs."""
LEAST_SHARE = 1e-3
"""Share of compute below which a stage counts as having this much: the logit of no RL is no number."""


@dataclass(frozen=True)
class Stakes:
    """The quadratic form.

    Attributes
    ----------
    form : ndarray of shape (direction, direction)
        W. [1]
    regret : float
        1/2 tr(W) + what the regression leaves: expected regret before any run, in wasted compute. [1]
    """

    form: Array
    regret: float


def stakes_of(main: Problem, prior: Prior, seed: int) -> Stakes:
    """What is at stake in a main problem.

    Parameters
    ----------
    main : Problem
        Of one instance.
    prior : Prior
        Of its law.
    seed : int
        Of the points of the prior.

    Raises
    ------
    SolverError
        If almost no point of the prior has an optimum.
    """
    half = np.random.default_rng([seed, 11]).standard_normal((prior.size, SAMPLE // 2))
    z = np.concatenate([half, -half], axis=1)
    many = replace(main.repeated(SAMPLE), model=prior.law_at(z).model, drawn=True)
    best = solve(many, 3)
    kept = np.isfinite(best.loss)
    if kept.sum() < 0.5 * SAMPLE:
        raise SolverError(f"{SAMPLE - int(kept.sum())} of {SAMPLE} laws drawn have no optimum at this budget.", "Raise the budget.")
    many, y, z = many.take(kept), best.y[:, kept], z[:, kept]
    worth = -optimal_slope(many, y, best.loss[kept])
    face = Face(main.has_rl, main.has_samples, not bool(main.limits.fixed[0]))
    v = face.coordinates(many, _present(many, y))
    curvature = _curvature(face, many, v) / np.maximum(worth, 1e-300)
    h = np.mean(curvature, axis=-1)
    values, vectors = np.linalg.eigh(0.5 * (h + h.T))
    h = (vectors * np.maximum(values, 0.0)) @ vectors.T
    design = np.concatenate([np.ones((1, z.shape[1])), z])
    fitted = np.linalg.lstsq(design.T, v.T, rcond=None)[0].T
    jacobian, rest = fitted[:, 1:], v - fitted @ design
    form = jacobian.T @ h @ jacobian
    left = float(np.einsum("im,ij,jm->", rest, h, rest)) / z.shape[1]
    return Stakes(form, 0.5 * (float(np.trace(form)) + left))


def _present(problem: Problem, y: Array) -> Array:
    """y with at least a small share of RL and of inference."""
    least = np.log(LEAST_SHARE * problem.spendable) - y[0]
    out = y.copy()
    out[2] = np.maximum(y[2], least - np.log(problem.kappa[1]))
    out[3] = np.maximum(y[3], least - np.log(problem.kappa[2]))
    return out


def _curvature(face: Face, problem: Problem, v: Array) -> Array:
    """Second derivatives of the loss by the free coordinates, shape (coordinate, coordinate, instance)."""
    size = v.shape[0]
    shifts = STEP * np.concatenate([np.eye(size), -np.eye(size)])
    gradient = face.loss_and_gradient(problem, v[:, None, :] + shifts.T[:, :, None])[1]
    found: Array = np.nan_to_num((gradient[:, :size] - gradient[:, size:]) / (2 * STEP))
    return 0.5 * (found + found.transpose(1, 0, 2))
