"""The additive family: the sum it is, its limits, and the stationarity that makes it a check of the solver (F1, F2)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.chinchilla import ChinchillaLoss

Coefficients = Callable[[str], dict[str, float]]
positive = st.floats(0.1, 3000)
exponent = st.floats(0.05, 1.2)


@given(positive, exponent, positive, exponent, positive, exponent, positive, exponent)
def test_it_is_the_sum_of_its_terms(
    a: float, alpha: float, b: float, beta: float, g: float, gamma: float, h: float, delta: float
) -> None:
    """E + A/N^alpha + B/D^beta + G/R^gamma + H/k^delta; each derivative is minus exponent times term."""
    law = AdditiveLoss(1.7, a, alpha, b, beta, g, gamma, h, delta)
    amounts = np.array([7e9, 1e12, 3e10, 12.0])
    terms = np.array([a, b, g, h]) * amounts ** -np.array([alpha, beta, gamma, delta])
    loss, gradient = law.loss_and_gradient(np.log(amounts))
    assert float(loss) == pytest.approx(1.7 + terms.sum(), rel=1e-12)
    assert gradient == pytest.approx(-np.array([alpha, beta, gamma, delta]) * terms, rel=1e-11, abs=0)
    outcome = law.evaluate(np.log(amounts))
    assert outcome.pretraining_loss is not None
    assert float(outcome.pretraining_loss) == pytest.approx(1.7 + terms[:2].sum(), rel=1e-12)
    assert outcome.success is None


def test_with_two_terms_it_is_the_chinchilla_form(coefficients: Coefficients) -> None:
    """Size zero drops a term: R = 0 and k = 1 are then harmless."""
    c = coefficients("besiroglu-2024")
    law = AdditiveLoss(c["E"], c["A"], c["alpha"], c["B"], c["beta"])
    x = np.array([np.log(7e10), np.log(1.4e12), -np.inf, 0.0])
    assert law.uses == (True, True, False, False)
    for found, expected in zip(law.loss_and_gradient(x), ChinchillaLoss(**c).loss_and_gradient(x), strict=True):
        assert found == pytest.approx(expected, rel=1e-14, abs=0)


def test_limits() -> None:
    """Everything without end gives E; no RL gives infinity."""
    law = AdditiveLoss(1.8, 482, 0.34, 2085, 0.36, 5, 0.13, 1, 0.3)
    assert float(law.evaluate(np.full(4, np.inf)).loss) == law.floor == 1.8
    assert float(law.evaluate(np.array([25.0, 28.0, -np.inf, 0.0])).loss) == np.inf


def test_f1_shares_and_loss_of_case_b17() -> None:
    """B (400, 5, 1), b (.28, .2, .3), cost (6, 4, 2), C = 1e6: the stationary shares give L 14.86802, others more."""
    law = AdditiveLoss(0.0, 400, 0.28, 5, 0.2, 1, 0.3)
    cost = np.array([6.0, 4.0, 2.0])

    def at(shares: tuple[float, float, float]) -> tuple[float, np.ndarray]:
        loss, gradient = law.loss_and_gradient(np.append(np.log(np.array(shares) * 1e6 / cost), 0.0))
        return float(loss), gradient[:3] / np.array(shares)

    best, marginal = at((0.954657, 0.038868, 0.006475))
    assert best == pytest.approx(14.86802, abs=1e-5)
    assert marginal == pytest.approx(np.full(3, marginal.mean()), rel=1e-3)  # dl/d spend is equal across resources
    assert at((1 / 3, 1 / 3, 1 / 3))[0] == pytest.approx(19.31881, abs=1e-5)
    assert at((0.5, 1 / 3, 1 / 6))[0] == pytest.approx(17.31030, abs=1e-5)
