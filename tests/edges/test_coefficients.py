"""Exponents from nearly 0 to nearly 2 and sizes over twelve decades: certified, and the truth where there is an exact one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.coverage import BetaSpread
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.rl_gain import LogarithmicGain, SaturatingGain
from budgetplan.laws.selection import Selection, false_positive
from budgetplan.laws.task_link import LogisticTask
from budgetplan.planning.additive_solver import solve_additive
from budgetplan.planning.certificate import OPTIMAL
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from tests.edges.certified import KAPPA, checked, problems_of, residuals_at
from tests.oracles.dense_grid import dense_minimum
from tests.oracles.mpmath_additive import reducible_optimum

EXPONENTS = (1e-4, 0.01, 0.3, 1.0, 1.99)
SIZES = (1e-6, 1.0, 1e6)
BUDGETS = np.array([1e15, 1e24, 1e32])


@pytest.mark.parametrize("alpha", EXPONENTS)
@pytest.mark.parametrize("beta", EXPONENTS)
def test_the_additive_family(alpha: float, beta: float) -> None:
    """All sizes of the terms of params and of samples, in one batch of drawn coefficients per pair of exponents."""
    cells = [(budget, a, h) for budget in BUDGETS for a in SIZES for h in SIZES]
    budget, a, h = (np.array(column) for column in zip(*cells, strict=True))
    law = AdditiveLoss(1.8, a, alpha, np.full(len(a), 2e3), beta, 5.0, 0.5, h, beta)
    first = 1e-6 * np.sqrt(budget)
    many = replace(problem(law, budget, KAPPA, first), drawn=True)
    free, answer = solve_additive(many), solve(many)
    worst = residuals_at(many, answer.y)
    assert np.all(worst <= OPTIMAL), (np.array(cells)[worst > OPTIMAL], worst[worst > OPTIMAL])
    assert np.all(answer.loss >= free.loss * (1 - 1e-12))
    assert np.all(np.isfinite(answer.loss))


@pytest.mark.parametrize("exponents", [(0.01, 1.99, 0.01), (1.99, 0.01, 1.99), (0.01, 0.01, 0.01), (1.99, 1.99, 1.99)])
@pytest.mark.parametrize("budget", [1e18, 1e32])
def test_the_exact_solver_against_fifty_digits(exponents: tuple[float, float, float], budget: float) -> None:
    """Where fewer params or tokens than are planned for would be best, the limit holds, and the free optimum lies no higher."""
    alpha, beta, gamma = exponents
    for size in (1e-3, 1e6):
        law = AdditiveLoss(0.0, 480.0, alpha, size, beta, 5.0, gamma)
        loss, params, tokens = reducible_optimum(budget, (law.A, law.alpha), [(law.B, beta), (law.G, gamma)], KAPPA[:2], 0.0)
        answer = checked(problem(law, budget, KAPPA))
        if params >= 1e4 and tokens[0] >= 1e5:
            assert answer.loss[0] == pytest.approx(float(loss), rel=1e-11)
            assert np.exp(answer.y[0, 0]) == pytest.approx(float(params), rel=1e-8)
        else:
            assert answer.loss[0] >= float(loss) * (1 - 1e-12)


def extreme_problem(seed: int) -> Problem:
    """A joint law whose coefficients are drawn over decades, at a budget from 1e15 to 1e32 FLOP."""
    rng = np.random.default_rng(seed)
    floor = 10 ** rng.uniform(-2, 1)
    base = ChinchillaLoss(floor, 10 ** rng.uniform(-3, 9), 10 ** rng.uniform(-3, 9), *rng.uniform(0.02, 1.98, 2))
    task = LogisticTask(10 ** rng.uniform(-1, 2), floor + 10 ** rng.uniform(-3, 0.5), float(rng.choice([0.0, 0.25])))
    gain = 10 ** rng.uniform(-3, 0.5)
    logs = LogarithmicGain(gain, 10 ** rng.uniform(0, 12))
    rl = logs if seed % 2 else SaturatingGain(gain, 10 ** rng.uniform(3, 15), rng.uniform(0.05, 1.95))
    spread = BetaSpread(10 ** rng.uniform(-2, 1), rng.uniform(1.0, 2.0))
    selection = [Selection(0.27, 100.0), Selection(), false_positive(10 ** rng.uniform(-6, -0.3))][seed % 3]
    budget = 10 ** rng.uniform(15, 32)
    first = float(rng.choice([0.0, 1.0])) or np.sqrt(budget) * 10 ** rng.uniform(-6, 1)
    return problem(FourLinks(base, task, rl, spread, selection), budget, KAPPA, min(first, budget / KAPPA[2] / 1e6))


@pytest.mark.parametrize("seed", range(60))
def test_joint_laws(seed: int) -> None:
    """Certified, with a task loss down to 1e-103 nat too."""
    checked(extreme_problem(seed), 8)


@pytest.mark.parametrize("seed", [3, 14, 27, 41])
def test_a_dense_grid_finds_nothing_better(seed: int) -> None:
    one = extreme_problem(seed)
    loss, truth = float(checked(one, 8).loss[0]), dense_minimum(one, count=24, starts=2)
    assert truth is not None
    assert loss <= truth.loss * (1 + 1e-9) + 1e-300


@pytest.mark.parametrize("unique", [1.0, 1e5, 1e9, 1e14])
@pytest.mark.parametrize("name", ["muennighoff-2023", "besiroglu-2024", "default"])
def test_unique_data_however_few(name: str, unique: float) -> None:
    """One distinct token is no law of anything, and still has one optimum."""
    model = load_law(name).with_options(unique_tokens=unique).model
    budgets = np.array([1e15, 1e21, 1e27, 1e32])
    several = problems_of(problem(model, budgets, KAPPA, 1e9 if name == "default" else 0.0))
    loss = [float(checked(one, 8).loss[0]) for one in several]
    assert np.all(np.diff(loss) <= 0)
