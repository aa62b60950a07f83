"""Faces: every point spends the budget, and the gradient is that of the loss along it, with nearly nothing left too."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from budgetplan.laws.catalogue import load_law
from budgetplan.planning.certificate import OPTIMAL, certify_point, residuals
from budgetplan.planning.faces import Face
from budgetplan.planning.joint_solver import solve_unlimited
from budgetplan.planning.limits import no_limits
from budgetplan.planning.problem import Problem, problem

KAPPA = (6.0, 14.0, 8.0)
BUDGET = 1e24
FACES = [Face(*free) for free in product((False, True), repeat=4)]


def asked(served: float = 1e11, held_params: float = 2e9, held_tokens: float = 3e11, first: float = 1e10) -> Problem:
    """A joint problem whose lower limits are sizes that a face can hold."""
    limits = no_limits(1)
    limits.low[:2, 0] = np.log([held_params, held_tokens])
    return problem(load_law("default").with_options("none").model, BUDGET, KAPPA, first, served, limits)


@pytest.mark.parametrize("face", FACES, ids=str)
@pytest.mark.parametrize("m", [20.0, 26.0, 40.0])
def test_the_budget_is_spent_and_the_gradient_is_that_of_the_loss(face: Face, m: float) -> None:
    """At m = 40 the fixed tokens take all of the budget but e^-12 of it, and leave a few thousand tokens for samples."""
    one = asked(first=1e10 if m < 40 else 100.0)
    z = np.array([m, 0.7, -1.3][: face.dimension] if face.params else [0.7, -1.3][: face.dimension])[:, None]
    y = face.allocate(one, z)[0]
    cost = one.cost(y)[:, 0]
    if face.tokens or face.params:
        assert cost.sum() == pytest.approx(BUDGET, rel=1e-12)
    if not face.dimension:
        return
    loss, gradient, worth = face.loss_and_gradient(one, z)
    assert worth[0] > 0 or not face.tokens
    for row in range(face.dimension):
        step = np.zeros_like(z)
        step[row] = 1e-4
        both = [face.loss(one, z + sign * step)[0] for sign in (1.0, -1.0)]
        assert gradient[row, 0] == pytest.approx((both[0] - both[1]) / 2e-4, rel=1e-5, abs=1e-9 * abs(loss[0]))
    np.testing.assert_allclose(face.coordinates(one, y), z, rtol=1e-9, atol=1e-7)


@pytest.mark.parametrize("left", [1e-3, 1e-6, 1e-9])
def test_what_is_left_of_a_budget_keeps_its_digits(left: float) -> None:
    """A first sample that takes the budget but a part of `left` at the size that is best."""
    face = Face(rl=True, samples=False)
    one = asked(served=0.0)
    most = np.log(BUDGET / (KAPPA[2] * 1e10))
    y, _, share = face.allocate(one, np.array([[most - np.log(left)], [0.0]]))
    assert share[0] == pytest.approx(left, rel=2 * left + 1e-9)
    assert one.cost(y)[:2, 0].sum() == pytest.approx(BUDGET * share[0], rel=1e-12)


@pytest.mark.parametrize(("rows", "low"), [((0,), (5e10, 1e5)), ((1,), (1e4, 1e14)), ((0, 1), (5e10, 2.5e12))])
def test_an_optimum_at_a_limit_is_stationary_within_it(rows: tuple[int, ...], low: tuple[float, float]) -> None:
    """Held params, held tokens and both: the batched residual is that of the full certificate."""
    one = asked(0.0, *low)
    high = one.limits.high.copy()
    high[list(rows)] = one.limits.low[list(rows)]
    held = replace(one, limits=replace(one.limits, high=high))
    answer = solve_unlimited(held)
    assert residuals(held, answer.y)[0] <= 1e-9
    assert certify_point(one, answer.y[:, 0]).kkt_residual <= OPTIMAL
    free = solve_unlimited(one)
    assert answer.loss[0] > free.loss[0]
    assert np.any(free.y[list(rows), 0] < one.limits.low[list(rows), 0])
