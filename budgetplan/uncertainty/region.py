"""The near-optimal region: every split that some N brings within a tolerance of the optimum, in compute.

    { s : min over N of l(s, N) <= V((1 - tol) C) },    s the shares of compute, sum s = 1

V(C) is the loss of the optimum at budget C with the same demand and limits. The boundary is found along rays from the optimum by
bisection, all rays at once, each point a solve of its own with N free; the end inside is kept, so that every vertex is inside.
A piece of the region that no ray from the optimum reaches without leaving it, around another basin, is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import STAGES
from budgetplan.planning.baselines import stages_of
from budgetplan.planning.limits import Limits
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve

RAYS = 72
"""Directions in which the boundary of a region of three stages is found."""
STEPS = 14
"""Halvings along a ray: the boundary is known to 1/16384 of the way to the simplex's edge."""


@dataclass(frozen=True)
class Region:
    """Splits within a tolerance.

    Attributes
    ----------
    tolerance : float
        Part of the budget. [1]
    loss : float
        Largest loss inside; inf where the budget less the tolerance has no plan, so that every split that has one is inside.
    stages : tuple of str
        Stages that share the budget.
    shares : ndarray of shape (vertex, 3)
        Vertices in order around the optimum; two of them where two stages share.
    params, losses : ndarray of shape (vertex,)
        Best N there, and its loss.
    thirds_inside : bool
        Whether the equal split of these stages is inside.
    """

    tolerance: float
    loss: float
    stages: tuple[str, ...]
    shares: Array
    params: Array
    losses: Array
    thirds_inside: bool

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Least and greatest share of each stage."""
        return {
            stage: (float(self.shares[:, row].min()), float(self.shares[:, row].max()))
            for row, stage in enumerate(STAGES)
            if stage in self.stages
        }

    def rows(self) -> list[dict[str, float]]:
        """Vertices as rows: the three shares, params and loss."""
        return [
            {
                **{f"{stage}_share": float(share) for stage, share in zip(STAGES, shares, strict=True)},
                "params": float(params),
                "loss": float(loss),
            }
            for shares, params, loss in zip(self.shares, self.params, self.losses, strict=True)
        ]


def near_optimal(problem: Problem, y: Array, tolerance: float) -> Region | None:
    """The region around an optimum; None where only one stage has a share.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    y : ndarray of shape (4,)
        Its optimum.
    tolerance : float
        Compute that may be wasted, as a part of the budget. [1]

    Returns
    -------
    Region or None
    """
    stages = stages_of(problem)
    if len(stages) < 2:
        return None
    limit = float(solve(problem.rescaled(problem.budget * (1.0 - tolerance)), 4).loss[0])
    cost = problem.cost(y[:, None])[:, 0]
    centre = cost / cost.sum()
    free = [STAGES.index(stage) for stage in stages]
    ways = _ways(free)
    furthest = np.min(np.where(ways < 0, -centre / np.where(ways < 0, ways, -1.0), np.inf), axis=1)
    inside, outside = np.zeros(len(ways)), furthest.copy()
    shares = np.repeat(centre[None], len(ways), axis=0)
    params, losses = np.full(len(ways), np.exp(y[0])), np.full(len(ways), float(problem.loss(y[:, None])[0]))
    for _ in range(STEPS):
        middle = 0.5 * (inside + outside)
        tried = centre + middle[:, None] * ways
        loss, size = best_of_splits(problem, tried, free)
        good = (loss <= limit) & np.isfinite(loss)  # where a budget less the tolerance has no plan, any that can be carried out
        inside, outside = np.where(good, middle, inside), np.where(good, outside, middle)
        shares[good], params[good], losses[good] = tried[good], size[good], loss[good]
    even = np.zeros((1, 3))
    even[0, free] = 1.0 / len(free)
    thirds = float(best_of_splits(problem, even, free)[0][0])
    return Region(tolerance, limit, stages, shares, params, losses, bool(np.isfinite(thirds) and thirds <= limit))


def best_of_splits(problem: Problem, shares: Array, free: list[int]) -> tuple[Array, Array]:
    """Least loss over N of each split, inf where the limits forbid it, and that N; shapes (split,).

    Parameters
    ----------
    problem : Problem
        Of one instance.
    shares : ndarray of shape (split, 3)
    free : list of int
        Stages that share.
    """
    many = problem.repeated(len(shares))
    low, high = many.limits.low.copy(), many.limits.high.copy()
    fits = np.ones(len(shares), dtype=bool)
    for row in free:
        part = shares[:, row]
        with np.errstate(divide="ignore"):
            bound = np.log(np.maximum(part, 0.0) * many.budget / many.kappa[row])
        fits &= (part > 0) & (bound >= low[4 + row] - 1e-9) & (bound <= high[4 + row] + 1e-9)
        low[4 + row] = high[4 + row] = np.where(np.isfinite(bound), bound, 0.0)
    out, size = np.full(len(shares), np.inf), np.full(len(shares), np.nan)
    if fits.any():
        answer = solve(replace(many, limits=Limits(low, high, many.limits.rl_forbidden)).take(fits), 2)
        out[fits], size[fits] = answer.loss, np.exp(answer.y[0])
    return out, size


def _ways(free: list[int]) -> Array:
    """Unit directions in the plane of shares, shape (ray, 3)."""
    if len(free) == 2:
        way = np.zeros((2, 3))
        way[0, free], way[1, free] = (1.0, -1.0), (-1.0, 1.0)
        return np.asarray(way / np.sqrt(2.0))
    angle = np.linspace(0.0, 2.0 * np.pi, RAYS, endpoint=False)
    first, second = np.array([1.0, -1.0, 0.0]) / np.sqrt(2.0), np.array([1.0, 1.0, -2.0]) / np.sqrt(6.0)
    out: Array = np.cos(angle)[:, None] * first + np.sin(angle)[:, None] * second
    return out
