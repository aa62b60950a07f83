"""The verifier's limits: oracle, none, false positives; and what one sample leaves to select."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.coverage import AbstractCoverage, OneSample
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.rl_gain import LogarithmicGain
from budgetplan.laws.selection import Selection, false_positive
from budgetplan.laws.task_link import LogisticTask
from budgetplan.numerics.arrays import Array

RATES = (0.0, 1e-3, 0.1, 0.5, 1.0)
SAMPLES = np.array([1.0, 1.5, 4.0, 30.0, 1e3, 1e6])


@pytest.fixture
def law(spread: AbstractCoverage) -> FourLinks:
    """A joint law with an oracle."""
    base = ChinchillaLoss(1.8172, 482.01, 2085.43, 0.3478, 0.3658)
    return FourLinks(base, LogisticTask(12.0, 2.05), LogarithmicGain(0.25, 3e5), spread, Selection())


def success(law: FourLinks, choice: Selection) -> Array:
    """Success of 8e9 params, 2e12 tokens, 1e6 RL tokens at `SAMPLES`."""
    x = np.log([[8e9], [2e12], [1e6], [1.0]]) + np.zeros_like(SAMPLES)
    x[3] = np.log(SAMPLES)
    found = replace(law, selection=choice).evaluate(x).success
    assert found is not None
    return found


def test_an_oracle_serves_the_coverage(law: FourLinks) -> None:
    """Case T2 of the notes: efficiency 1, no plateau, P = pass@k by the inference link itself."""
    x = np.log([8e9, 2e12, 1e6, 1.0])
    start = law.task.ability(law.pretraining.loss_and_partials(x[0], x[1])[0])
    after = law.rl.ability(start, x[0], x[2])
    one = OneSample(-np.logaddexp(0.0, -after), -np.logaddexp(0.0, after), -np.logaddexp(0.0, -start))
    for samples, served in zip(SAMPLES, success(law, Selection()), strict=True):
        assert served == pytest.approx(float(law.inference.coverage(one, np.log(samples))[0]), rel=1e-12)


def test_one_sample_is_the_same_for_every_verifier(law: FourLinks) -> None:
    """k = 1: there is nothing to select."""
    choices = [Selection(), Selection(0.27, 100.0), Selection(0.0, 5.0), *map(false_positive, RATES)]
    firsts = [float(success(law, choice)[0]) for choice in choices]
    assert firsts == pytest.approx([firsts[0]] * len(choices), rel=1e-13)


def test_the_rates_zero_and_one(law: FourLinks) -> None:
    """A rate of 0 is an oracle; a verifier that accepts everything serves one sample's success at any k."""
    assert false_positive(0.0) == Selection()
    assert success(law, false_positive(1.0)) == pytest.approx(np.full(6, success(law, Selection())[0]), rel=1e-13)


def test_more_false_positives_never_help(law: FourLinks) -> None:
    """Success falls with the rate, and its ceiling is below the oracle's at every k above 1 (arXiv:2411.17501)."""
    served = np.array([success(law, false_positive(rate)) for rate in RATES])
    assert (np.diff(served, axis=0)[:, 1:] < 0).all()


@given(st.floats(1e-6, 1))
def test_a_rate_stops_counting_samples_at_its_inverse(rate: float) -> None:
    """K = 1/rate and efficiency 1 - rate: beyond K samples bring as many false as true answers."""
    choice = false_positive(rate)
    assert choice.efficiency == 1 - rate
    assert float(np.exp(choice.effective(np.array(25.0))[0])) == pytest.approx(1 / rate, rel=1e-9)


def test_without_a_verifier_success_levels_off(law: FourLinks) -> None:
    """Efficiency .27 and K = 100 (arXiv:2407.21787): beyond a few hundred samples nothing is gained."""
    choice = Selection(0.27, 100.0)
    served, oracle = success(law, choice), success(law, Selection())
    assert served[-1] == pytest.approx(served[-2], rel=1e-4)
    assert (served[1:] < oracle[1:]).all()
    assert served[-1] - served[0] < 0.27 * (oracle[-1] - oracle[0])


@given(st.floats(1.001, 1e6), st.floats(0, 12))
def test_effective_samples(plateau: float, log_samples: float) -> None:
    """k_eff = 1 + (K - 1)(1 - exp(-(k - 1)/(K - 1))), between 1 and the lesser of k and K; its elasticity in ln k."""
    found, elasticity = Selection(0.5, plateau).effective(np.array(log_samples))
    k = np.exp(log_samples)
    expected = 1 - (plateau - 1) * np.expm1(-(k - 1) / (plateau - 1))
    assert np.exp(found) == pytest.approx(expected, rel=1e-12)
    assert 1 - 1e-12 <= np.exp(found) <= min(k, plateau) * (1 + 1e-12)
    assert elasticity == pytest.approx(k * np.exp(-(k - 1) / (plateau - 1)) / expected, rel=1e-12)


def test_draws_of_plateaus_may_hold_an_infinite_one() -> None:
    """An array of K with an entry that is infinite is that oracle, beside others."""
    log_samples = np.array([0.0, 2.0])
    found, elasticity = Selection(1.0, np.array([[100.0], [inf]])).effective(log_samples)
    assert found[1] == pytest.approx(log_samples)
    assert elasticity[1] == pytest.approx(np.ones(2))
    assert found[0] == pytest.approx(Selection(1.0, 100.0).effective(log_samples)[0])
