"""What a pilot is worth, measured: many true laws, noisy runs, a fit, a plan, and the compute that this plan wastes in truth.

For each truth, drawn from the law's own joint draws:  observe the runs with noise -> most probable coefficients given them and the
prior -> plan for these -> regret of that plan under the truth, by a solve of its own. All truths are one batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from budgetplan.laws.model import AbstractModel
from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.draws import Draws
from budgetplan.uncertainty.pilot_observe import Telling
from budgetplan.uncertainty.pilot_prior import Prior, law_with
from budgetplan.uncertainty.pilot_runs import Runs
from budgetplan.uncertainty.replan import CLOSE
from budgetplan.uncertainty.together import wasted_in

STEPS = 60
"""Most steps of a fit."""
DIFFERENCE = 1e-4
"""Of z, for derivatives."""
DONE = 1e-8
"""Fall of the objective below which a fit has ended."""


@dataclass(frozen=True)
class Trials:
    """Truths that pilots are tried on.

    Attributes
    ----------
    main : Problem
        Of one instance per truth, with the law as it is in truth.
    values : mapping of str to ndarray of shape (truth,)
        True coefficients.
    y : ndarray of shape (4, truth)
        Optima in truth.
    loss : ndarray of shape (truth,)
        Their losses.
    """

    main: Problem
    values: Mapping[str, Array]
    y: Array
    loss: Array

    @property
    def size(self) -> int:
        """Number of truths."""
        return self.main.size

    def wasted(self, y: Array) -> Array:
        """Regret of one plan per truth, of shape (4, truth), in wasted compute, shape (truth,). [1]"""
        return wasted_in(self.main, self.y, self.loss, self.main.loss(y), CLOSE)


def trials(main: Problem, prior: Prior, truths: Draws) -> Trials:
    """Truths with their optima; a truth without an optimum is left out.

    Parameters
    ----------
    main : Problem
        Of one instance.
    prior : Prior
        For verifier and unique tokens.
    truths : Draws
        Of the law.
    """
    values = dict(truths.values)
    count = len(next(iter(values.values())))
    many = replace(main.repeated(count), model=law_with(prior.law, values, *prior.options).model, drawn=True)
    best = solve(many, 3)
    kept = np.isfinite(best.loss)
    return Trials(many.take(kept), {name: item[kept] for name, item in values.items()}, best.y[:, kept], best.loss[kept])


def fitted(tried: Trials, prior: Prior, telling: Telling, runs: Runs, seed: int) -> Array:
    """Most probable z of each truth after its runs, shape (direction, truth).

    Parameters
    ----------
    tried : Trials
    prior : Prior
    telling : Telling
    runs : Runs
    seed : int
        Of the noise.
    """
    true: AbstractModel = law_with(prior.law, {name: item[:, None] for name, item in tried.values.items()}, *prior.options).model
    told, deviation = telling.tell(true, _spread(runs, (tried.size,)))
    noise = np.random.default_rng([seed, 12]).standard_normal(told.shape)
    known = np.isfinite(deviation)
    observed = told + np.where(known, deviation, 0.0) * noise
    weight = np.where(known, 1.0 / np.where(known, deviation, 1.0), 0.0)

    def residual(z: Array) -> Array:
        """Of shape (telling, ...) at z of shape (direction, ..., truth)."""
        found, spread = telling.tell(prior.law_at(z[..., None]).model, _spread(runs, z.shape[1:]))
        shape = (len(weight), *(1,) * (z.ndim - 2), *weight.shape[1:])
        missed = weight.reshape(shape) * (found - observed.reshape(shape))
        return np.moveaxis(np.where(np.isfinite(spread), missed, 0.0), -1, 1).reshape(-1, *z.shape[1:])

    return _most_probable(residual, prior.size, tried.size)


def _most_probable(residual: Callable[[Array], Array], size: int, count: int) -> Array:
    """Levenberg and Marquardt's method on |r(z)|^2 + |z|^2, all truths at once."""
    z, damping = np.zeros((size, count)), np.full(count, 1e-2)
    shifts = DIFFERENCE * np.concatenate([np.eye(size), -np.eye(size)]).T
    now = np.full(count, np.inf)
    for _ in range(STEPS):
        r = residual(z)
        now = (r**2).sum(axis=0) + (z**2).sum(axis=0)
        around = residual(z[:, None, :] + shifts[:, :, None])
        jacobian = (around[:, :size] - around[:, size:]) / (2 * DIFFERENCE)
        slope = np.einsum("rjm,rm->jm", jacobian, r) + z
        normal = np.einsum("rim,rjm->mij", jacobian, jacobian) + np.eye(size)
        moved = np.zeros(count, dtype=bool)
        fall = np.zeros(count)
        for _ in range(6):
            damped = normal + damping[:, None, None] * np.eye(size) * np.einsum("mii->mi", normal)[:, None, :]
            step = -np.linalg.solve(damped, slope.T[..., None])[..., 0].T
            there = z + np.where(moved, 0.0, step)
            value = (residual(there) ** 2).sum(axis=0) + (there**2).sum(axis=0)
            better = ~moved & np.isfinite(value) & (value < now)
            z = np.where(better, there, z)
            fall = np.where(better, now - value, fall)
            damping = np.where(better, damping * 0.2, np.where(moved, damping, damping * 6.0))
            moved |= better
            if moved.all():
                break
        damping = np.clip(damping, 1e-9, 1e9)
        if np.all(fall <= DONE * (1.0 + now)):
            break
    return z


def _spread(runs: Runs, shape: tuple[int, ...]) -> Array:
    """ln N, ln D, ln R of the runs, shape (3, *shape, run)."""
    return np.broadcast_to(runs.x.reshape(3, *(1,) * len(shape), runs.size), (3, *shape, runs.size))


def regret_after(tried: Trials, prior: Prior, telling: Telling, runs: Runs, seed: int) -> Array:
    """Wasted compute of the plans made after the runs, shape (truth,). [1]

    Parameters
    ----------
    tried : Trials
    prior : Prior
    telling : Telling
    runs : Runs
    seed : int
        Of the noise.
    """
    z = fitted(tried, prior, telling, runs, seed)
    believed = replace(tried.main, model=prior.law_at(z).model)
    plans = solve(believed, 3)
    lost = ~np.isfinite(plans.loss)
    return np.where(lost, 1.0, tried.wasted(np.where(lost, tried.y, plans.y)))  # where there is no plan, everything is wasted
