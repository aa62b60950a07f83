"""Which solver answers which problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetplan.numerics.arrays import Array
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
ROUNDING = 1e-9
"""Violation of a limit that is rounding. [ln]"""
BESIDE = 1e-2
"""Distance from the fewest params or tokens within which the limit itself is tried. [ln]"""


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
    if is_additive(problem):
        exact = solve_additive(problem)
        few = np.any(exact.y[:2] < problem.limits.low[:2] - 1e-9, axis=0)
        if few.any():  # fewer params or tokens than are planned for: the exact solver knows no limits
            part = problem.take(few)
            found = _checked(part, solve_unlimited(part, starts, spare), starts, spare)
            exact = Solution(*(item.copy() for item in _arrays(exact)))
            for whole, other in zip(_arrays(exact), _arrays(found), strict=True):
                whole[..., few] = other
        return exact
    problem = _single(problem)
    if not _simple(problem):
        return _freed(problem, solve_limited(problem, starts, spare), starts, spare)
    return _checked(problem, solve_unlimited(problem, starts, spare), starts, spare)


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
    if _simple(problem):
        ends, loss = descend_from(problem, y)
        low = np.any(ends[:2] < problem.limits.low[:2] - 1e-9, axis=0)
        return ends, np.where(low, np.inf, loss)
    return minimise_from(problem, y)


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
    for whole, better in zip(_arrays(limited), _arrays(free), strict=True):
        whole[..., taken] = better[..., obeys]
    return limited


def _arrays(one: Solution) -> tuple[Array, ...]:
    return one.y, one.loss, one.spread, one.runner_up, one.runner_up_y


def _checked(problem: Problem, free: Solution, starts: int, spare: int) -> Solution:
    """The fast method's answers, those in doubt replaced by the slower method's."""
    limits = problem.limits
    solved = np.isfinite(free.loss)
    here = np.where(solved, free.y, 0.0)
    again = solved & (np.any(here[:2] < limits.low[:2] - 1e-9, axis=0) | (residuals(problem, here) > RETRY))
    again |= ~solved & feasible_params(problem).any
    if not again.any():
        return free
    part = problem.take(again)
    bounded = solve_limited(part, starts, spare)
    # rounding can keep both from the last digits: the fast answer stays where it is as low and nearer to stationary
    fast, slow = (np.where(np.isfinite(item), item, 0.0) for item in (here[:, again], bounded.y))
    better = solved[again] & ~np.any(fast[:2] < part.limits.low[:2] - 1e-9, axis=0)
    as_good = (residuals(part, fast) <= residuals(part, slow)) & (free.loss[again] <= bounded.loss * (1 + 1e-12))
    better &= as_good | ~np.isfinite(bounded.loss)
    taken = np.flatnonzero(again)[~better]
    for whole, other in zip(_arrays(free), _arrays(bounded), strict=True):
        whole[..., taken] = other[..., ~better]
    return _cornered(problem, free, starts)


def _cornered(problem: Problem, answer: Solution, starts: int) -> Solution:
    """Answers beside the fewest params or tokens are tried exactly there.

    An interior-point method comes near to a limit whose multiplier is next to nothing, and does not get there.
    """
    low = problem.limits.low
    for row in (0, 1):
        away = answer.y[row] - low[row]
        near = np.isfinite(answer.loss) & (away > ROUNDING) & (away < BESIDE)
        if not near.any() or problem.limits.fixed[row]:
            continue
        part = problem.take(near)
        high = part.limits.high.copy()
        high[row] = part.limits.low[row]
        there = solve_limited(replace(part, limits=replace(part.limits, high=high)), starts)
        good = there.loss <= answer.loss[near] * (1 + 1e-12)
        index = np.flatnonzero(near)[good]
        answer.y[:, index], answer.loss[index] = there.y[:, good], there.loss[good]
    return answer
