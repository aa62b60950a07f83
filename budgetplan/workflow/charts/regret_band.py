"""The band of the regret figure: what equal thirds waste under the draws of the law, budget by budget."""

from __future__ import annotations

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.baselines import baseline_problem
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.workflow.plans.uncertain import PLAN, THIRDS, plan_under_draws
from budgetplan.workflow.resolve.question import Question

EVERY = 8
"""Of the figure's budgets, which have a band."""


def regret_band(question: Question, problem: Problem, y: Array) -> tuple[Array, Array]:
    """Ends of the 90 % intervals of the compute that equal thirds waste, shape (point,) each; nan where not known. [1]

    Parameters
    ----------
    question : Question
        Its scenario says how many draws.
    problem : Problem
        Of shape (point,).
    y : ndarray of shape (4, point)
        Optima.

    Raises
    ------
    ScenarioError
        If the law states no spread.
    """
    out = np.full((2, problem.size), np.nan)
    thirds = baseline_problem(problem, THIRDS)
    able = feasible_params(thirds).any & feasible_params(problem).any
    for at in np.flatnonzero(able)[:: EVERY if able.sum() > EVERY else 1]:
        one = np.array([at])
        rule = solve(thirds.take(one), 2)
        found = plan_under_draws(question, problem.take(one), {PLAN: y[:, at], THIRDS: rule.y[:, 0]}).intervals["wasted_compute"]
        out[:, at] = found["q05"], found["q95"]
    return out[0], out[1]
