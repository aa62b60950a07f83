"""The budget at which the optimum reaches a given loss: the inverse problem, for regret in compute and for targets.

V(C), the loss of the optimum, falls in C with slope -shadow price x C per e-fold, which every solution brings along: Newton's
method on ln V over ln C, kept inside a bracket, needs a handful of solves. Each step is a global solve.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array, Bools, Index
from budgetplan.planning.certificate import worth_of_budget
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve, solve_near

STEPS = 60
"""Most solves."""
SPAN = (np.log(1e6), np.log(1e42))
"""Budgets between which one is looked for. [ln FLOP]"""


@dataclass(frozen=True)
class Equivalent:
    """Budgets that reach given losses.

    Attributes
    ----------
    log_budget : ndarray of shape (instance,)
        ln C'; inf where no budget reaches the loss.
    y : ndarray of shape (4, instance)
        The optimum there, as a solver hands it back.
    loss : ndarray of shape (instance,)
        Its loss.
    """

    log_budget: Array
    y: Array
    loss: Array


def optimal_slope(problem: Problem, y: Array, loss: Array) -> Array:
    """dV/d ln C of each instance, from its own optimum. [loss]

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    y : ndarray of shape (4, instance)
        Optima.
    loss : ndarray of shape (instance,)
        Their losses.
    """
    here = np.where(np.isfinite(loss), y, 0.0)
    _, gradient = problem.loss_and_gradient(here)
    cost = problem.cost(here)
    spent = problem.overspend(here) > -1e-6
    with np.errstate(over="ignore", invalid="ignore"):  # a task loss of e^700, far from any optimum, has an infinite slope
        slope = -worth_of_budget(problem, here, gradient, cost) * problem.budget
    return np.where(spent & np.isfinite(loss), np.minimum(slope, 0.0), 0.0)


def budget_for(
    at: Callable[[Array, Index], Problem],
    loss: Array,
    start: Array,
    tolerance: float = 1e-10,
    highest: float = SPAN[1],
    known: tuple[Array, Array] | None = None,
) -> Equivalent:
    """Least budgets whose optimum is no worse than the given losses.

    Steps between solves follow the basin of the last one; what they end with is then solved globally, and the search goes on from
    there where another basin is better.

    Parameters
    ----------
    at : callable
        From budgets of shape (n,) and the indices of the instances they belong to, shape (n,), to their problem.
    loss : ndarray of shape (instance,)
        Losses to reach.
    start : ndarray of shape (instance,)
        ln C to start from.
    tolerance : float
        Of ln C. [1]
    highest : float
        ln of the largest budget tried.
    known : (ndarray of shape (4, instance), ndarray of shape (instance,)), optional
        Optima at the start and their losses, where they have been found already.

    Returns
    -------
    Equivalent
    """
    count = len(loss)
    low, high = np.full(count, SPAN[0]), np.full(count, highest)
    x = np.clip(start, low, high)
    wanted = np.log(np.maximum(loss, 1e-300))
    reached, proven, done = (np.zeros(count, dtype=bool) for _ in range(3))
    if known is None:
        first = solve(at(np.exp(x), np.arange(count)), 3)
        known = first.y, first.loss
    y, value = known[0].copy(), known[1].copy()
    proven[:] = True
    before = np.full((2, count), np.nan)
    for _ in range(STEPS):
        live = np.flatnonzero(~done)
        if len(live) == 0:
            break
        problem = at(np.exp(x[live]), live)
        finite = np.isfinite(value[live])
        log_value = np.log(np.maximum(np.where(finite, value[live], 1e300), 1e-300))
        below = log_value <= wanted[live] + 1e-14 * np.abs(wanted[live])
        sure = below | proven[live]  # a local optimum above the target proves nothing about the budget
        high[live] = np.where(below, np.minimum(high[live], x[live]), high[live])
        low[live] = np.where(~below & sure, np.maximum(low[live], x[live]), low[live])
        reached[live] |= below
        slope = optimal_slope(problem, y[:, live], value[live]) / np.where(finite, np.maximum(value[live], 1e-300), 1.0)
        # where share limits move with the budget the secant knows more than the derivative does
        with np.errstate(divide="ignore", invalid="ignore"):  # no earlier point: nan, and the derivative serves
            secant = (log_value - before[1, live]) / (x[live] - before[0, live])
        slope = np.where((secant < 0) & (np.abs(x[live] - before[0, live]) < 2.0) & problem.limits.any, secant, slope)
        before[:, live] = np.where(finite, np.stack([x[live], log_value]), np.nan)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # a flat spot gives no step: the bracket decides
            newton = x[live] - (log_value - wanted[live]) / slope
        middle = np.where(reached[live], 0.5 * (low[live] + high[live]), np.minimum(x[live] + 3.0, high[live]))
        good = np.isfinite(newton) & finite & (np.abs(newton - x[live]) < 8.0)
        inside = good & (newton > low[live]) & (newton < high[live])
        following = np.where(inside, newton, middle)
        # where the loss is flat a small difference of losses is a large one of budgets; a few roundings are all that can be asked
        close = np.abs(log_value - wanted[live]) <= np.maximum(0.1 * tolerance * np.minimum(np.abs(slope), 1.0), 1e-15)
        close |= (np.abs(following - x[live]) <= tolerance) | (high[live] - low[live] <= tolerance)
        close |= ~reached[live] & (x[live] >= highest)
        done[live[close & proven[live]]] = True
        check, move = live[close & ~proven[live]], live[~close]
        if len(check) and not len(move):
            # all at once, when none is on the way any more: a global solve of few costs as much as of one
            answer = solve(at(np.exp(x[check]), check), 3)
            y[:, check], value[check], proven[check] = answer.y, answer.loss, True
        if len(move):
            step = following[~close] - x[move]
            x[move] = following[~close]
            problem = at(np.exp(x[move]), move)
            far = ~inside[~close] | (np.abs(step) > 3.0) | ~np.isfinite(value[move])
            y[:, move], value[move], proven[move] = _stepped(problem, y[:, move], step, far)
    none = ~reached & (x >= highest - 1e-9)
    return Equivalent(np.where(none, np.inf, x), y, value)


def _stepped(problem: Problem, y: Array, step: Array, far: Bools) -> tuple[Array, Array, Bools]:
    """Optima after a step in ln C: in the same basin where the step is short, globally where it is far or the basin is lost."""
    out, loss = y.copy(), np.full(problem.size, np.inf)
    near = ~far
    if near.any():
        part = problem.take(near)
        guess = y[:, near].copy()
        guess[:2] += 0.5 * step[near]
        guess[2] += 0.5 * step[near]
        with np.errstate(invalid="ignore"):  # no demand: -inf stays
            more = part.log_inference(np.maximum(part.log_samples(guess[3])[0] + 0.5 * step[near], 1e-3))
            guess[3] = np.where(part.single(guess[3], 1e-9) | ~np.isfinite(more), guess[3], more)
        if problem.limits.fixed[0]:
            guess[0] = part.limits.low[0]
        out[:, near], loss[near] = solve_near(part, guess)
    lost = ~np.isfinite(loss)
    if lost.any():
        answer = solve(problem.take(lost), 3)
        out[:, lost], loss[lost] = answer.y, answer.loss
    return out, loss, lost
