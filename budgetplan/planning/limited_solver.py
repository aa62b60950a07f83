"""Global optimum of a problem with limits: scan the feasible set, interior point from every basin, with and without RL."""

from __future__ import annotations

import numpy as np

from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.interior import frame, minimise
from budgetplan.planning.joint_solver import OFF_FACE, best_of
from budgetplan.planning.problem import Problem
from budgetplan.planning.scan import find_basins
from budgetplan.planning.solution import Solution

TOLERANCE = 1e-8
"""Largest violation of a limit or the budget that counts as feasible, in logs."""
CONVERGED = 1e-9
"""Error of the interior-point method above which it is tried again with a lower barrier."""
_NO_RL = 1e-9
"""RL share below which no RL is tried in its place."""


def _ends(problem: Problem, y: Array, rl: Bools) -> tuple[Array, Array]:
    """Ends of the interior-point runs from starts y, one instance per start, and their losses; inf where infeasible."""
    out, loss = y.copy(), np.full(problem.size, np.inf)
    for with_rl in (False, True):
        chosen = rl == with_rl
        if not chosen.any():
            continue
        part = problem.take(chosen)
        where = frame(part, with_rl)
        end, error = minimise(part, where, y[:, chosen])
        for barrier in (1e-4, 1e-6):
            # flat problems: the first barrier outweighed the loss; again from the end with a lower one
            again = error > CONVERGED
            if not again.any():
                break
            retry = frame(part.take(again), with_rl)
            end[:, again], error[again] = minimise(part.take(again), retry, end[:, again], barrier)
        end = _topped_up(part, end)
        feasible = np.isfinite(end[1]) & (part.violation(end) <= TOLERANCE)
        # a method that wanders off must not hide a start that was feasible: the better of both counts
        begin = y[:, chosen]
        begun = part.violation(begin) <= TOLERANCE
        here = np.where(feasible, part.loss(np.where(feasible, end, begin)), np.inf)
        there = np.where(begun, part.loss(begin), np.inf)
        out[:, chosen] = np.where(here <= there, end, begin)
        loss[chosen] = np.minimum(here, there)
    return out, loss


def _topped_up(problem: Problem, y: Array) -> Array:
    """y with what rounding left unspent put into one stage, pre-training first, or into params, where the limits allow it."""
    for row in (1, 2, 3) if problem.has_samples else (1, 2):
        cost = problem.cost(y)
        room = np.maximum(problem.spendable - cost.sum(axis=0), 0.0)
        with np.errstate(over="ignore"):  # a stage that costs nothing takes no room
            more = np.log1p(room / np.maximum(cost[row - 1], 1e-300))
        high = np.minimum(problem.limits.high[row], problem.limits.high[row + 3] - y[0])
        more = np.where(more < 1e-2, more, 0.0)
        out = y.copy()
        out[row] = np.where(y[row] + more <= high, y[row] + more, y[row])
        y = np.where(problem.loss(out) <= problem.loss(y), out, y)
    if problem.limits.fixed[[0, 4, 5, 6]].any():
        return y
    # a larger model with the same tokens, where no stage could take it: the share limits move with it
    more = np.maximum(-problem.overspend(y), 0.0)
    out = y.copy()
    out[0] += np.where(more < 1e-2, more, 0.0)
    allowed = (out[0] <= problem.limits.high[0]) & np.all(out[0] + out[1:] <= problem.limits.high[4:], axis=0)
    return np.where(allowed & (problem.loss(out) <= problem.loss(y)), out, y)


def minimise_from(problem: Problem, y: Array) -> tuple[Array, Array]:
    """Local optima from given points of one start per instance, and their losses.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    y : ndarray of shape (4, instance)
        Starts; RL that is absent stays absent.
    """
    return _ends(problem, y, y[2] > -np.inf)


def solve_limited(problem: Problem, starts: int = 4, spare: int = 0) -> Solution:
    """Global optimum of every instance under its limits.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances with the same rows fixed.
    starts, spare : int
        Basins followed and further cells tried per instance.

    Returns
    -------
    Solution
        `loss` is inf for an instance without a feasible allocation.
    """
    basins = find_basins(problem, starts, spare)
    owner, y = basins.instance, basins.y
    rl = y[2] > -np.inf
    if problem.has_rl and not rl.all():
        # a start without RL is tried with a little RL too
        extra = y[:, ~rl].copy()
        extra[2] = np.log(OFF_FACE * problem.budget[owner[~rl]] / problem.kappa[1]) - extra[0]
        owner, y = np.concatenate([owner, owner[~rl]]), np.concatenate([y, extra], axis=1)
        rl = np.concatenate([rl, np.ones(extra.shape[1], dtype=bool)])
    many = problem.take(owner)
    ends, loss = _ends(many, y, rl)
    needed = (many.limits.low[2] > -np.inf) | (many.limits.low[5] > -np.inf)
    vanished = rl & ~needed & (ends[2] + ends[0] + np.log(problem.kappa[1]) < np.log(_NO_RL * many.spendable))
    if vanished.any():
        again = ends[:, vanished].copy()
        again[2] = -np.inf
        other, other_loss = _ends(many.take(vanished), again, np.zeros(int(vanished.sum()), dtype=bool))
        better = other_loss <= loss[vanished] * (1 + 1e-12)
        index = np.flatnonzero(vanished)[better]
        ends[:, index], loss[index] = other[:, better], other_loss[better]
    return best_of(problem.size, owner, ends, loss)
