"""Groups: informative share and bits against enumeration of all outcomes, exact arithmetic and a simulation."""

from __future__ import annotations

import itertools
import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.signal.bits import outcome_bits
from budgetplan.signal.groups import informative_bits, informative_share, spread_informative_share

RARE = [1e-300, 1e-30, 1e-12, 1e-5, 0.02, 0.3, 0.5]
SIZES = [2, 3, 8, 16, 64]
SUCCESS = st.floats(0.001, 0.999)


def exact_share(p: float, size: int) -> mpmath.mpf:
    return 1 - mpmath.mpf(p) ** size - (1 - mpmath.mpf(p)) ** size


def exact_bits(p: float, size: int) -> mpmath.mpf:
    """s H(outcome | informative), summed over the counts that are informative."""
    right, share, total = mpmath.mpf(p), exact_share(p, size), mpmath.mpf(0)
    for count in range(1, size):
        chance = right**count * (1 - right) ** (size - count)
        total -= mpmath.binomial(size, count) * chance * mpmath.log(chance / share, 2)
    return total


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("p", RARE)
def test_share_and_bits_near_both_ends(p: float, size: int) -> None:
    with mpmath.workdps(700):
        share, bits = float(exact_share(p, size)), float(exact_bits(p, size))
    assert float(informative_share(p, size)) == pytest.approx(share, rel=1e-12)
    assert float(informative_share(1.0 - p, size, failure=p)) == pytest.approx(share, rel=1e-12)
    assert float(informative_bits(p, size)) == pytest.approx(bits, rel=1e-12)
    assert float(informative_bits(1.0 - p, size, failure=p)) == pytest.approx(bits, rel=1e-12)


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.8])
@pytest.mark.parametrize("size", [2, 3, 5, 9])
def test_bits_are_the_entropy_of_what_the_advantages_show(p: float, size: int) -> None:
    """Enumerate all outcomes, compute advantages, and sum the entropy over the distinct vectors that are not zero."""
    chances: dict[tuple[float, ...], float] = {}
    for outcome in itertools.product((0.0, 1.0), repeat=size):
        rewards = np.array(outcome)
        spread = rewards.std()
        advantages = (rewards - rewards.mean()) / spread if spread > 0 else np.zeros(size)
        key = tuple(np.round(advantages, 12))
        chances[key] = chances.get(key, 0.0) + math.prod(p if right else 1 - p for right in outcome)
    zero = chances.pop((0.0,) * size)
    share = sum(chances.values())
    assert float(informative_share(p, size)) == pytest.approx(1 - zero, rel=1e-12)
    expected = -sum(chance * math.log2(chance / share) for chance in chances.values())
    assert float(informative_bits(p, size)) == pytest.approx(expected, rel=1e-12)


def test_limits() -> None:
    p = np.array([0.01, 0.2, 0.5, 0.9])
    assert informative_bits(p, 2) == pytest.approx(2 * p * (1 - p), rel=1e-13)
    assert informative_bits(p, 1).tolist() == informative_share(p, 1).tolist() == [0.0] * 4
    assert informative_bits(1e-12, 16) == pytest.approx(1e-12 * 16 * 4, rel=1e-9)  # G p log2 G
    assert informative_bits(0.3, 5000) / 5000 == pytest.approx(float(outcome_bits(0.3)), rel=1e-12)
    assert informative_share([0.0, 1.0], 16).tolist() == informative_bits([0.0, 1.0], 16).tolist() == [0.0, 0.0]


@given(SUCCESS, st.integers(2, 200))
def test_bits_never_exceed_the_verdicts(p: float, size: int) -> None:
    bits = float(informative_bits(p, size))
    assert 0.0 <= bits <= size * float(outcome_bits(p)) * (1 + 1e-12)
    assert bits == pytest.approx(float(informative_bits(1 - p, size)), rel=1e-9)
    assert bits / size <= float(informative_bits(p, size + 1)) / (size + 1) * (1 + 1e-12)


@pytest.mark.parametrize("size", [2, 4, 16, 64])
@pytest.mark.parametrize(("generate", "train"), [(8.0, 6.0), (20.0, 8.0), (0.0, 6.0)])
def test_one_half_is_best_per_flop(size: int, generate: float, train: float) -> None:
    """Plain, where every token costs the same, and dynamic, where uninformative groups are generated only."""
    p = np.linspace(0.002, 0.998, 499)
    share, bits = informative_share(p, size), informative_bits(p, size)
    middle = int(np.argmin(np.abs(p - 0.5)))
    for value in (share, bits, bits / (generate + train), bits / (generate + share * train)):
        assert value[middle] >= value.max() * (1 - 1e-12)


@pytest.mark.parametrize(("p", "size"), [(0.3, 4), (0.05, 16), (0.9, 8)])
def test_share_in_a_simulation(p: float, size: int) -> None:
    groups = 200_000
    right = np.random.default_rng(1).random((groups, size)) < p
    drawn = ((right.sum(axis=1) > 0) & (right.sum(axis=1) < size)).mean()
    expected = float(informative_share(p, size))
    assert abs(drawn - expected) < 4 * math.sqrt(expected * (1 - expected) / groups)


def test_share_over_problems_that_differ() -> None:
    """Against the Beta functions, a simulation, and the limit of problems that are all alike."""
    mean, concentration, size = 0.3, 1.5, 16
    a, b = mean * concentration, (1 - mean) * concentration
    with mpmath.workdps(40):
        whole = mpmath.beta(a, b)
        exact = float(1 - (mpmath.beta(a + size, b) + mpmath.beta(a, b + size)) / whole)
    found = float(spread_informative_share(mean, concentration, size))
    assert found == pytest.approx(exact, rel=1e-12)
    draws = np.random.default_rng(2).beta(a, b, 400_000)
    assert found == pytest.approx(informative_share(draws, size).mean(), abs=0.003)
    assert float(spread_informative_share(mean, 1e9, size)) == pytest.approx(float(informative_share(mean, size)), rel=1e-6)
    assert found < float(informative_share(mean, size))
    assert float(spread_informative_share(mean, concentration, 1)) == 0.0


def test_shapes_broadcast() -> None:
    p, size = np.array([[0.1], [0.5]]), np.array([2, 8, 16])
    for function in (informative_share, informative_bits):
        assert function(p, size).shape == (2, 3)
        assert float(function(p, size)[1, 2]) == float(function(0.5, 16))
