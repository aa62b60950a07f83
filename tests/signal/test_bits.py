"""Bits of a verdict, a label, an accepted answer and a text: published values, limits, derivatives, maxima."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.signal.accepted import accepted_bits, best_accepted_success
from budgetplan.signal.bits import label_bits, outcome_bits, text_bits

RARE = [1e-300, 1e-100, 1e-20, 1e-9, 1e-4, 0.1, 0.3, 0.499999, 0.5]


def exact_entropy(p: mpmath.mpf) -> mpmath.mpf:
    return -(p * mpmath.log(p, 2) + (1 - p) * mpmath.log(1 - p, 2))


def test_b19_published_bits() -> None:
    assert outcome_bits([0.01, 0.1, 0.5]) == pytest.approx([0.0808, 0.4690, 1.0], abs=1e-4)
    assert label_bits([0.01, 0.1, 0.5]) == pytest.approx([6.644, 3.322, 1.0], abs=1e-3)


@pytest.mark.parametrize("p", RARE)
def test_bits_near_both_ends(p: float) -> None:
    with mpmath.workdps(400):
        exact = exact_entropy(mpmath.mpf(p))
        accepted = -mpmath.mpf(p) * mpmath.log(mpmath.mpf(p), 2)
        sure = -mpmath.log(1 - mpmath.mpf(p), 2)
    assert float(outcome_bits(p)) == pytest.approx(float(exact), rel=1e-12)
    assert float(outcome_bits(1.0 - p, failure=p)) == pytest.approx(float(exact), rel=1e-12)
    assert float(accepted_bits(p)) == pytest.approx(float(accepted), rel=1e-12)
    assert float(label_bits(1.0 - p, failure=p)) == pytest.approx(float(sure), rel=1e-12)


def test_ends() -> None:
    assert outcome_bits([0.0, 1.0]).tolist() == [0.0, 0.0]
    assert accepted_bits([0.0, 1.0]).tolist() == [0.0, 0.0]
    assert label_bits(0.0) == math.inf
    assert str(float(label_bits(1.0))) == "0.0"


def test_a_verdict_is_best_at_one_half() -> None:
    p = np.linspace(0.001, 0.999, 999)
    assert p[np.argmax(outcome_bits(p))] == pytest.approx(0.5)
    assert np.all(outcome_bits(p) <= 1.0)


@given(st.floats(1e-6, 1.0))
def test_right_answers_carry_part_of_the_verdicts(p: float) -> None:
    """H(p) = p (-log2 p) + f (-log2 f): accepted answers are the first term."""
    assert float(accepted_bits(p)) == pytest.approx(p * float(label_bits(p)), rel=1e-12)
    assert float(accepted_bits(p)) <= float(outcome_bits(p)) * (1 + 1e-15)


@pytest.mark.parametrize(("generate", "train"), [(8.0, 0.0), (8.0, 6.0), (2.0, 6.0), (1.0, 1000.0), (1.0, 1e-9)])
def test_best_success_of_right_answers_alone(generate: float, train: float) -> None:
    p = np.linspace(1e-5, 1.0 - 1e-5, 400_001)
    found = float(best_accepted_success(generate, train))
    brute = p[np.argmax(accepted_bits(p) / (generate + train * p))]
    assert found == pytest.approx(brute, abs=5e-6)
    assert found * math.exp(found * train / generate) == pytest.approx(1 / math.e, rel=1e-13)


def test_best_success_broadcasts() -> None:
    assert best_accepted_success(8.0, np.array([0.0, 6.0])) == pytest.approx([1 / math.e, 0.29488647], abs=1e-8)


def test_text_bits() -> None:
    assert float(text_bits(1.9)) == pytest.approx(1.9 * 1.4426950408889634, rel=1e-15)
    assert text_bits(np.array([2.0, 1.9]), 1.8172) == pytest.approx([0.2637246, 0.1194552], abs=1e-6)
    assert float(text_bits(1.8172, 1.8172)) == 0.0
