"""Which solver answers which problem."""

from __future__ import annotations

import numpy as np

from budgetplan.planning.certificate import residuals
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.joint_solver import solve_unlimited
from budgetplan.planning.limited_solver import solve_limited
from budgetplan.planning.limits import no_limits
from budgetplan.planning.problem import Problem
from budgetplan.planning.solution import Solution


RETRY = 1e-7
"""Residual of the fast method above which an instance goes to the slower one."""


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
    limits, standing = problem.limits, no_limits(1)
    others = np.any(limits.low[1:] != standing.low[1:]) or np.isfinite(limits.high[1:]).any()
    if others or not (limits.fixed[0] or not limits.any):
        return solve_limited(problem, starts, spare)
    free = solve_unlimited(problem, starts, spare)
    solved = np.isfinite(free.loss)
    here = np.where(solved, free.y, 0.0)
    again = solved & (np.any(here[:2] < limits.low[:2] - 1e-9, axis=0) | (residuals(problem, here) > RETRY))
    again |= ~solved & feasible_params(problem).any
    if not again.any():
        return free
    bounded = solve_limited(problem.take(again), starts, spare)
    for whole, part in zip(
        (free.y, free.loss, free.spread, free.runner_up, free.runner_up_y),
        (bounded.y, bounded.loss, bounded.spread, bounded.runner_up, bounded.runner_up_y),
        strict=True,
    ):
        whole[..., again] = part
    return free
