"""Published optima, reproduced by the laws as shipped and the solver (cases of the facts, section A)."""

from __future__ import annotations

import numpy as np
import pytest

from budgetplan.laws.catalogue import load_law
from budgetplan.planning.problem import problem
from budgetplan.planning.solver import solve


def optimum(law: str, budget: float) -> tuple[float, float, float]:
    """N, D and loss at the compute-optimal point of pre-training alone."""
    answer = solve(problem(load_law(law).model, budget, (6.0, 1.0, 1.0)))
    params, tokens = np.exp(answer.y[:2, 0])
    return float(params), float(tokens), float(answer.loss[0])


def tokens_at(law: str, params: float) -> float:
    """D where the optimal path passes N."""
    low, high = np.log(1e16), np.log(1e32)
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if optimum(law, float(np.exp(middle)))[0] < params else (low, middle)
    return optimum(law, float(np.exp(low)))[1]


def test_a1_hoffmann_unrounded() -> None:
    params, tokens, loss = optimum("hoffmann-2022", 5.76e23)
    assert params == pytest.approx(40e9, rel=0.03)
    assert (params, tokens, loss) == pytest.approx((40.36e9, 2.379e12, 1.9184), rel=1e-3)


@pytest.mark.parametrize(("params", "tokens"), [(1e9, 27.1e9), (10e9, 410.1e9), (1e12, 94.1e12)])
def test_a2_tokens_on_the_optimal_path(params, tokens) -> None:
    assert tokens_at("hoffmann-2022", params) == pytest.approx(tokens, rel=0.2)
    assert tokens_at("hoffmann-2022-printed", params) != pytest.approx(tokens, rel=0.2)  # A2n: rounding must be seen


def test_a1_fails_with_the_printed_coefficients() -> None:
    assert optimum("hoffmann-2022-printed", 5.76e23)[0] != pytest.approx(40e9, rel=0.03)


def test_a4_besiroglu() -> None:
    params, tokens, loss = optimum("besiroglu-2024", 5.76e23)
    assert params == pytest.approx(70e9, rel=0.1)
    assert tokens == pytest.approx(1.4e12, rel=0.1)
    assert (params, tokens, loss) == pytest.approx((72.25e9, 1.329e12, 1.9744), rel=1e-3)


@pytest.mark.parametrize(("budget", "params"), [(1.21e20, 1e9), (1.23e22, 10e9), (5.76e23, 67e9), (1.27e26, 1e12)])
def test_a6_besiroglu_against_approach_1(budget, params) -> None:
    assert optimum("besiroglu-2024", budget)[0] == pytest.approx(params, rel=0.2)


def test_a8_besiroglu_at_a_small_budget() -> None:
    assert optimum("besiroglu-2024", 1.23e22) == pytest.approx((10.1e9, 203.8e9, 2.1294), rel=0.005)


def test_a10_muennighoff_base() -> None:
    params, tokens, loss = optimum("muennighoff-2023", 5.76e23)
    assert (params, tokens) == pytest.approx((70.0e9, 1.37e12), rel=0.005)
    assert tokens / params == pytest.approx(19.61, rel=1e-3)
    assert loss == pytest.approx(2.0252, rel=1e-4)


@pytest.mark.parametrize(
    ("law", "budget", "params", "tokens", "tolerance"),
    [
        ("deepseek-2024", 1e17, 1.404e8 / 6, 7.123e8, 0.01),  # A13, M = 6 N
        ("deepseek-2024", 4.5e23, 4.322e11 / 6, 1.0414e12, 0.01),
        ("kaplan-2020", 8.64e19, 1.3e9, 8.64e19 / (6 * 1.3e9), 1e-9),
        ("porian-2024", 1e21, 0.1189 * 1e21**0.4969, 1e21 / (6 * 0.1189 * 1e21**0.4969), 1e-9),
        ("hoffmann-2022-approach1", 5.76e23, 67e9, 1.5e12, 0.06),
        ("llama3-2024", 3.8e25, 402e9, 16.55e12, 0.05),
    ],
)
def test_policies(law, budget, params, tokens, tolerance) -> None:
    policy = load_law(law).policy
    assert policy is not None
    assert [float(value) for value in policy.allocate(budget)] == pytest.approx([params, tokens], rel=tolerance)
