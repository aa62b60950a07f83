"""Counts of right answers: their entropy, and the size of advantages, against SciPy and a simulation."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from scipy import stats

from budgetplan.signal.bits import outcome_bits
from budgetplan.signal.counts import count_bits, expected_abs_advantage, log_count_chance
from budgetplan.signal.groups import informative_share


@pytest.mark.parametrize("p", [0.0, 1e-6, 0.3, 0.5, 0.97, 1.0])
@pytest.mark.parametrize("size", [1, 2, 16, 300])
def test_chances_are_binomial(p: float, size: int) -> None:
    counts, chance = log_count_chance(p, size)
    assert np.exp(chance) == pytest.approx(stats.binom.pmf(counts, size, p), rel=1e-10, abs=1e-300)
    bits = stats.binom(size, p).entropy() / math.log(2) if 0 < p < 1 else 0.0
    assert float(count_bits(p, size)) == pytest.approx(float(bits), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("p", [1e-300, 1e-20, 1e-6])
def test_rare_success(p: float) -> None:
    """E|A| = sum over counts of chance times 2 sqrt(m (1 - m)), in exact arithmetic."""
    size = 16
    with mpmath.workdps(400):
        right = mpmath.mpf(p)
        chance = [mpmath.binomial(size, c) * right**c * (1 - right) ** (size - c) for c in range(size + 1)]
        mean = sum(x * 2 * mpmath.sqrt(mpmath.mpf(c) / size * (1 - mpmath.mpf(c) / size)) for c, x in enumerate(chance))
        bits = -sum(x * mpmath.log(x, 2) for x in chance)
    for value, failure in ((p, None), (1.0 - p, p)):
        assert float(expected_abs_advantage(value, size, failure=failure)) == pytest.approx(float(mean), rel=1e-12)
        assert float(count_bits(value, size, failure=failure)) == pytest.approx(float(bits), rel=1e-12)


def test_one_answer_and_many() -> None:
    assert float(count_bits(0.3, 1)) == pytest.approx(float(outcome_bits(0.3)), rel=1e-13)
    many = 0.5 * math.log2(2 * math.pi * math.e * 4096 * 0.3 * 0.7)
    assert float(count_bits(0.3, 4096)) == pytest.approx(many, rel=1e-4)
    assert float(expected_abs_advantage(0.3, 20_000)) == pytest.approx(2 * math.sqrt(0.21), rel=1e-4)
    assert float(expected_abs_advantage(0.3, 1)) == 0.0


@pytest.mark.parametrize(("p", "size"), [(0.3, 16), (0.1, 8), (0.8, 3)])
def test_advantages_in_a_simulation(p: float, size: int) -> None:
    groups = 200_000
    rewards = (np.random.default_rng(3).random((groups, size)) < p).astype(float)
    centred = rewards - rewards.mean(axis=1, keepdims=True)
    spread = rewards.std(axis=1, keepdims=True)
    advantages = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    drawn = np.abs(advantages).mean(axis=1)
    error = drawn.std() / math.sqrt(groups)
    assert abs(drawn.mean() - float(expected_abs_advantage(p, size))) < 4 * error
    assert (advantages**2).mean() == pytest.approx(float(informative_share(p, size)), abs=0.005)


def test_shapes_broadcast() -> None:
    p, size = np.array([[0.1], [0.5]]), np.array([2, 8, 16])
    for function in (count_bits, expected_abs_advantage):
        table = function(p, size)
        assert table.shape == (2, 3)
        for row, success in enumerate((0.1, 0.5)):
            for column, group in enumerate((2, 8, 16)):
                assert table[row, column] == pytest.approx(float(function(success, group)), rel=1e-13)
