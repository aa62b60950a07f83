"""Runs grouped by training budget, and the lowest point of each budget's parabola, for many draws of the losses at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.fitting.runs.runs import FLOP_PER_PARAM_TOKEN, Runs
from budgetplan.numerics.arrays import Array, Bools, Index

GAP = np.log(1.12)
"""Budgets are told apart by a step of this much in ln FLOP: values read off a figure scatter by some per cent."""
TERMS = 3
"""Of a parabola."""
FEWEST_SIZES = 4
"""Runs of one budget for a parabola with a check."""
FARTHEST_SEEN = 3.0
"""A parabola whose lowest point lies further from its runs, in their spread, counts as having none."""
FARTHEST = 0.1
"""How far beyond its outermost runs a lowest point may lie, relative to their spread."""


@dataclass(frozen=True)
class Profiles:
    """Runs by budget.

    Attributes
    ----------
    budget : ndarray of int of shape (run,)
        Number of the run's budget, rising.
    log_budget : ndarray of shape (budget,)
        ln FLOP. [ln FLOP]
    log_params, log_tokens : ndarray of shape (run,)
        Tokens at the nominal budget where FLOP and params are all there is.
    loss : ndarray of shape (run,)
    """

    budget: Index
    log_budget: Array
    log_params: Array
    log_tokens: Array
    loss: Array

    def lowest(self, losses: Array) -> Array:
        """Lowest points by least squares, shape (draw, budget, 3): ln N*, ln D*, curvature in ln N.

        Parameters
        ----------
        losses : ndarray of shape (draw, run)
            Of the same runs; a parabola that opens downward or is not determined gives NaN.
        """
        out = np.full((len(losses), len(self.log_budget), 3), np.nan)
        for at in range(len(self.log_budget)):
            inside = np.flatnonzero(self.budget == at)
            if len(np.unique(self.log_params[inside])) < TERMS:
                continue
            for place, axis in enumerate((self.log_params, self.log_tokens)):
                best, curvature = _vertex(axis[inside], losses[:, inside])
                out[:, at, place] = best
                if place == 0:
                    out[:, at, 2] = curvature
        return out

    def resampled(self, replicates: int, seed: int) -> Array:
        """Losses with residuals of each budget's parabola in ln N drawn again, shape (replicate, run).

        Parameters
        ----------
        replicates : int
        seed : int
            Each replicate has its own generator, spawned from it.
        """
        fitted, residual = np.empty_like(self.loss), np.empty_like(self.loss)
        members = [np.flatnonzero(self.budget == at) for at in range(len(self.log_budget))]
        for inside in members:
            x, y = self.log_params[inside], self.loss[inside]
            columns = _columns(x)
            fitted[inside] = columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
            residual[inside] = (y - fitted[inside]) * np.sqrt(len(x) / max(len(x) - TERMS, 1))
        out = np.empty((replicates, len(self.loss)))
        for row, child in enumerate(np.random.SeedSequence(seed).spawn(replicates)):
            draw = np.random.default_rng(child)
            for inside in members:
                out[row, inside] = fitted[inside] + residual[draw.choice(inside, len(inside))]
        return out


def profiles_of(runs: Runs) -> Profiles:
    """Group runs by budget.

    Parameters
    ----------
    runs : Runs
        With `params`, `tokens`, `loss` and perhaps `flop`.
    """
    log_flop = np.log(runs.get("flop", FLOP_PER_PARAM_TOKEN * runs["params"] * runs["tokens"]))
    order = np.argsort(log_flop, kind="stable")
    number = np.empty(len(order), dtype=np.intp)
    number[order] = np.concatenate([[0], np.cumsum(np.diff(log_flop[order]) > GAP)])
    centres = np.array([np.median(log_flop[number == at]) for at in range(number.max() + 1)])
    return Profiles(number, centres, np.log(runs["params"]), np.log(runs["tokens"]), runs["loss"])


def usable(profiles: Profiles, lowest: Array) -> tuple[Bools, list[str]]:
    """Budgets with a lowest point between their runs, and a sentence for each of the others.

    Parameters
    ----------
    profiles : Profiles
    lowest : ndarray of shape (1, budget, 3)
        Of the losses as measured.
    """
    good = np.zeros(len(profiles.log_budget), dtype=bool)
    said = []
    for at, log_budget in enumerate(profiles.log_budget):
        sizes = profiles.log_params[profiles.budget == at]
        name = f"Budget {np.exp(log_budget):.3g} FLOP"
        best = lowest[0, at, 0]
        margin = FARTHEST * np.ptp(sizes)
        if len(np.unique(sizes)) < FEWEST_SIZES:
            said.append(f"{name}: {len(np.unique(sizes))} sizes are too few for a parabola; it is left out.")
        elif not np.isfinite(lowest[0, at]).all():
            said.append(f"{name}: the loss has no lowest point along params; it is left out.")
        elif not sizes.min() - margin <= best <= sizes.max() + margin:
            said.append(f"{name}: its lowest point, {np.exp(best):.2g} params, lies beyond its runs; it is left out.")
        else:
            good[at] = True
    return good, said


def _columns(x: Array) -> Array:
    """1, z, z^2 with z the axis centred and scaled to its spread, shape (run, 3)."""
    z = (x - x.mean()) / max(float(np.ptp(x)), 1e-12)
    return np.stack([np.ones_like(z), z, z * z], axis=1)


def _vertex(x: Array, losses: Array) -> tuple[Array, Array]:
    """Lowest point and curvature of parabolas through losses of shape (draw, run), shapes (draw,)."""
    scale = max(float(np.ptp(x)), 1e-12)
    found = losses @ np.linalg.pinv(_columns(x)).T
    opens_up = (found[:, 2] > 0) & (np.abs(found[:, 1]) <= 2 * FARTHEST_SEEN * found[:, 2])
    curvature = np.where(opens_up, found[:, 2], np.nan)
    return x.mean() - scale * found[:, 1] / (2 * curvature), 2 * curvature / scale**2
