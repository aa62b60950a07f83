"""The chess law: worked case B15, what budgetplan adds to it, and where those additions are invisible."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from budgetplan.laws.shen_chess import ShenChess
from budgetplan.numerics.arrays import Array

Coefficients = Callable[[str], dict[str, float]]
PARAMS, TOKENS = 200e6, 20e9


@pytest.fixture
def law(coefficients: Coefficients) -> ShenChess:
    """The law with the shipped coefficients."""
    return ShenChess(**coefficients("shen-2026-chess"))


def cell(rl_flop: float, params: float = PARAMS, tokens: float = TOKENS) -> Array:
    """Log variables of one allocation whose RL compute is 6 N R."""
    with np.errstate(divide="ignore"):  # no RL is -inf
        return np.array([np.log(params), np.log(tokens), np.log(rl_flop / (6 * params)), 0.0])


def published(c: dict[str, float], rl_flop: float) -> tuple[float, float, float, float]:
    """L, f, g and success by the printed formulas."""
    loss = c["E"] + c["A"] * PARAMS ** -c["alpha"] + c["B"] * TOKENS ** -c["beta"]
    start = c["f_floor"] + np.exp(c["f_offset"] - c["f_slope"] * loss)
    slope = c["g_offset"] + c["g_tokens"] * np.log10(TOKENS) + c["g_params"] * np.log10(PARAMS)
    return loss, float(start), float(slope), float(start + slope * (np.log10(rl_flop) - c["pivot"]))


def test_b15(law: ShenChess, coefficients: Coefficients) -> None:
    """N = 200e6, D = 20e9, C_RL = 1e18: L .4735, f .3284, g .0425, success .2433."""
    expected = published(coefficients("shen-2026-chess"), 1e18)
    assert expected == pytest.approx((0.4735, 0.3284, 0.0425, 0.2433), abs=1e-3)
    found = law.evaluate(cell(1e18))
    assert found.pretraining_loss is not None
    assert found.success is not None
    assert float(found.pretraining_loss) == pytest.approx(expected[0], rel=1e-13)
    assert float(found.success) == pytest.approx(0.2433, abs=1e-3)
    # counting from 1e15 FLOP on moves log10 C by 4e-4 at 1e18
    assert float(found.success) == pytest.approx(expected[3] + expected[2] * np.log10(1.001), abs=1e-7)


@pytest.mark.parametrize("rl_flop", [1e17, 1e19, 1e20, 1e22, 1e25])
def test_the_bends_are_invisible_in_the_middle(rl_flop: float, law: ShenChess, coefficients: Coefficients) -> None:
    """Between .01 and .99 success is the published one to 1e-8, once C is counted from `rest` on."""
    expected = published(coefficients("shen-2026-chess"), rl_flop + law.rest)[3]
    assert 0.01 < expected < 0.99
    success = law.evaluate(cell(rl_flop)).success
    assert success is not None
    assert float(success) == pytest.approx(expected, abs=1e-8)


def test_no_rl_is_an_ordinary_input(law: ShenChess, coefficients: Coefficients) -> None:
    """R = 0 is 1e15 FLOP of RL, by budgetplan's own rule."""
    success = law.evaluate(cell(0.0)).success
    assert success is not None
    assert float(success) == pytest.approx(published(coefficients("shen-2026-chess"), 1e15)[3], abs=1e-8)


def test_success_stays_a_probability(law: ShenChess) -> None:
    """Hopeless and boundless allocations bend into (0, 1), and g does not go below zero."""
    tiny = [cell(flop, 1e3, 1e6) for flop in (0.0, 1e16, 1e24)]
    losses = [float(law.evaluate(x).loss) for x in tiny]
    assert losses == sorted(losses, reverse=True)
    success = [float(np.exp(-law.evaluate(cell(flop)).loss)) for flop in (0.0, 1e30, 1e60)]
    assert 0 < success[0] < success[1] <= success[2] <= 1


def test_samples_have_no_effect(law: ShenChess) -> None:
    """pass@16 is flat under RL in the paper: k changes nothing."""
    x = cell(1e20)
    many = x + np.array([0, 0, 0, np.log(16)])
    assert float(law.evaluate(many).loss) == float(law.evaluate(x).loss)
