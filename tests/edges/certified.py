"""What every answer at the edge has to be: finite and certified, or said beforehand to be impossible."""

from __future__ import annotations

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.certificate import OPTIMAL, certify_point
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem
from budgetplan.planning.solution import Solution
from budgetplan.planning.solver import solve

KAPPA = (6.0, 14.0, 8.0)
"""GRPO with decoding at a quarter of training utilisation. [FLOP/(param token)]"""
BUDGETS = np.geomspace(1e15, 1e32, 18)
"""One per decade. [FLOP]"""


def problems_of(one: Problem) -> list[Problem]:
    """Each instance by itself."""
    return [one.take(np.array([index])) for index in range(one.size)]


def residuals_at(many: Problem, y: Array) -> Array:
    """KKT residual of each instance, from the full certificate."""
    return np.array([certify_point(one, y[:, index]).kkt_residual for index, one in enumerate(problems_of(many))])


def checked(many: Problem, starts: int = 4) -> Solution:
    """The solution of a batch, of which every feasible instance is certified and every other one is left without an answer."""
    answer = solve(many, starts)
    able = feasible_params(many).any
    assert np.array_equal(np.isfinite(answer.loss), able), (answer.loss, able)
    part, y = many.take(able), answer.y[:, able]
    assert np.all(np.isfinite(y[:2]))
    assert not np.isnan(y).any()
    worst = residuals_at(part, y)
    assert np.all(worst <= OPTIMAL), (part.budget[worst > OPTIMAL], worst[worst > OPTIMAL])
    assert np.all(answer.loss[able] >= many.model.floor)
    assert np.all(np.exp(part.log_samples(y[3])[0]) >= 1.0)
    return answer
