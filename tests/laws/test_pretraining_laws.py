"""Pre-training laws and policies on worked cases A4 to A15 and at their limits, coefficients from the shipped files."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np
import pytest

from budgetplan.laws.chinchilla import ChinchillaLoss, overtrained
from budgetplan.laws.data_constrained import DataConstrainedLoss
from budgetplan.laws.effective_tokens import effective_tokens, repetition
from budgetplan.laws.kaplan import KaplanLoss
from budgetplan.laws.model import AbstractPretraining
from budgetplan.laws.policy import PowerPolicy

Coefficients = Callable[[str], dict[str, float]]


def loss(law: AbstractPretraining, params: float, tokens: float) -> float:
    """Loss at params and tokens [nat/token]."""
    return float(law.loss_and_partials(np.log(np.array(params)), np.log(np.array(tokens)))[0])


@pytest.fixture
def repeated(coefficients: Coefficients) -> Callable[[float], DataConstrainedLoss]:
    """Muennighoff's law with so many unique tokens."""
    return lambda unique: DataConstrainedLoss(**coefficients("muennighoff-2023"), unique_tokens=unique)


def test_a4_besiroglu_optimum_has_balanced_marginals(coefficients: Coefficients) -> None:
    """At 5.76e23 FLOP the loss is 1.9744, and at 6 N D = C the two derivatives by ln N and ln D are equal."""
    law = ChinchillaLoss(**coefficients("besiroglu-2024"))
    assert loss(law, 72.25e9, 1.329e12) == pytest.approx(1.9744, abs=1e-4)
    _, by_n, by_d = law.loss_and_partials(np.log(np.array(72.25e9)), np.log(np.array(1.329e12)))
    assert float(by_n) == pytest.approx(float(by_d), rel=1e-3)


def test_a8_loss_at_half_and_double_the_params(coefficients: Coefficients) -> None:
    """C = 1.23e22: 2.12937 at 10.058e9 params, 2.13892 and 2.13900 at half and twice as many."""
    law = ChinchillaLoss(**coefficients("besiroglu-2024"))
    found = [loss(law, n, 1.23e22 / (6 * n)) for n in (10.058e9, 5.029e9, 20.116e9)]
    assert found == pytest.approx([2.12937, 2.13892, 2.13900], abs=1.5e-5)


def test_a14_printed_hoffmann(coefficients: Coefficients) -> None:
    """Chinchilla 1.93665, Gopher 1.99326 with the printed set."""
    law = ChinchillaLoss(**coefficients("hoffmann-2022-printed"))
    assert loss(law, 70e9, 1.4e12) == pytest.approx(1.93665, abs=1e-5)
    assert loss(law, 280e9, 300e9) == pytest.approx(1.99326, abs=1e-5)


def test_chinchilla_ends_at_its_floor(coefficients: Coefficients) -> None:
    """N, D -> inf gives E, and nothing is below it."""
    law = ChinchillaLoss(**coefficients("besiroglu-2024"))
    assert loss(law, inf, inf) == law.floor == 1.8172


def test_a12_gadre_in_chinchilla_form(coefficients: Coefficients) -> None:
    """E + (a M^eta + b M^-eta) C^-eta is the Chinchilla form; two runs lie .71 and .73 % below prediction."""
    c = coefficients("gadre-2024-redpajama")
    law = overtrained(**c)
    for params, tokens, measured, error in [(1.440e9, 9.215e11, 2.50205, 0.7103), (6.889e9, 1.378e11, 2.42499, 0.7320)]:
        ratio, flop = tokens / params, 6 * params * tokens
        direct = c["E"] + (c["a"] * ratio ** c["eta"] + c["b"] * ratio ** -c["eta"]) * flop ** -c["eta"]
        assert loss(law, params, tokens) == pytest.approx(direct, rel=1e-14)
        assert 100 * (direct / measured - 1) == pytest.approx(error, abs=0.05)


def test_a11_effective_epochs() -> None:
    """2, 4, 8, 16, 40 epochs and without end: D'/U of arXiv:2305.16264; up to one epoch tokens are worth themselves."""
    epochs = np.array([2, 4, 8, 16, 40, inf])
    expected = [1.96820, 3.72567, 6.62412, 10.58246, 15.16746, 16.38776]
    assert effective_tokens(epochs * 1e11, 1e11) / 1e11 == pytest.approx(expected, abs=5e-6)
    assert effective_tokens(np.array([0.3, 1.0]), 1.0) == pytest.approx([0.3, 1.0], rel=1e-15)


def test_repetition_elasticity_and_limits() -> None:
    """d ln D'/d ln D is 1 up to one epoch, joins smoothly, and goes to 0; its value is the difference quotient."""
    amount = np.log([0.5, 1 - 1e-9, 1 + 1e-9, 3.0, 30.0, 1e9])
    value, elasticity = repetition(amount, 1.0, 15.387756)
    assert elasticity[:3] == pytest.approx(1.0, abs=1e-8)
    assert elasticity[-1] == 0.0
    up, down = (repetition(amount[3:5] + h, 1.0, 15.387756)[0] for h in (1e-5, -1e-5))
    assert elasticity[3:5] == pytest.approx((up - down) / 2e-5, rel=1e-8)
    assert (np.diff(value) > 0).all()


def test_data_that_never_wear_out() -> None:
    """R* = inf: a repeated token is worth a fresh one, so limited unique tokens change nothing."""
    assert effective_tokens(np.array([0.5, 7.0]), 1.0, inf) == pytest.approx([0.5, 7.0], rel=1e-12)
    fresh, limited = (ChinchillaLoss(1.8, 482, 2085, 0.35, 0.37, unique_tokens=u) for u in (inf, 1e9))
    assert loss(limited, 1e9, 1e12) == pytest.approx(loss(fresh, 1e9, 1e12), rel=1e-12)


def test_a9_muennighoff_values_in_all_digits(repeated: Callable[[float], DataConstrainedLoss]) -> None:
    """The two values that the authors' repository prints, 25e9 unique tokens."""
    assert loss(repeated(25e9), 6.34e9, 242e9) == pytest.approx(2.2256440889984477, abs=1e-9)
    assert loss(repeated(25e9), 8.67e9, 178e9) == pytest.approx(2.2269634075087867, abs=1e-9)


def test_a10_muennighoff_base_optimum(repeated: Callable[[float], DataConstrainedLoss]) -> None:
    """Without repetition 5.76e23 FLOP go to 69.96e9 params and 1.372e12 tokens, loss 2.0252."""
    params = np.geomspace(6e10, 8e10, 20001)
    found = repeated(inf).loss_and_partials(np.log(params), np.log(5.76e23 / (6 * params)))[0]
    best = int(np.argmin(found))
    assert params[best] == pytest.approx(69.96e9, rel=1e-3)
    assert found[best] == pytest.approx(2.0252, abs=5e-5)


def test_data_constraint_is_absent_where_data_are_plenty(repeated: Callable[[float], DataConstrainedLoss]) -> None:
    """With D <= U and N <= N_opt(D) the law is its base; every limit raises the loss, and a tighter one more."""
    base = repeated(inf)
    assert loss(repeated(2e12), 2e10, 1e12) == pytest.approx(loss(base, 2e10, 1e12), rel=1e-14)
    losses = [loss(repeated(u), 7e10, 1.4e12) for u in (inf, 4e11, 1e11, 1e10)]
    assert losses == sorted(losses)
    assert losses[3] > losses[0] + 0.1


def test_kaplan_limits(coefficients: Coefficients) -> None:
    """D -> inf gives (N_c/N)^alpha_N, N -> inf gives (D_c/D)^alpha_D; between them their joint law."""
    c = {name: coefficients("kaplan-2020")[name] for name in ("N_c", "D_c", "alpha_N", "alpha_D")}
    law = KaplanLoss(**c)
    assert loss(law, 1e9, inf) == pytest.approx((c["N_c"] / 1e9) ** c["alpha_N"], rel=1e-13)
    assert loss(law, inf, 1e10) == pytest.approx((c["D_c"] / 1e10) ** c["alpha_D"], rel=1e-13)
    joint = ((c["N_c"] / 1e9) ** (c["alpha_N"] / c["alpha_D"]) + c["D_c"] / 1e10) ** c["alpha_D"]
    assert loss(law, 1e9, 1e10) == pytest.approx(joint, rel=1e-13)


def test_a15_kaplan_overfitting_bound(coefficients: Coefficients) -> None:
    """D = 5e3 N^.74 keeps the loss within a few hundredths of that of unlimited data, a tenth of it does not."""
    c = {name: coefficients("kaplan-2020")[name] for name in ("N_c", "D_c", "alpha_N", "alpha_D")}
    law, enough = KaplanLoss(**c), 5e3 * 1e9**0.74
    assert enough == pytest.approx(2.285e10, rel=1e-3)
    excess = [loss(law, 1e9, tokens) / loss(law, 1e9, inf) - 1 for tokens in (enough, enough / 10)]
    assert excess[0] < 0.03 < excess[1]


def test_a13_deepseek_policy(coefficients: Coefficients) -> None:
    """Params from the power of compute, tokens from 6 N D = C: model 6 N of 1.404e8 and 4.322e11 FLOP per token."""
    c = coefficients("deepseek-2024")
    params, tokens = PowerPolicy(c["N_coefficient"], c["N_exponent"]).allocate(np.array([1e17, 4.5e23]))
    assert 6 * params == pytest.approx([1.404e8, 4.322e11], rel=1e-3)
    assert tokens == pytest.approx([7.123e8, 1.0414e12], rel=1e-3)


def test_policies_of_tokens_and_of_params_spend_the_budget(coefficients: Coefficients) -> None:
    """A policy that states tokens gives params as the rest; a unit of compute scales; ln N agrees."""
    c, budget = coefficients("llama3-2024"), np.array([1e21, 3.8e25])
    policy = PowerPolicy(c["D_coefficient"], c["D_exponent"], of_tokens=True)
    params, tokens = policy.allocate(budget)
    assert tokens[1] == pytest.approx(c["D_coefficient"] * 3.8e25 ** c["D_exponent"], rel=1e-12)
    assert 6 * params * tokens == pytest.approx(budget, rel=1e-14)
    assert np.exp(policy.log_params(np.log(budget))) == pytest.approx(params, rel=1e-12)
    k = coefficients("kaplan-2020")
    day = PowerPolicy(k["N_coefficient"], k["N_exponent"], unit=8.64e19)
    assert float(day.allocate(8.64e19)[0]) == pytest.approx(1.3e9, rel=1e-12)
    assert float(day.allocate(8.64e21)[0]) == pytest.approx(1.3e9 * 100**0.73, rel=1e-12)
