"""Closed forms that the planner must reproduce: the derivations F1 to F6 and their worked cases B17, B20, B21."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.model import AbstractModel, Outcome
from budgetplan.numerics.arrays import Array
from budgetplan.planning.baselines import baseline_problem, named_split
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve

PARAMS = 1e4
TOKENS = 1e3
"""Tokens per unit of a resource, so that the standing limit of 1e5 pre-training tokens stays out of the way."""


@dataclass(frozen=True)
class Product(AbstractModel):
    """Local log-linear quality: the loss is a product of powers of D, R and k, as F5 and F6 assume."""

    powers: tuple[float, float, float]

    @property
    def uses(self) -> tuple[bool, bool, bool, bool]:
        """D, and those of R and k that have a power."""
        return (True, True, self.powers[1] > 0, self.powers[2] > 0)

    def evaluate(self, x: Array) -> Outcome:
        """The loss at log variables of shape (4, ...)."""
        return Outcome(self.loss_and_gradient(x)[0], None, None)

    def loss_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """The loss and its derivatives, which are minus power times loss."""
        used = [row for row in (1, 2, 3) if self.uses[row]]
        loss = np.exp(-sum(self.powers[row - 1] * x[row] for row in used))
        gradient = np.zeros_like(x)
        for row in used:
            gradient[row] = np.where(np.isfinite(loss), -self.powers[row - 1] * loss, 0.0)
        return loss, gradient


def separate(model: AbstractModel, cost: tuple[float, float, float], budget: float, limited) -> Problem:
    """Three resources with no size in common: N is fixed, so that a unit of stage j costs `cost`; k counts units."""
    kappa = tuple(price / PARAMS / TOKENS for price in cost)
    return limited(problem(model, budget, kappa, TOKENS), {"params": (PARAMS, PARAMS)})


def shares(asked: Problem) -> Array:
    """Shares of compute at the optimum."""
    return asked.cost(solve(asked).y)[:, 0] / asked.budget[0]


def test_f1_and_b17(limited) -> None:
    """Shares are b_i T_i over their sum; equal compute and equal tokens lose 4.45 and 2.44."""
    law = AdditiveLoss(0.0, 0.0, 1.0, 400.0 * TOKENS**0.28, 0.28, 5.0 * TOKENS**0.2, 0.2, 1.0, 0.3)
    asked = separate(law, (6.0, 4.0, 2.0), 1e6, limited)
    best = solve(asked)
    assert shares(asked) == pytest.approx([0.954657, 0.038868, 0.006474], abs=1e-6)
    assert best.loss[0] == pytest.approx(14.86802, abs=1e-5)
    weights = -law.loss_and_gradient(asked.law_point(best.y))[1][1:, 0]
    assert shares(asked) == pytest.approx(weights / weights.sum(), rel=1e-9)
    assert solve(baseline_problem(asked, "equal-thirds")).loss[0] == pytest.approx(19.31881, abs=1e-5)
    equal = solve(baseline_problem(asked, "equal-tokens"))
    assert equal.loss[0] == pytest.approx(17.31030, abs=1e-5)
    assert np.ptp(equal.y[1:, 0]) <= 1e-12


@pytest.mark.parametrize("budget", [1e19, 1e23, 1e27])
def test_f2_shared_size(additive: AdditiveLoss, budget: float) -> None:
    """Alpha T_N is the sum of b_i T_i, and each stage's share is b_i T_i over alpha T_N (Chinchilla's condition, for three)."""
    asked = problem(additive, budget, (6.0, 14.0, 8.0), 1e-3 * np.sqrt(3 * budget))
    weights = -additive.loss_and_gradient(asked.law_point(solve(asked).y))[1][:, 0]
    assert weights[0] == pytest.approx(weights[1:].sum(), rel=1e-10)
    assert shares(asked) == pytest.approx(weights[1:] / weights[0], rel=1e-10)


@pytest.mark.parametrize("served", [1e10, 1e12, 1e14])
def test_f3_fixed_demand(served: float) -> None:
    """With served tokens that only cost, pre-training's share of lifetime compute is beta T_D/(alpha T_N)."""
    model = load_law("besiroglu-2024").model
    asked = problem(model, 5.76e23, (6.0, 14.0, 2.0), 0.0, served)
    weights = -model.loss_and_gradient(asked.law_point(solve(asked).y))[1][:2, 0]
    assert shares(asked)[0] == pytest.approx(weights[1] / weights[0], rel=1e-10)
    assert shares(asked)[2] == pytest.approx(1 - weights[1] / weights[0], rel=1e-6)


def test_f3_equal_halves_where_the_elasticities_say_so() -> None:
    """Demand at which training and serving cost the same: beta T_D is alpha T_N/2 there, and only there."""
    model = load_law("besiroglu-2024").model
    served = np.geomspace(1e11, 1e14, 301)
    asked = problem(model, np.full(301, 5.76e23), (6.0, 14.0, 2.0), 0.0, served)
    answer = solve(asked)
    share = asked.cost(answer.y)[0] / 5.76e23
    weights = -model.loss_and_gradient(asked.law_point(answer.y))[1]
    assert share[0] > 0.5 > share[-1]
    assert np.array_equal(share > 0.5, weights[1] > 0.5 * weights[0])


def test_f4_and_b20(limited) -> None:
    """Equal terms at different prices: neither equal compute nor equal tokens."""
    size = TOKENS**0.3
    asked = separate(AdditiveLoss(0.0, 0.0, 1.0, size, 0.3, size, 0.3, 1.0, 0.3), (6.0, 4.0, 2.0), 1e8, limited)
    assert shares(asked) == pytest.approx([0.3722, 0.3390, 0.2888], abs=1e-4)
    tokens = np.exp(solve(asked).y[1:, 0])
    assert tokens / tokens[0] == pytest.approx([1.0, 1.366, 2.328], rel=1e-3)
    powers = np.array([6.0, 4.0, 2.0]) ** (0.3 / 1.3)
    assert shares(asked) == pytest.approx(powers / powers.sum(), rel=1e-9)


@pytest.mark.parametrize(("p", "q"), [(1.0, 1.0), (0.4, 0.7), (1.7, 1.0)])
def test_f5_two_costs(limited, p: float, q: float) -> None:
    """Along equal quality training costs a x^p and inference b x^-q: at the optimum p times the one is q times the other."""
    asked = separate(Product((q, 0.0, p)), (6.0, 4.0, 2.0), 1e9, limited)
    cost = asked.cost(solve(asked).y)[:, 0]
    assert p * cost[0] == pytest.approx(q * cost[2], rel=1e-8)
    assert (cost[0] == pytest.approx(cost[2], rel=1e-8)) == (p == q)


@pytest.mark.parametrize(
    ("parts", "kept"),
    [((0.5, 0.25, 0.25), 0.9428), ((0.6, 0.3, 0.1), 0.8182), ((0.8, 0.15, 0.05), 0.6152), ((1 / 3, 1 / 3, 1 / 3), 1.0)],
)
def test_f6_and_b21(limited, parts: tuple[float, float, float], kept: float) -> None:
    """Effective compute that an equal split keeps is exp(H(shares))/3: one minus the wasted compute."""
    asked = separate(Product(parts), (6.0, 4.0, 2.0), 1e9, limited)
    assert shares(asked) == pytest.approx(parts, rel=1e-8)
    thirds = solve(named_split(asked, dict.fromkeys(("pretraining", "rl", "inference"), 1 / 3)))
    found = budget_for(lambda c, who: asked.take(who).rescaled(c), thirds.loss, np.log(asked.budget))
    ratio = float(np.exp(found.log_budget[0])) / 1e9
    assert ratio == pytest.approx(kept, abs=1e-4)
    assert ratio == pytest.approx(np.exp(-(np.array(parts) * np.log(parts)).sum()) / 3, rel=1e-9)


def test_a5_exponent_of_the_optimal_size() -> None:
    """N grows as C^(beta/(alpha + beta)), .513 under the Besiroglu law."""
    asked = problem(load_law("besiroglu-2024").model, np.array([1e20, 1e26]), (6.0, 1.0, 1.0))
    exponent = np.diff(solve(asked).y[0])[0] / np.log(1e6)
    assert exponent == pytest.approx(0.513, abs=1e-3)
    assert exponent == pytest.approx(0.3658 / (0.3478 + 0.3658), rel=1e-10)


@pytest.mark.parametrize(("factor", "loss"), [(0.5, 2.13892), (2.0, 2.13900)])
def test_a8_half_and_double_the_size(limited, factor: float, loss: float) -> None:
    """Away from the optimum at the same compute the loss rises by .0095, and at once: the optimum is flat."""
    free = problem(load_law("besiroglu-2024").model, 1.23e22, (6.0, 1.0, 1.0))
    best = solve(free)
    size = factor * float(np.exp(best.y[0, 0]))
    held = solve(limited(free, {"params": (size, size)}))
    assert held.loss[0] == pytest.approx(loss, abs=1e-4)
    assert held.loss[0] - best.loss[0] == pytest.approx(0.0096, abs=2e-4)
    assert free.cost(held.y).sum() == pytest.approx(1.23e22, rel=1e-12)
