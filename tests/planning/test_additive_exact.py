"""The additive optimum against 50 digits, 1e18 to 1e29 FLOP, with and without served tokens, with k = 1 binding."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.planning.problem import problem
from budgetplan.planning.solver import solve
from tests.oracles.mpmath_additive import reducible_optimum

KAPPA = (6.0, 14.0, 8.0)
BUDGETS = np.geomspace(1e18, 1e29, 12)
EXACT = 1e-12


def reducible(law: AdditiveLoss | ChinchillaLoss, n: float, d: float, r: float, k: float) -> float:
    """The loss without its floor at ln N, ln D, ln R, ln k."""
    out = law.A * np.exp(-law.alpha * n) + law.B * np.exp(-law.beta * d)
    if isinstance(law, AdditiveLoss):
        out += law.G * np.exp(-law.gamma * r) + law.H * np.exp(-law.delta * k)
    return float(out)


@pytest.mark.parametrize("served", [0.0, 0.3, 30.0])
@pytest.mark.parametrize("budget", BUDGETS)
def test_samples_are_a_choice(additive: AdditiveLoss, budget: float, served: float) -> None:
    """Cheap first samples: k > 1; `served` in units of the first sample."""
    first = 2e-3 * np.sqrt(3 * budget)
    law = additive
    terms = [(law.B, law.beta), (law.G, law.gamma), (law.H * first**law.delta, law.delta)]
    loss, params, tokens = reducible_optimum(budget, (law.A, law.alpha), terms, KAPPA, KAPPA[2] * served * first)
    assert tokens[2] > first, "the case is meant to have more than one sample"
    given = problem(law, budget, KAPPA, first, served * first)
    solution = solve(given)
    y = solution.y[:, 0]
    k = np.log(np.exp(y[3]) / first - served)
    assert reducible(law, y[0], y[1], y[2], k) == pytest.approx(float(loss), rel=EXACT)
    assert solution.loss[0] - law.E == pytest.approx(float(loss), rel=EXACT)
    assert given.cost(solution.y).sum() == pytest.approx(budget, rel=EXACT)
    assert np.exp(y[:3]) == pytest.approx([float(params), float(tokens[0]), float(tokens[1])], rel=1e-11)


@pytest.mark.parametrize("served", [0.0, 3.0])
@pytest.mark.parametrize("budget", BUDGETS)
def test_one_sample_binds(additive: AdditiveLoss, budget: float, served: float) -> None:
    """Dear first samples and little to gain from a second: k = 1, and demand is a fixed cost per param."""
    first = 3.0 * np.sqrt(3 * budget)
    law = replace(additive, H=2e-3)
    fixed = KAPPA[2] * first * (1 + served)
    loss, params, _ = reducible_optimum(budget, (law.A, law.alpha), [(law.B, law.beta), (law.G, law.gamma)], KAPPA[:2], fixed)
    free = [(law.B, law.beta), (law.G, law.gamma), (law.H * first**law.delta, law.delta)]
    assert reducible_optimum(budget, (law.A, law.alpha), free, KAPPA, KAPPA[2] * served * first)[2][2] < first
    solution = solve(problem(law, budget, KAPPA, first, served * first))
    y = solution.y[:, 0]
    assert y[3] == pytest.approx(log(first * (1 + served)), rel=1e-15)
    assert reducible(law, y[0], y[1], y[2], 0.0) - law.H == pytest.approx(float(loss), rel=EXACT)
    assert np.exp(y[0]) == pytest.approx(float(params), rel=1e-11)


@pytest.mark.parametrize("served", [0.0, 1e11, 1e13])
@pytest.mark.parametrize("budget", BUDGETS)
def test_chinchilla_with_served_tokens(budget: float, served: float) -> None:
    """A pre-training law: the classic problem, and Sardana's with a fixed number of served tokens."""
    law = ChinchillaLoss(1.8172, 482.01, 2085.43, 0.3478, 0.3658)
    loss, params, tokens = reducible_optimum(budget, (law.A, law.alpha), [(law.B, law.beta)], [6.0], 2.0 * served)
    y = solve(problem(law, budget, (6.0, 14.0, 2.0), 0.0, served)).y[:, 0]
    assert reducible(law, y[0], y[1], -np.inf, 0.0) == pytest.approx(float(loss), rel=EXACT)
    assert np.exp(y[:2]) == pytest.approx([float(params), float(tokens[0])], rel=1e-11)


def test_many_budgets_at_once_are_the_single_ones(additive: AdditiveLoss) -> None:
    """One sweep across k = 1 and k > 1, longer than a chunk."""
    budgets = np.geomspace(1e18, 1e29, 9001)
    first = np.full_like(budgets, 5e10)
    many = solve(problem(additive, budgets, KAPPA, first))
    one = many.y[3] <= np.log(5e10)
    assert 100 < one.sum() < 8900
    for index in range(0, 9001, 750):
        single = solve(problem(additive, budgets[index], KAPPA, 5e10))
        assert many.y[:, index] == pytest.approx(single.y[:, 0], rel=1e-14)
        assert many.loss[index] == pytest.approx(single.loss[0], rel=1e-14)
