"""Inference links: published cases B12 and B13, and the monotonicity that the joint law's bound rests on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.laws.coverage import AbstractCoverage, BetaSpread, CoveragePower, OneSample
from budgetplan.laws.task_link import LogisticTask
from budgetplan.numerics.logistic import softplus

Coefficients = Callable[[str], dict[str, float]]


def one(ability: float, start: float) -> OneSample:
    """Success of one sample at an ability after and before RL."""
    after, before = np.array(ability), np.array(start)
    return OneSample(-softplus(-after), -softplus(after), -softplus(-before))


def of_success(success: float) -> OneSample:
    """One sample of a model without RL."""
    ability = float(np.log(success) - np.log1p(-success))
    return one(ability, ability)


@pytest.mark.parametrize(
    ("law", "expected"),
    [("monkeys-llama3-8b-math", (0.2645, 0.8323, 0.9750)), ("monkeys-llama3-70b-math", (0.4724, 0.9138, None))],
)
def test_b12_monkeys_coverage(law: str, expected: tuple[float | None, ...], coefficients: Coefficients) -> None:
    """-ln coverage = a k^b at k = 1, 100, 1e4 from the success of one sample, e^a."""
    c = coefficients(law)
    for samples, value in zip((1.0, 100.0, 1e4), expected, strict=True):
        found = float(CoveragePower(c["b"]).coverage(of_success(float(np.exp(c["a"]))), np.log(samples))[0])
        assert found == pytest.approx(np.exp(c["a"] * samples ** c["b"]), rel=1e-12)
        assert value is None or found == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize("narrowing", [0.0, 1.75])
def test_b13_beta_coverage(narrowing: float) -> None:
    """Mean .3, concentration 1.5: .3000, .4260, .6877, .8858; without RL the narrowing plays no part."""
    link = BetaSpread(0.3 * 1.5, narrowing)
    found = [float(link.coverage(of_success(0.3), np.log(k))[0]) for k in (1.0, 2.0, 10.0, 100.0)]
    assert found == pytest.approx([0.3000, 0.4260, 0.6877, 0.8858], abs=1e-4)


def test_the_shipped_beta_law_has_its_example(coefficients: Coefficients) -> None:
    """pass@100 at a mean of .25 by the exact product over j of (b + j)/(a + b + j)."""
    tail = coefficients("beta")["tail"]
    j = np.arange(100.0)
    other = tail * 0.75 / 0.25
    expected = 1 - float(np.prod((other + j) / (tail + other + j)))
    found = float(BetaSpread(tail, 1.75).coverage(of_success(0.25), np.log(100.0))[0])
    assert found == pytest.approx(expected, rel=1e-12)
    assert found == pytest.approx(0.87005, abs=1e-5)


def test_rl_and_samples_are_substitutes(coefficients: Coefficients) -> None:
    """RL worth 1.1 logits lifts pass@1 of .1 by .15, pass@16 by .05, and lowers pass@100 (caveats of `beta`)."""
    c = coefficients("beta")
    start = float(np.log(0.1 / 0.9))
    gains = [
        float(
            np.subtract(
                *(BetaSpread(c["tail"], c["narrowing"]).coverage(one(a, start), np.log(k))[0] for a in (start + 1.1, start))
            )
        )
        for k in (1.0, 16.0, 100.0)
    ]
    assert gains == pytest.approx([0.150, 0.050, -0.056], abs=1e-3)


@given(start=st.floats(-60, 20), gain=st.floats(0, 5), log_k=st.floats(0, 14), step=st.floats(1e-3, 5))
def test_coverage_falls_neither_in_success_nor_in_samples(
    spread: AbstractCoverage, start: float, gain: float, log_k: float, step: float
) -> None:
    """At a fixed start, with narrowing 0; coverage and its complement add up; one sample is itself."""
    link = BetaSpread(0.4, 0.0) if isinstance(spread, BetaSpread) else spread
    k = np.array(log_k)
    covered, missed = link.coverage(one(start + gain, start), k)
    assert covered + missed == pytest.approx(1, rel=1e-13)
    assert link.coverage(one(start + gain, start), k + step)[0] >= covered * (1 - 1e-11)
    assert link.coverage(one(start + gain + step, start), k)[0] >= covered * (1 - 1e-11)
    single = link.coverage(one(start + gain, start), np.array(0.0))[0]
    assert float(single) == pytest.approx(1 / (1 + np.exp(-start - gain)), rel=1e-11, abs=0)


@given(ability=st.floats(-60, 20), log_k=st.floats(0, 14), log_tail=st.floats(-5, 4), step=st.floats(1e-3, 3))
def test_more_equal_problems_are_covered_sooner(ability: float, log_k: float, log_tail: float, step: float) -> None:
    """At the same mean, coverage rises in the concentration: what `best` takes for granted."""
    few, many = (BetaSpread(float(np.exp(log_tail + s))).coverage(one(ability, ability), np.array(log_k))[0] for s in (0, step))
    assert many >= few * (1 - 1e-11)


@given(start=st.floats(-30, 15), gain=st.floats(0, 5), slack=st.floats(0, 4), log_k=st.floats(0, 14))
def test_best_is_an_upper_bound(spread: AbstractCoverage, start: float, gain: float, slack: float, log_k: float) -> None:
    """With a lower start and a smaller gain allowed, no coverage is above `best`."""
    sample, k = one(start + gain, start), np.array(log_k)
    least = sample.log_success - sample.log_start
    best, rest = spread.best(sample, sample.log_start - slack, np.maximum(least - slack, 0.0), k)
    covered, missed = spread.coverage(sample, k)
    assert best >= covered * (1 - 1e-11)
    assert rest <= missed * (1 + 1e-9) + 1e-300


def test_coverage_in_the_low_limit(spread: AbstractCoverage) -> None:
    """`low_slope` is the slope of -ln coverage in -ln mu where success vanishes, and its derivative that in ln k."""
    for log_k in (0.0, 1.0, 4.0):
        k = np.array(log_k)
        low, lower = (-np.log(spread.coverage(one(a, a), k)[0]) for a in (-600.0, -650.0))
        slope, bend = spread.low_slope(k)
        assert float(slope) == pytest.approx(float(lower - low) / 50, rel=1e-10)
        up, down = (spread.low_slope(k + h)[0] for h in (1e-5, -1e-5))
        assert float(bend) == pytest.approx(float(up - down) / 2e-5, rel=1e-8, abs=1e-12)


def test_task_link_is_linear_in_loss() -> None:
    """Ability zero at the midpoint, `slope` logits per nat either way."""
    task = LogisticTask(11.981, 2.0506)
    assert task.ability(np.array([2.0506, 1.9506, 2.1506])) == pytest.approx([0.0, 1.1981, -1.1981], abs=1e-12)
