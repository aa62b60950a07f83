"""Which solver answers which problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetplan.numerics.arrays import Array, Bools, Index
from budgetplan.planning.additive_solver import is_additive, solve_additive
from budgetplan.planning.certificate import residuals
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.joint_solver import descend_from, solve_unlimited
from budgetplan.planning.limited_solver import minimise_from, solve_limited
from budgetplan.planning.limits import FIXED, no_limits
from budgetplan.planning.problem import Problem
from budgetplan.planning.solution import Solution

RETRY = 1e-7
"""Residual of the fast method above which an instance goes to the slower one."""
NEAR_FREE = 1e-2
"""Residual, as if there were no limits, below which a limited answer may be the free optimum."""
SAME_LOSS = 1e-12
"""Relative difference below which two losses are as low."""
ROUNDING = 1e-9
"""Violation of a limit that is rounding. [ln]"""
BESIDE = 0.1
"""Distance from the fewest params or tokens within which an optimum with exactly so few is looked for. [ln]"""


def solve(problem: Problem, starts: int = 4, spare: int = 0) -> Solution:
    """Global optimum of every instance.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances; those that share fixed rows are solved together.
    starts : int
        Basins followed per instance.
    spare : int
        Further starts per instance, for the spread in the certificate.

    Returns
    -------
    Solution
        `loss` is inf for an instance without a feasible allocation.
    """
    if not is_additive(problem):
        return _general(problem, starts, spare)
    exact = solve_additive(problem)
    few = _below(problem, exact.y)
    if few.any():  # fewer params or tokens than are planned for: the exact solver knows no limits
        exact = Solution(*(item.copy() for item in _arrays(exact)))
        _put(exact, few, _general(problem.take(few), starts, spare))
    return exact


def _general(problem: Problem, starts: int, spare: int) -> Solution:
    """The optimum of any law, found in the loss above its floor: near the floor that alone has digits."""
    bare = _single(replace(problem, model=problem.model.without_floor()))
    if _simple(bare):
        found = _checked(bare, solve_unlimited(bare, starts, spare), starts, spare)
    else:
        found = _freed(bare, solve_limited(bare, starts, spare), starts, spare)
    return found if bare.model is problem.model else _above_floor(problem, found)


def _above_floor(problem: Problem, found: Solution) -> Solution:
    """The same allocations with the loss that the law has there."""

    def told(y: Array, loss: Array) -> Array:
        known = np.isfinite(loss)
        return np.where(known, problem.loss(np.where(known, y, 0.0)), np.inf)

    loss = told(found.y, found.loss)
    above = np.where(np.isfinite(loss), found.loss, 1.0) / np.where(np.isfinite(loss), loss, 1.0)
    return Solution(found.y, loss, found.spread * above, told(found.runner_up_y, found.runner_up), found.runner_up_y)


def solve_near(problem: Problem, y: Array) -> tuple[Array, Array]:
    """Local optima near given points: for problems that differ little from solved ones.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    y : ndarray of shape (4, instance)
        Near the optima.

    Returns
    -------
    y : ndarray of shape (4, instance)
    loss : ndarray of shape (instance,)
        inf where the basin is lost. Not proven global: only the basin of `y` is searched.
    """
    if is_additive(problem):
        exact = solve(problem)
        return exact.y, exact.loss
    bare = replace(problem, model=problem.model.without_floor())
    if _simple(bare):
        ends, loss = descend_from(bare, y)
        loss = np.where(_below(bare, ends), np.inf, loss)
    else:
        ends, loss = minimise_from(bare, y)
    return ends, _above_floor(problem, Solution(ends, loss, np.zeros(bare.size), loss, ends)).loss


def _single(problem: Problem) -> Problem:
    """The problem with samples fixed where a limit leaves them no choice but one: bounds that meet have no interior."""
    if not problem.has_samples:
        return problem
    low, high = problem.limits.low.copy(), problem.limits.high.copy()
    low[3] = np.maximum(low[3], problem.least_inference)
    if problem.limits.fixed[3] or not np.all(np.abs(high[3] - low[3]) <= FIXED):
        return problem
    high[3] = low[3]
    return replace(problem, limits=replace(problem.limits, low=low, high=high))


def _simple(problem: Problem) -> bool:
    """Whether nothing but the standing limits and possibly a fixed N applies."""
    limits, standing = problem.limits, no_limits(1)
    if np.any(limits.low[1:] != standing.low[1:]) or np.isfinite(limits.high[1:]).any():
        return False
    return bool(limits.fixed[0]) or not limits.any


def _freed(problem: Problem, limited: Solution, starts: int, spare: int) -> Solution:
    """The limited answers; where the optimum without limits obeys them and loses no more, that one.

    A limit that lies exactly at the free optimum has a multiplier of zero, which an interior-point method approaches ever more
    slowly: the free optimum is the same point, to full precision.
    """
    if problem.limits.fixed.any():
        return limited
    here = np.where(np.isfinite(limited.loss), limited.y, 0.0)
    near = np.isfinite(limited.loss) & (residuals(replace(problem, limits=no_limits(problem.size)), here) < NEAR_FREE)
    if not near.any():
        return limited
    part = problem.take(near)
    without = replace(part, limits=no_limits(part.size))
    free = _checked(without, solve_unlimited(without, starts, spare), starts, spare)
    obeys = np.isfinite(free.loss) & (part.violation(free.y) <= ROUNDING) & (free.loss <= limited.loss[near] * (1 + 1e-9))
    taken = np.flatnonzero(near)[obeys]
    _put(limited, taken, Solution(*(item[..., obeys] for item in _arrays(free))))
    return limited


def _arrays(one: Solution) -> tuple[Array, ...]:
    return one.y, one.loss, one.spread, one.runner_up, one.runner_up_y


def _put(whole: Solution, where: Bools | Index, part: Solution) -> None:
    """Writes the answers of some instances into those of all."""
    for all_of, some in zip(_arrays(whole), _arrays(part), strict=True):
        all_of[..., where] = some


def _below(problem: Problem, y: Array) -> Bools:
    """Whether there are fewer params or tokens than are planned for."""
    below: Bools = np.any(y[:2] < problem.limits.low[:2] - ROUNDING, axis=0)
    return below


def _checked(problem: Problem, free: Solution, starts: int, spare: int) -> Solution:
    """The fast method's answers, those in doubt replaced by the slower method's."""
    solved = np.isfinite(free.loss)
    here = np.where(solved, free.y, 0.0)
    again = (solved & (_below(problem, here) | (residuals(problem, here) > RETRY))) | (~solved & feasible_params(problem).any)
    if not again.any():
        return free
    part = problem.take(again)
    kept = Solution(*(item[..., again] for item in _arrays(free)))
    few = _below(part, here[:, again])
    kept.loss[few] = np.inf
    bounded = solve_limited(part, starts, spare)
    _keep_better(part, kept, bounded, np.arange(part.size))
    for row in ((0,), (1,), (0, 1)):
        if np.all(part.limits.fixed[list(row)]):
            continue
        near = np.all(kept.y[list(row)] - part.limits.low[list(row)] < BESIDE, axis=0)
        _keep_better_at_fewest(part, kept, np.flatnonzero((near & np.isfinite(kept.loss)) | few), row, starts)
    _put(free, again, kept)
    return free


def _keep_better_at_fewest(problem: Problem, kept: Solution, chosen: Index, row: tuple[int, ...], starts: int) -> None:
    """Answers with exactly the fewest params (0), pre-training tokens (1) or both, where they are better.

    An interior-point method comes near to a limit whose multiplier is next to nothing, and does not get there.
    """
    if not chosen.size:
        return
    part = problem.take(chosen)
    high = part.limits.high.copy()
    high[list(row)] = part.limits.low[list(row)]
    there = solve_unlimited(replace(part, limits=replace(part.limits, high=high)), starts)
    there.loss[_below(part, np.where(np.isfinite(there.loss), there.y, 0.0))] = np.inf
    _keep_better(problem, kept, there, chosen)


def _keep_better(problem: Problem, kept: Solution, other: Solution, chosen: Index) -> None:
    """Replaces an answer where the other is lower, or as low and nearer to stationary."""
    part = problem.take(chosen)
    old, new = (np.where(np.isfinite(loss), y, 0.0) for y, loss in ((kept.y[:, chosen], kept.loss[chosen]), (other.y, other.loss)))
    with np.errstate(invalid="ignore"):  # inf - inf where neither has an answer
        lower = other.loss < kept.loss[chosen] * (1 - SAME_LOSS)
        as_low = np.isfinite(other.loss) & (other.loss <= kept.loss[chosen] * (1 + SAME_LOSS))
    better = lower | (as_low & (residuals(part, new) < residuals(part, old)))
    _put(kept, chosen[better], Solution(*(item[..., better] for item in _arrays(other))))
