"""Data of the figures that need more than a study: the loss over all splits, and regret against budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.allocation import STAGES
from budgetplan.planning.baselines import NAMES, baseline_problem, named_split, stages_of
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.limits import Limits
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.version import VERSION
from budgetplan.workflow.plans.planner import plan
from budgetplan.workflow.resolve.amount import names_amount, resolve_amount
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import Question, resolve
from budgetplan.workflow.resolve.settle import require_shared_price

STEPS = 40
"""Cells along each side of the ternary map."""
DECADES = (1e20, 1e28)
"""Budgets of the regret curve where the scenario has none to centre on. [FLOP]"""


@dataclass(frozen=True)
class TernaryMap:
    """Loss over all splits between three stages, N re-optimised in each.

    Attributes
    ----------
    shares : ndarray of shape (cell, 3)
        Of pre-training, RL, inference. [1]
    loss : ndarray of shape (cell,)
        nan where the split is not feasible. [loss]
    wasted : ndarray of shape (cell,)
        Wasted compute against the optimum. [1]
    optimum, thirds : ndarray of shape (3,)
        Shares. [1]
    tolerance : float
        Wasted compute that still counts as near-optimal. [1]
    region : ndarray of shape (cell,)
        Which cells are near-optimal. [1]
    stages : tuple of str
    loss_name, caption : str
    """

    shares: Array
    loss: Array
    wasted: Array
    optimum: Array
    thirds: Array
    tolerance: float
    region: Bools
    stages: tuple[str, ...]
    loss_name: str
    caption: str


@dataclass(frozen=True)
class RegretCurve:
    """Wasted compute of the baselines against budget.

    Attributes
    ----------
    budget : ndarray of shape (point,)
        [FLOP]
    baselines : mapping of str to ndarray of shape (point,)
        Wasted compute; nan where the baseline is not feasible. [1]
    shares : mapping of str to ndarray of shape (point,)
        Of the optimum. [1]
    measured : (float, float) or None
        Training compute on which the pre-training law was measured. [FLOP]
    caption : str
    band : (ndarray, ndarray) or None
        Ends of the 90 % intervals of what equal thirds waste, shape (point,), nan where not drawn; None without draws. [1]
    """

    budget: Array
    baselines: Mapping[str, Array]
    shares: Mapping[str, Array]
    measured: tuple[float, float] | None
    caption: str
    band: tuple[Array, Array] | None = None


def _shares_grid() -> Array:
    """Inner points of the triangle of shares, shape (cell, 3)."""
    first, second = np.meshgrid(np.arange(1, STEPS), np.arange(1, STEPS), indexing="ij")
    inside = first + second < STEPS
    a, b = first[inside] / STEPS, second[inside] / STEPS
    return np.stack([a, b, 1.0 - a - b], axis=1)


def ternary_map(scenario: Scenario) -> TernaryMap:
    """The loss of every split of the scenario's budget between the three stages.

    Parameters
    ----------
    scenario : Scenario
        With a law that knows three stages.

    Returns
    -------
    TernaryMap

    Raises
    ------
    ScenarioError
        If the law knows fewer stages.
    """
    require_law_objective(scenario, "The loss of every split")
    question = resolve(scenario)
    require_shared_price(question, "The loss of every split")
    study = plan(scenario)
    problem = question.at(np.array([study.budget.flop]))
    if len(stages_of(problem)) < 3:
        raise ScenarioError(f"The law `{question.law.id}` has no three stages to map.", "Use --law default.")
    shares = _shares_grid()
    loss = _losses_of_splits(problem, shares)
    best = np.array([study.plan.loss])
    wanted = np.isfinite(loss)
    wasted = np.full(len(loss), np.nan)
    wasted[wanted] = 1.0 - np.exp(_log_budgets(problem, loss[wanted], float(best[0])) - np.log(study.budget.flop))
    return TernaryMap(
        shares,
        np.where(wanted, loss, np.nan),
        wasted,
        np.array([study.plan.share[stage] for stage in STAGES]),
        np.full(3, 1 / 3),
        scenario.tolerance,
        np.nan_to_num(wasted, nan=1.0) <= scenario.tolerance,
        STAGES,
        "Task loss (nat/task)" if study.plan.success is not None else "Loss (nat)",
        study.caption,
    )


def _losses_of_splits(problem: Problem, shares: Array) -> Array:
    """Loss of each split, N re-optimised, shape (cell,); inf where it is not feasible."""
    many = problem.repeated(len(shares))
    split = named_split(many, {"pretraining": 1 / 3, "rl": 1 / 3, "inference": 1 / 3})
    low, high = split.limits.low.copy(), split.limits.high.copy()
    rows = np.log(shares.T * many.budget / many.kappa[:, None])
    low[4:], high[4:] = rows, rows
    cells = Problem(many.model, many.budget, many.kappa, many.first_sample, many.served, Limits(low, high), many.sunk_tokens)
    return solve(cells, 1).loss


def _log_budgets(problem: Problem, losses: Array, best: float) -> Array:
    """ln of the budgets at which the optimum has these losses: from a table of optima, interpolated where it is smooth."""
    worst = float(losses.max())
    lowest = budget_for(lambda c, _: problem.rescaled(c), np.array([worst]), np.log(problem.budget) - 1.0).log_budget[0]
    grid = np.linspace(lowest - 0.01, float(np.log(problem.budget[0])), 200)
    many = problem.repeated(len(grid)).rescaled(np.exp(grid))
    values = np.log(solve(many, 3).loss)
    values[-1] = np.log(best)
    order = np.argsort(values)
    return np.interp(np.log(losses), values[order], grid[order])


def regret_curve(scenario: Scenario, points: int = 49) -> RegretCurve:
    """Wasted compute of the baselines over budgets around the scenario's.

    Parameters
    ----------
    scenario : Scenario
        Its budget, where there is one, is the middle.
    points : int
        Budgets, spaced evenly in their logarithm.

    Returns
    -------
    RegretCurve
        Demand follows the budget where it is assumed.

    Raises
    ------
    ScenarioError
        If the law knows only one stage: there is nothing to split.
    """
    require_law_objective(scenario, "What rules of thumb waste")
    question = resolve(scenario)
    require_shared_price(question, "The curve of regret")
    low, high = DECADES
    if names_amount(scenario):
        middle = resolve_amount(scenario).flop
        low, high = middle * 1e-3, middle * 1e3
    budget = np.logspace(np.log10(low), np.log10(high), points)
    problem = question.at(budget)
    if len(stages_of(problem)) < 2:
        raise ScenarioError(f"The law `{question.law.id}` has one stage: there is nothing to split.", "Use --law default.")
    best = solve(problem)
    cost = np.where(np.isfinite(best.loss), problem.cost(best.y), np.nan)
    baselines = {name: _wasted(problem, name) for name in NAMES}
    band = None
    if scenario.draws:
        from budgetplan.workflow.charts.regret_band import regret_band

        band = regret_band(question, problem, best.y)
    drawn = f"; band of equal thirds: 90 % of {scenario.draws} draws" if scenario.draws else ""
    return RegretCurve(
        budget,
        baselines,
        dict(zip(STAGES, cost / budget, strict=True)),
        measured_compute(question),
        f"Law {question.law.id} ({question.law.hash}); each baseline with its best model size{drawn}; budgetplan {VERSION}.",
        band,
    )


def _wasted(problem: Problem, name: str) -> Array:
    """Wasted compute of a baseline at each budget; nan where it is not feasible."""
    other = baseline_problem(problem, name)
    out = np.full(problem.size, np.nan)
    able = np.flatnonzero(feasible_params(other).any & feasible_params(problem).any)
    if not able.size:
        return out
    loss = solve(other.take(able), 2).loss
    finite = np.isfinite(loss)
    out[able[~finite]] = 1.0
    if not finite.any():
        return out
    part = problem.take(able[finite])
    answer = budget_for(lambda c, who: part.take(who).rescaled(c), loss[finite], np.log(part.budget) - 0.05)
    out[able[finite]] = 1.0 - np.exp(answer.log_budget - np.log(part.budget))
    return out


def measured_compute(question: Question) -> tuple[float, float] | None:
    """Training compute on which the law's pre-training was measured. [FLOP]

    Parameters
    ----------
    question : Question
    """
    for record in question.law.parts.values():
        if record.link in ("pretraining", "joint") and "training_flop" in record.box:
            return record.box["training_flop"]
    return None
