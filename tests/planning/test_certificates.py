"""Certificates: what is not optimal is not called so, shadow prices are derivatives, conflicts and bounds are what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetplan.laws.catalogue import load_law
from budgetplan.planning import bound
from budgetplan.planning.bound import lower_bound
from budgetplan.planning.certificate import certify_point
from budgetplan.planning.feasible import conflict, feasible_params, stage_costs
from budgetplan.planning.limits import ROW_NAMES, no_limits
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from tests.oracles.random_problems import random_problem

BUDGET, KAPPA = 1e25, np.array([6.0, 14.0, 8.0])


def asked(low: dict[int, float] | None = None, high: dict[int, float] | None = None, budget: float = BUDGET) -> Problem:
    """The default law with bounds on rows in SI units; rows 4 to 6 in shares."""
    limits = no_limits(1)
    for side, bounds in ((limits.low, low or {}), (limits.high, high or {})):
        for row, value in bounds.items():
            side[row] = np.log(value * budget / KAPPA[row - 4] if row >= 4 else value)
    return problem(load_law("default").model, budget, KAPPA, 5.34e11, 0.0, limits)


def test_a_point_off_the_optimum_is_stalled() -> None:
    one = asked()
    best = solve(one).y[:, 0]
    assert certify_point(one, best).status == "optimal"
    moved = best.copy()
    moved[0] += 0.05
    moved[1:] -= 0.05
    assert certify_point(one, moved).status == "stalled"


def test_equal_thirds_are_not_called_optimal() -> None:
    one = asked()
    size = solve(one).y[0, 0]
    y = np.concatenate([[size], np.log(BUDGET / 3 / KAPPA) - size])
    assert certify_point(one, y).kkt_residual > 1e-2


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ({}, {}),
        ({}, {0: 2e10}),
        ({}, {5: 0.1}),
        ({6: 0.4}, {}),
        ({1: 3e13}, {}),
        ({}, {0: 2e10, 5: 0.2}),
        ({3: 5e12}, {2: 1e12}),
    ],
)
def test_shadow_prices_are_finite_differences(low, high) -> None:
    one = asked(low, high)
    certificate = certify_point(one, solve(one, 8).y[:, 0])
    step = 1e-4

    def loss(lower: dict[int, float], upper: dict[int, float], budget: float = BUDGET) -> float:
        here = asked(lower, upper, budget)
        return float(solve(replace(here, first_sample=one.first_sample), 8).loss[0])

    slope = (loss(low, high, BUDGET * (1 - step)) - loss(low, high, BUDGET * (1 + step))) / (2 * step * BUDGET)
    assert certificate.shadow_prices["budget"] == pytest.approx(slope, rel=1e-4)
    for side, bounds in ((0, low), (1, high)):
        for row, value in bounds.items():
            up, down = ({**bounds, row: value * (1 + s * step)} for s in (1, -1))
            more, less = ((up, high), (down, high)) if side == 0 else ((low, up), (low, down))
            slope = (loss(*less) - loss(*more)) / (2 * step * value)
            assert certificate.shadow_prices[ROW_NAMES[row]] == pytest.approx(slope, rel=1e-4)


def test_a_budget_that_upper_limits_leave_unspent() -> None:
    one = asked(high={0: 1e9, 1: 1e10, 2: 1e10, 3: 2e12})
    certificate = certify_point(one, solve(one, 8).y[:, 0])
    assert certificate.status == "optimal"
    assert certificate.shadow_prices["budget"] == 0
    assert certificate.unspent == pytest.approx(BUDGET - 1e9 * (KAPPA * [1e10, 1e10, 2e12]).sum(), rel=1e-7)
    assert "budget" not in certificate.active_limits


@pytest.mark.parametrize(
    ("low", "high", "named"),
    [
        ({2: 1e15, 0: 1e10}, {5: 0.01}, {"rl_share", "rl_tokens"}),
        ({4: 0.6, 5: 0.6}, {}, {"pretraining_share", "rl_share"}),
        ({0: 1e12}, {0: 1e10}, {"params"}),
        ({}, {3: 1e11}, {"inference_tokens"}),
        ({1: 1e14, 0: 1e12}, {}, {"params", "pretraining_tokens"}),
    ],
)
def test_conflicts_are_found_and_named(low, high, named) -> None:
    one = asked(low, high)
    assert not feasible_params(one).any[0]
    sentence, limits = conflict(one)
    assert named <= set(limits)
    assert "nan" not in sentence
    assert not np.isfinite(solve(one).loss[0])


@pytest.mark.parametrize(("law", "budget"), [("default", 1e23), ("default", 1e25), ("default", 1e27), ("lab", 3e12), ("lab", 1e15)])
def test_the_lower_bound_holds_and_is_tight(law, budget) -> None:
    """Also where samples take nearly all of the budget, and pre-training the little that is left."""
    one = problem(load_law(law).model, budget, KAPPA, 0.1 * np.sqrt(3 * budget))
    best = float(solve(one, 8).loss[0])
    proof = lower_bound(one, best)
    assert proof.complete
    assert best * (1 - 1.001e-3) <= proof.value <= best
    rng = np.random.default_rng(0)
    n = rng.uniform(np.log(1e4), feasible_params(one).high[0], 20_000)
    least, _ = stage_costs(one.take(np.zeros(20_000, dtype=np.intp)), n)
    parts = rng.dirichlet([0.5, 0.5, 0.5], 20_000).T
    cost = least + parts * np.maximum(budget - least.sum(axis=0), 0.0)
    y = np.concatenate([n[None], np.log(np.maximum(cost, 1e-300) / KAPPA[:, None]) - n])
    assert one.loss(y).min() >= proof.value


def test_a_loss_that_no_plan_reaches_is_not_bounded_as_one(monkeypatch) -> None:
    monkeypatch.setattr(bound, "MOST_BOXES", 300_000)
    one = asked()
    best = float(solve(one, 8).loss[0])
    assert lower_bound(one, 1.5 * best).value <= best


@pytest.mark.parametrize("seed", range(24))
def test_the_lower_bound_holds_under_limits(seed, monkeypatch) -> None:
    """Never above the optimum of a random problem, also where its limits leave part of the budget unspent; mostly near to it."""
    monkeypatch.setattr(bound, "MOST_BOXES", 40_000)
    one = random_problem(2 * seed + 1)  # every second one has limits
    answer = solve(one, 8)
    if not np.isfinite(answer.loss[0]):
        assert not np.isfinite(lower_bound(one, 1.0).value)
        return
    best = float(answer.loss[0])
    found = lower_bound(one, best)
    assert found.value <= best * (1 + 1e-12)
    if found.complete:
        assert found.value >= best * (1 - 1.001e-3)


@pytest.mark.parametrize("ends", [{1: 1e11}, {1: 1e11, 2: 1e9, 3: 1e13}, {4: 0.2, 5: 0.1, 6: 0.3}, {0: 1e8, 1: 1e10}])
def test_the_lower_bound_where_limits_leave_budget_unspent(ends) -> None:
    one = asked(high=ends)
    best = float(solve(one, 8).loss[0])
    found = lower_bound(one, best)
    assert found.complete
    assert best * (1 - 1.001e-3) <= found.value <= best * (1 + 1e-12)
