"""Budgets that limits leave partly unspent, and the price of limits at which the budget no longer matters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from budgetplan.planning.certificate import certify_point
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve

At = Callable[[float], Problem]
ROOM = {"params": 1e9, "pretraining_tokens": 1e10, "rl_tokens": 1e9, "inference_tokens": 4e12}
"""Upper limits far below what 1e25 FLOP could pay: 2.1e22 FLOP in all, at the default law's prices."""


def spent_by(asked: Problem, amounts: dict[str, float]) -> float:
    """FLOP of the amounts."""
    tokens = [amounts["pretraining_tokens"], amounts["rl_tokens"], amounts["inference_tokens"]]
    return float(amounts["params"] * (asked.kappa * np.array(tokens)).sum())


def test_every_stage_full(default_at: At, limited) -> None:
    """The answer says how much is left, and that all four limits stop it."""
    asked = limited(default_at(1e25), {name: (None, amount) for name, amount in ROOM.items()})
    answer = solve(asked, 8)
    certificate = certify_point(asked, answer.y[:, 0])
    assert certificate.status == "optimal"
    assert set(certificate.active_limits) == set(ROOM)
    assert certificate.unspent == pytest.approx(1e25 - spent_by(asked, ROOM), rel=1e-9)
    assert certificate.shadow_prices["budget"] == 0.0
    assert np.exp(answer.y[:, 0]) == pytest.approx(list(ROOM.values()), rel=1e-7)
    assert all(certificate.shadow_prices[name] > 0 for name in ROOM)


def test_share_maxima_that_do_not_add_up_to_one(default_at: At, limited) -> None:
    """At most .3, .2 and .4: a tenth stays unspent whatever the size."""
    most = {"pretraining_share": 0.3, "rl_share": 0.2, "inference_share": 0.4}
    asked = limited(default_at(1e25), {name: (None, share) for name, share in most.items()})
    answer = solve(asked, 8)
    certificate = certify_point(asked, answer.y[:, 0])
    assert certificate.status == "optimal"
    assert set(certificate.active_limits) == set(most)
    assert certificate.unspent == pytest.approx(1e24, rel=1e-7)
    assert asked.cost(answer.y)[:, 0] / 1e25 == pytest.approx(list(most.values()), rel=1e-8)


@pytest.mark.parametrize("name", list(ROOM))
def test_prices_without_the_budget(default_at: At, limited, name: str) -> None:
    """Where the budget does not bind, one more unit of a limit saves what its shadow price says."""
    free, step = default_at(1e25), 1e-4

    def loss(amount: float) -> float:
        bounds = {other: (None, amount if other == name else value) for other, value in ROOM.items()}
        return float(solve(limited(free, bounds), 8).loss[0])

    asked = limited(free, {other: (None, value) for other, value in ROOM.items()})
    certificate = certify_point(asked, solve(asked, 8).y[:, 0])
    slope = (loss(ROOM[name] * (1 - step)) - loss(ROOM[name] * (1 + step))) / (2 * step * ROOM[name])
    assert certificate.shadow_prices[name] == pytest.approx(slope, rel=1e-4)


def test_the_price_of_the_first_sample(default_at: At, limited) -> None:
    """Dear demand: k = 1 binds, its price is negative, and equal to what a higher minimum of inference tokens costs."""
    base = default_at(1e23)
    dear = limited(base, {"params": (1e9, 1e9)}).take(np.array([0]))
    dear.first_sample[0] = 0.9 * 1e23 / 8e9
    certificate = certify_point(dear, solve(dear, 8).y[:, 0])
    assert certificate.status == "optimal"
    assert "samples_per_query" in certificate.active_limits

    def loss(samples: float) -> float:
        bounds = {"params": (1e9, 1e9), "inference_tokens": (samples * float(dear.first_sample[0]), None)}
        held = limited(base, bounds).take(np.array([0]))
        held.first_sample[0] = dear.first_sample[0]
        return float(solve(held, 8).loss[0])

    step = 1e-4
    slope = -(loss(1 + 2 * step) - loss(1 + step)) / step
    assert slope < 0
    assert certificate.shadow_prices["samples_per_query"] == pytest.approx(slope, rel=2e-3)
    sides = np.array([loss(1 + step * i) for i in range(1, 4)])
    at_one = -(-2.5 * sides[0] + 4 * sides[1] - 1.5 * sides[2]) / step  # one-sided: fewer than one sample is not a plan
    assert certificate.shadow_prices["samples_per_query"] == pytest.approx(at_one, rel=1e-4)


def test_a_box_of_one_point(default_at: At, limited) -> None:
    """Everything fixed to what costs exactly the budget is feasible; a part in 1e8 more is not."""
    asked = default_at(1e25)
    y = solve(asked).y[:, 0]
    names = ("params", "pretraining_tokens", "rl_tokens", "inference_tokens")
    fixed = {name: (float(value), float(value)) for name, value in zip(names, np.exp(y) * (1 - 1e-13), strict=True)}
    held = limited(asked, fixed)
    assert feasible_params(held).any[0]
    assert solve(held).loss[0] == pytest.approx(solve(asked).loss[0], rel=1e-9)
    more = {name: (low * (1 + 1e-8), high * (1 + 1e-8)) for name, (low, high) in fixed.items()}
    assert not feasible_params(limited(asked, more)).any[0]
