"""Global optimum of a problem without limits but fixed params or pre-training tokens: scan, descend on the right face, compare.

Each start descends on the face it lies on. Where a descent on the face with free samples ends below one sample per query, the
optimum of that basin has k = 1 and is found on the other face; where the end on a face would gain from leaving it (a first RL
token, a second sample, earns more than it costs), the descent goes on from a small step off the face. Limits are left to
`interior`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array, Bools, Index
from budgetplan.planning.certificate import worth_of_budget
from budgetplan.planning.faces import Face
from budgetplan.planning.newton import descend
from budgetplan.planning.problem import Problem
from budgetplan.planning.scan import find_basins
from budgetplan.planning.solution import Solution

SAME = 1e-7
"""Relative difference in loss below which two ends are one basin."""
OFF_FACE = 1e-3
"""Share of compute with which a descent leaves a face."""
_NO_RL = 1e-7
"""RL share below which no RL is tried in its place."""


@dataclass
class _Ends:
    """Ends of the descents, filled in as they come."""

    y: Array
    loss: Array


def _descend_all(problem: Problem, y: Array, rl: Bools, samples: Bools) -> _Ends:
    """Descends every start on its face; one instance of `problem` per start."""
    ends = _Ends(y.copy(), np.full(problem.size, np.inf))
    free = ~problem.limits.fixed
    for with_rl in (False, True):
        for with_samples in (False, True):
            chosen = (rl == with_rl) & (samples == with_samples)
            if not chosen.any():
                continue
            face, part = Face(with_rl, with_samples, bool(free[0]), bool(free[1])), problem.take(chosen)
            result = descend(face, part, face.coordinates(part, y[:, chosen]))
            ends.y[:, chosen] = face.allocate(part, result.z)[0]
            ends.loss[chosen] = result.loss
    return ends


def _nudged(problem: Problem, y: Array, rl: Bools, samples: Bools) -> Array:
    """y with a small share for tokens that the face has and the point lacks, and none for those it does not have."""
    out = y.copy()
    log_share = np.log(OFF_FACE * problem.spendable) - out[0]
    lacking = rl & ~(out[2] > -np.inf)
    out[2] = np.where(lacking, log_share - np.log(problem.kappa[1]), np.where(rl, out[2], -np.inf))
    with np.errstate(invalid="ignore"):  # no demand: -inf stays
        more = np.logaddexp(problem.least_inference, log_share - np.log(problem.kappa[2]))
        at_one = problem.single(out[3], 1e-9)
    out[3] = np.where(samples & at_one, more, np.where(samples, out[3], problem.least_inference))
    return out


def _gains_off_face(problem: Problem, y: Array) -> tuple[Bools, Bools]:
    """Whether a first RL token, a second sample would lower the loss more than its cost: per instance."""
    _, gradient = problem.loss_and_gradient(y)
    cost = problem.cost(y)
    worth = worth_of_budget(problem, y, gradient, cost)
    rl = np.zeros(problem.size, dtype=bool)
    if problem.has_rl:
        few = y.copy()
        few[2] = np.where(y[2] > -np.inf, y[2], np.log(1e-9 * problem.spendable / problem.kappa[1]) - y[0])
        marginal = -problem.loss_and_gradient(few)[1][2] / problem.cost(few)[1]
        rl = (y[2] == -np.inf) & (marginal > worth * (1 + 1e-9))
    samples = np.zeros(problem.size, dtype=bool)
    if problem.has_samples:
        at_one = problem.single(y[3], 1e-12)
        samples = at_one & (-gradient[3] / cost[2] > worth * (1 + 1e-9))
    return rl, samples


def solve_unlimited(problem: Problem, starts: int = 4, spare: int = 0) -> Solution:
    """Global optimum of every instance, limits other than a fixed N or D ignored.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    starts, spare : int
        Basins followed and further cells tried per instance.

    Returns
    -------
    Solution
        `loss` is inf for an instance whose first sample alone exceeds the budget at the fewest params.
    """
    basins = find_basins(problem, starts, spare)
    owner, y = basins.instance, basins.y
    many = problem.take(owner)
    rl = y[2] > -np.inf
    samples = ~many.single(y[3], 1e-12)
    ends = _descend_all(many, y, rl, samples)
    settled = np.zeros(many.size, dtype=bool)
    for _ in range(3):
        too_few = samples & ~(ends.y[3] >= many.least_inference)
        vanished = rl & (ends.y[2] + ends.y[0] + np.log(problem.kappa[1]) < np.log(_NO_RL * many.spendable))
        more_rl, more_samples = _gains_off_face(many, np.where(np.isfinite(ends.loss), ends.y, y))
        # back and forth between k < 1 and "a second sample gains" cannot both hold at a local minimum: prefer k = 1
        change = too_few | (~settled & (vanished | more_rl | (more_samples & ~too_few)))
        if not change.any():
            break
        new_rl = (rl & ~vanished) | more_rl
        new_samples = (samples & ~too_few) | (more_samples & ~too_few)
        part = many.take(change)
        start = _nudged(part, ends.y[:, change], new_rl[change], new_samples[change])
        start[3] = np.where(new_samples[change], np.maximum(start[3], part.least_inference), part.least_inference)
        again = _descend_all(part, start, new_rl[change], new_samples[change])
        # where the other face did not help (RL that pays at the margin can cost more before), the end stays where it is
        stays = ~too_few[change] & ~(again.loss <= ends.loss[change])
        settled[np.flatnonzero(change)[stays]] = True
        index = np.flatnonzero(change)[~stays]
        ends.y[:, index], ends.loss[index] = again.y[:, ~stays], again.loss[~stays]
        rl[index], samples[index] = new_rl[index], new_samples[index]
    broken = samples & ~(ends.y[3] >= many.least_inference - 1e-12)
    return best_of(problem.size, owner, ends.y, np.where(broken, np.inf, ends.loss))


def descend_from(problem: Problem, y: Array) -> tuple[Array, Array]:
    """Local optima from given points of one start per instance, and their losses.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    y : ndarray of shape (4, instance)
        Starts; tokens that are absent stay absent, and a sample that is single stays single.
    """
    samples = ~problem.single(y[3], 1e-9)
    ends = _descend_all(problem, y, (y[2] > -np.inf) & problem.has_rl, samples)
    broken = samples & ~(ends.y[3] >= problem.least_inference - 1e-12)
    return ends.y, np.where(broken, np.inf, ends.loss)


def best_of(size: int, owner: Index, y: Array, loss: Array) -> Solution:
    """The best end of each instance, the spread within its basin, and the runner-up basin.

    Parameters
    ----------
    size : int
        Number of instances.
    owner : ndarray of shape (start,)
        Instance of each end.
    y : ndarray of shape (4, start)
        Ends.
    loss : ndarray of shape (start,)
        Their losses.
    """
    order = np.lexsort((loss, owner))
    best = np.full(size, np.inf)
    out, second_y = np.full((4, size), np.nan), np.full((4, size), np.nan)
    first = np.unique(owner[order], return_index=True)
    best[first[0]] = loss[order][first[1]]
    out[:, first[0]] = y[:, order][:, first[1]]
    gap = np.where(np.isfinite(loss), loss, np.inf) - np.where(np.isfinite(best), best, 0.0)[owner]
    same = np.isfinite(gap) & (gap <= SAME * np.abs(best[owner]))
    spread, second = np.zeros(size), np.full(size, np.inf)
    np.maximum.at(spread, owner[same], gap[same] / np.maximum(np.abs(best[owner[same]]), 1e-300))
    for index in order[::-1]:
        if not same[index] and np.isfinite(gap[index]):
            second[owner[index]] = loss[index]
            second_y[:, owner[index]] = y[:, index]
    return Solution(out, best, spread, second, second_y)
