"""Failure of k samples with Beta-distributed problems, against mpmath with as many digits as the cancellation needs.

ln F = ln Gamma(b + k) + ln Gamma(v) - ln Gamma(b) - ln Gamma(v + k), with b = v/(1 + e^ability).
"""

from __future__ import annotations

import itertools
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from scipy import special

from budgetplan.numerics.beta_coverage import log_failure, log_failure_gradient
from budgetplan.numerics.logistic import sigmoid, softplus

ABILITIES = (-690.0, -100.0, -30.0, -5.0, -1.0, -0.1, 0.0, 0.1, 1.0, 5.0, 27.6, 100.0, 600.0)
CONCENTRATIONS = (1e-8, 1e-2, 0.3, 1.5, 7.0, 40.0, 1e3, 1e4, 1e6)
SAMPLES = (1.0, 1.0001, 1.5, 2.0, 10.0, 100.0, 1e4, 1e6)
DENORMAL = 1e-307
"""Below it a double has fewer digits than the test asks for."""


def arguments(ability: float, concentration: float, samples: float) -> tuple[Any, Any, Any, Any]:
    """ln(1 - m), m, v and k as the functions take them."""
    a = np.array(ability)
    return -softplus(a), sigmoid(a), np.array(concentration), np.array(samples)


def digits(ability: float) -> int:
    """Digits that leave 40 correct ones after the difference of the log-gammas; 360 at success 1e-300."""
    return 60 + int(abs(min(ability, 0.0)) / 2.3)


def exact(ability: float, concentration: float, samples: float) -> tuple[Any, list[Any]]:
    """ln F and its derivatives by ability, ln v and ln k."""
    v, k = mp.mpf(concentration), mp.mpf(samples)
    mean, b = 1 / (1 + mp.exp(-mp.mpf(ability))), v / (1 + mp.exp(mp.mpf(ability)))
    value = mp.loggamma(b + k) + mp.loggamma(v) - mp.loggamma(b) - mp.loggamma(v + k)
    rise = b * (mp.digamma(b + k) - mp.digamma(b))
    by_nu = rise - v * (mp.digamma(v + k) - mp.digamma(v))
    return value, [-mean * rise, by_nu, -k * (mp.digamma(v + k) - mp.digamma(b + k))]


@pytest.mark.parametrize("ability", ABILITIES)
def test_values_and_gradients_over_the_whole_range(ability: float) -> None:
    """Relative error below 1e-10 of ln F and below 1e-9 of its derivatives."""
    for v, k in itertools.product(CONCENTRATIONS, SAMPLES):
        inputs = arguments(ability, v, k)
        with mp.workdps(digits(ability)):
            value, slopes = exact(ability, v, k)
            found = log_failure(*inputs)
            assert abs((mp.mpf(float(found)) - value) / value) < 1e-10, (v, k)
            for name, slope, got in zip("avk", slopes, log_failure_gradient(*inputs), strict=True):
                # at k = 1 the spread has no effect: its derivative is zero and rounding is measured against ln F
                allowed = 1e-9 * abs(slope) + DENORMAL + (1e-12 * abs(value) if name == "v" else 0)
                assert abs(mp.mpf(float(got)) - slope) <= allowed, (name, v, k)


def test_the_plain_formulas_fail_here() -> None:
    """The reason for the module: 1 - B(a, b + k)/B(a, b) is 0/0 or rounding, and log-gammas lose every digit."""
    with np.errstate(invalid="ignore"):
        spread = 1 - special.beta(5e3, 5e3 + 10) / special.beta(5e3, 5e3)
    assert np.isnan(spread)
    assert float(-np.expm1(log_failure(*arguments(0.0, 1e4, 10.0)))) == pytest.approx(1 - 0.5**10, rel=1e-3)
    mean, v, k = float(sigmoid(np.array(-100.0))), 0.3, 10.0
    b = v * (1 - mean)
    assert abs(1 - special.beta(mean * v, b + k) / special.beta(mean * v, b)) > 1e20 * mean  # rounding, not success
    assert special.gammaln(b + k) + special.gammaln(v) - special.gammaln(b) - special.gammaln(v + k) == 0.0
    with mp.workdps(digits(-100.0)):
        expected = float(exact(-100.0, v, k)[0])
    assert expected < 0
    assert float(log_failure(*arguments(-100.0, v, k))) == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize("ability", [-690.0, -30.0, -1.0, 3.0])
@pytest.mark.parametrize("samples", [1.0, 2.5, 1e4])
def test_equal_problems_at_infinite_concentration(ability: float, samples: float) -> None:
    """v -> inf: all problems alike, F = (1 - m)^k; 1e260 is the largest concentration the laws pass on."""
    inputs = arguments(ability, 1e260, samples)
    assert float(log_failure(*inputs)) == pytest.approx(float(-samples * softplus(np.array(ability))), rel=1e-12, abs=0)


@pytest.mark.parametrize("ability", [-690.0, -3.0, 0.0, 4.0, 600.0])
def test_one_sample_and_hopeless_spread(ability: float) -> None:
    """k = 1 gives F = 1 - m for every spread; v -> 0 gives it for every k: a problem is solved at once or never."""
    for v in (1e-8, 0.45, 1e3):
        assert float(log_failure(*arguments(ability, v, 1.0))) == pytest.approx(
            -float(softplus(np.array(ability))), rel=1e-12, abs=0
        )
    few, many = (float(log_failure(*arguments(ability, 1e-14, k))) for k in (1.0, 1e6))
    assert many == pytest.approx(few, rel=1e-12, abs=0)


def test_the_tail_exponent_is_the_first_shape() -> None:
    """F ~ k^-a Gamma(v)/Gamma(b) for large k (Levi, arXiv:2410.16377)."""
    mean, v, k = 0.3, 1.5, 1e9
    ability = float(np.log(mean / (1 - mean)))
    expected = -mean * v * np.log(k) + special.gammaln(v) - special.gammaln((1 - mean) * v)
    assert float(log_failure(*arguments(ability, v, k))) == pytest.approx(expected, abs=1e-8)


def test_case_b13() -> None:
    """Mean .3, concentration 1.5: pass@1, 2, 10, 100 of worked case B13."""
    k = np.array([1.0, 2.0, 10.0, 100.0])
    fails = log_failure(np.log1p(np.full(4, -0.3)), np.full(4, 0.3), np.full(4, 1.5), k)
    assert -np.expm1(fails) == pytest.approx([0.3000, 0.4260, 0.6877, 0.8858], abs=1e-4)


def test_arrays_agree_with_scalars() -> None:
    """A grid with a draw axis gives the numbers of its cells."""
    ability, v, k = np.array([[-3.0], [0.5]]), np.array([0.4, 3.0, 50.0]), np.array([1.0, 8.0, 300.0])
    inputs = np.broadcast_arrays(-softplus(ability), sigmoid(ability), v, k)
    values, slopes = log_failure(*inputs), log_failure_gradient(*inputs)
    for i, j in np.ndindex(2, 3):
        one = arguments(float(ability[i, 0]), float(v[j]), float(k[j]))
        assert values[i, j] == pytest.approx(float(log_failure(*one)), rel=1e-14, abs=0)
        assert [s[i, j] for s in slopes] == pytest.approx([float(s) for s in log_failure_gradient(*one)], rel=1e-12, abs=0)


@pytest.mark.parametrize("drawn", range(4), ids=["log failure", "mean", "concentration", "samples"])
@pytest.mark.parametrize("draws", [5, 7])
def test_a_draw_axis_in_one_argument_alone(draws: int, drawn: int) -> None:
    """Any one argument may have more axes than the others; as many draws as terms summed (7) must not hide an error."""
    cells = [
        -softplus(np.linspace(-2, 2, 7)),
        sigmoid(np.linspace(-2, 2, 7)),
        np.linspace(0.4, 9, 7),
        np.linspace(1, 40, 7),
    ]
    inputs = [c * np.linspace(1, 1.05, draws)[:, None] if i == drawn else c for i, c in enumerate(cells)]
    full = np.broadcast_arrays(*inputs)
    assert log_failure(*inputs) == pytest.approx(log_failure(*full), rel=1e-13, abs=0)
    for found, expected in zip(log_failure_gradient(*inputs), log_failure_gradient(*full), strict=True):
        assert np.broadcast_to(found, expected.shape) == pytest.approx(expected, rel=1e-12, abs=1e-13)
