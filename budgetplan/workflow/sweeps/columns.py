"""The columns of a sweep from batched problems: optimum, certificate, equal thirds and what they waste."""

from __future__ import annotations

from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array, Bools, Index
from budgetplan.planning.baselines import baseline_problem, stages_of
from budgetplan.planning.certificate import OPTIMAL, certify_point, residuals
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem, stacked
from budgetplan.planning.solution import Solution
from budgetplan.planning.solver import solve
from budgetplan.workflow.sweeps.additive import has_closed_form, matching_budget, thirds_loss

COLUMNS = (
    "params",
    "pretraining_tokens",
    "rl_tokens",
    "inference_tokens",
    "pretraining_share",
    "rl_share",
    "inference_share",
    "samples_per_query",
    "loss",
    "equal_thirds_loss",
    "equal_thirds_wasted_compute",
    "status",
)
"""Columns after the swept keys; amounts in SI units."""
NUMBERS = len(COLUMNS) - 1
"""Columns that are numbers: all but the status."""
STATUSES = ("optimal", "infeasible", "stalled")
"""Statuses of a batch, by code."""


def solved_columns(problem: Problem, groups: list[Index] | None = None) -> tuple[Array, Any]:
    """The columns of a batch of instances.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances that fix and bound the same rows.
    groups : list of ndarray, optional
        Instances whose limits on shares are the same; default: all.

    Returns
    -------
    numbers : ndarray of shape (11, instance)
        The columns but the last; nan where an instance has no answer.
    status : ndarray of int of shape (instance,)
        Position in `STATUSES`.
    """
    able = feasible_params(problem).any
    best = solve(problem)
    found = np.isfinite(best.loss) & able
    y = np.where(found, best.y, 0.0)
    residual = residuals(problem, y)
    for index in np.flatnonzero(found & ~(residual <= OPTIMAL)):
        # limits make multipliers of their own: the full certificate decides
        residual[index] = certify_point(problem.take(np.array([index])), y[:, index]).kkt_residual
    tokens, cost = np.exp(y[1:]), problem.cost(y)
    tokens[0] += problem.sunk_tokens
    samples = np.exp(problem.log_samples(y[3])[0])
    numbers = np.concatenate([np.exp(y[:1]), tokens, cost / cost.sum(axis=0), [samples, best.loss]])
    numbers = np.where(found, numbers, np.nan)
    thirds = _thirds(problem, best, found, groups or [np.arange(problem.size)])
    status = np.where(~able, 1, np.where(found & (residual <= OPTIMAL), 0, 2))
    return np.concatenate([numbers, thirds]), status


def _thirds(problem: Problem, best: Solution, found: Bools, groups: list[Index]) -> Array:
    """Loss and wasted compute of equal thirds, shape (2, instance); nan where there are none."""
    out = np.full((2, problem.size), np.nan)
    if len(stages_of(problem)) < 2:
        return out
    rest = found
    if has_closed_form(problem):
        loss = thirds_loss(problem)
        known = found & np.isfinite(loss)
        part = problem.take(known)
        log_budget, allowed = matching_budget(part, loss[known])
        out[0, known], out[1, known] = loss[known], 1.0 - np.exp(log_budget - np.log(part.budget))
        # the rest has no thirds, or lies at the fewest params or tokens, which the closed forms do not know
        rest = np.zeros_like(found)
        rest[np.flatnonzero(known)[~allowed]] = True
    if not rest.any():
        return out
    out[0, rest] = _thirds_loss(problem, groups)[rest]
    index = np.flatnonzero(rest & np.isfinite(out[0]))
    if len(index) == 0:
        return out
    part = problem.take(index)
    at_optimum = best.y[:, index], best.loss[index]
    answer = budget_for(lambda c, who: part.take(who).rescaled(c), out[0, index], np.log(part.budget), known=at_optimum)
    wasted = 1.0 - np.exp(answer.log_budget - np.log(part.budget))
    same = np.abs(out[0, index] - best.loss[index]) <= 1e-12 * np.abs(best.loss[index])
    out[1, index] = np.where(same, 0.0, wasted)
    return out


def _thirds_loss(problem: Problem, groups: list[Index]) -> Array:
    """Loss of equal thirds with the best N that limits allow, shape (instance,); nan where there are none."""
    loss = np.full(problem.size, np.nan)
    together: dict[tuple[bool, ...], list[tuple[Index, Problem]]] = {}
    for group in groups:
        # limits on shares bend the rule, alike for all instances of a group
        other = baseline_problem(problem.take(group), "equal-thirds")
        able = feasible_params(other).any
        if able.any():
            other = other.take(able)
            mark = (*map(bool, other.limits.fixed), other.limits.rl_forbidden)
            together.setdefault(mark, []).append((group[able], other))
    for members in together.values():
        index = np.concatenate([group for group, _ in members])
        loss[index] = solve(stacked([other for _, other in members]), 3).loss
    return np.where(np.isfinite(loss), loss, np.nan)
