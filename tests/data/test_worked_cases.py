"""Published results recomputed from the shipped coefficients with plain NumPy, one test per worked case.

The formulas are written out here on purpose: no code of the package takes part, so a law file and its evaluation
are checked against two independent readings of the same paper.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

Values = dict[str, float]
Coefficients = Callable[[str], Values]


def chinchilla_loss(law: Values, params: float, tokens: float) -> float:
    """E + A/N^alpha + B/D^beta [nat/token]."""
    return float(law["E"] + law["A"] / params ** law["alpha"] + law["B"] / tokens ** law["beta"])


def chinchilla_optimum(law: Values, flop: float) -> tuple[float, float]:
    """Return the params and tokens that minimise loss at 6 N D = C (arXiv:2203.15556, Eq. 4)."""
    alpha, beta = law["alpha"], law["beta"]
    scale = (alpha * law["A"] / (beta * law["B"])) ** (1 / (alpha + beta))
    params = scale * (flop / 6) ** (beta / (alpha + beta))
    return params, flop / (6 * params)


def repeated_loss(law: Values, params: float, tokens: float, unique: float) -> float:
    """Loss with discounts for repetition and excess params (arXiv:2305.16264)."""
    alpha, beta = law["alpha"], law["beta"]
    scale = (alpha * law["A"] / (beta * law["B"])) ** (1 / (alpha + beta))
    unique = min(unique, tokens)
    base = min(params, (unique * scale) ** (beta / alpha) * scale)
    seen = unique * (1 + law["RD_star"] * (1 - math.exp(-(tokens / unique - 1) / law["RD_star"])))
    size = base * (1 + law["RN_star"] * (1 - math.exp(-(params / base - 1) / law["RN_star"])))
    return chinchilla_loss(law, size, seen)


def test_a1_unrounded_hoffmann_reproduces_its_optimum(coefficients: Coefficients) -> None:
    law = coefficients("hoffmann-2022")
    params, tokens = chinchilla_optimum(law, 5.76e23)
    assert params == pytest.approx(40e9, rel=0.03)
    assert params == pytest.approx(40.36e9, rel=2e-4)
    assert tokens == pytest.approx(2.379e12, rel=3e-4)
    assert chinchilla_loss(law, params, tokens) == pytest.approx(1.9184, rel=1e-4)


def test_a2n_printed_hoffmann_does_not(coefficients: Coefficients) -> None:
    params, _ = chinchilla_optimum(coefficients("hoffmann-2022-printed"), 5.76e23)
    assert params == pytest.approx(32.2e9, rel=5e-3)
    assert params != pytest.approx(40e9, rel=0.03)


def test_a4_besiroglu_optimum(coefficients: Coefficients) -> None:
    law = coefficients("besiroglu-2024")
    params, tokens = chinchilla_optimum(law, 5.76e23)
    assert params == pytest.approx(70e9, rel=0.1)
    assert tokens / params == pytest.approx(20, rel=0.1)
    assert params == pytest.approx(72.25e9, rel=2e-4)
    assert tokens == pytest.approx(1.329e12, rel=4e-4)
    assert chinchilla_loss(law, params, tokens) == pytest.approx(1.9744, rel=1e-4)


def test_a5_besiroglu_exponent(coefficients: Coefficients) -> None:
    law = coefficients("besiroglu-2024")
    assert law["beta"] / (law["alpha"] + law["beta"]) == pytest.approx(0.513, abs=1e-3)


def test_a6_besiroglu_agrees_with_approach_1(coefficients: Coefficients) -> None:
    law, policy = coefficients("besiroglu-2024"), coefficients("hoffmann-2022-approach1")
    for flop, params in [(1.21e20, 1e9), (1.23e22, 10e9), (5.76e23, 67e9), (1.27e26, 1e12)]:
        assert chinchilla_optimum(law, flop)[0] == pytest.approx(params, rel=0.2)
        assert policy["N_coefficient"] * flop ** policy["N_exponent"] == pytest.approx(params, rel=0.02)


def test_a9_muennighoff_values_in_all_digits(coefficients: Coefficients) -> None:
    law = coefficients("muennighoff-2023")
    assert repeated_loss(law, 6.34e9, 242e9, 25e9) == pytest.approx(2.2256440889984477, abs=1e-9)
    assert repeated_loss(law, 8.67e9, 178e9, 25e9) == pytest.approx(2.2269634075087867, abs=1e-9)


def test_a10_muennighoff_optimum_without_repetition(coefficients: Coefficients) -> None:
    params, tokens = chinchilla_optimum(coefficients("muennighoff-2023"), 5.76e23)
    assert params == pytest.approx(70.0e9, rel=5e-3)
    assert tokens == pytest.approx(1.37e12, rel=5e-3)


def test_a12_gadre_predicts_the_long_run(coefficients: Coefficients) -> None:
    law = coefficients("gadre-2024-redpajama")
    for params, tokens, measured, error in [(1.440e9, 9.215e11, 2.50205, 0.7103), (6.889e9, 1.378e11, 2.42499, 0.7320)]:
        flop, ratio = 6 * params * tokens, tokens / params
        powers = law["a"] * ratio ** law["eta"] + law["b"] * ratio ** -law["eta"]
        loss = law["E"] + powers * flop ** -law["eta"]
        assert 100 * (loss / measured - 1) == pytest.approx(error, abs=0.05)


def test_a13_deepseek_policy(coefficients: Coefficients) -> None:
    law = coefficients("deepseek-2024")
    for flop, tokens, model in [(1e17, 0.71e9, 1.4e8), (4.5e23, 1.04e12, 4.3e11)]:
        assert law["D_coefficient"] * flop ** law["D_exponent"] == pytest.approx(tokens, rel=0.01)
        assert 6 * law["N_coefficient"] * flop ** law["N_exponent"] == pytest.approx(model, rel=0.01)
    assert 6 * law["N_coefficient"] == pytest.approx(law["M_coefficient"], rel=1e-15)
    assert 6 * law["N_coefficient"] * law["D_coefficient"] == pytest.approx(1.0001, abs=1e-4)


def test_a14_printed_hoffmann_losses(coefficients: Coefficients) -> None:
    law = coefficients("hoffmann-2022-printed")
    assert chinchilla_loss(law, 70e9, 1.4e12) == pytest.approx(1.937, abs=1e-3)
    assert chinchilla_loss(law, 280e9, 300e9) == pytest.approx(1.993, abs=1e-3)


def test_llama3_refit_comes_near_its_sentence(coefficients: Coefficients) -> None:
    """402B params on 16.55T tokens at 3.8e25 FLOP; the printed pair, rounded, is far from it."""
    law = coefficients("llama3-2024")
    tokens = law["D_coefficient"] * 3.8e25 ** law["D_exponent"]
    params = law["N_coefficient"] * 3.8e25 ** law["N_exponent"]
    assert tokens == pytest.approx(16.55e12, rel=0.03)
    assert params == pytest.approx(402e9, rel=0.03)
    assert 6 * params * tokens == pytest.approx(3.8e25, rel=1e-5)
    assert law["D_coefficient_printed"] * 3.8e25 ** law["D_exponent_printed"] == pytest.approx(10.5e12, rel=0.01)


def sigmoid_success(law: Values, start: float, hours: float) -> float:
    """Success after RL of so many GPU-hours (arXiv:2510.13786, Eq. 1)."""
    return float(start + (law["ceiling"] - start) / (1 + (law["midpoint"] / hours) ** law["steepness"]))


def test_b5_b6_scalerl_gain_fractions(coefficients: Coefficients) -> None:
    law = coefficients("scalerl-8b")
    assert sigmoid_success(law, 0.3, 2542.0) == pytest.approx((0.3 + 0.610) / 2, abs=1e-12)
    for hours, fraction in [(16e3, 0.97159), (100e3, 0.99913)]:
        gain = (sigmoid_success(law, 0.3, hours) - 0.3) / (law["ceiling"] - 0.3)
        assert gain == pytest.approx(fraction, abs=1e-3)


def test_b7_b8_scout_and_long_generations(coefficients: Coefficients) -> None:
    short, long, scout = (coefficients(law) for law in ("scalerl-8b", "scalerl-8b-32k", "scalerl-scout"))
    hours = np.geomspace(1e3, 1e5, 20001)
    reached = sigmoid_success(short, 0.3, 50e3)
    first = hours[np.argmax([sigmoid_success(scout, 0.3, h) >= reached for h in hours])]
    assert 50e3 / first == pytest.approx(6, rel=0.25)
    crossing = hours[np.argmax([sigmoid_success(long, 0.3, h) > sigmoid_success(short, 0.3, h) for h in hours])]
    assert crossing == pytest.approx(34.6e3, rel=0.01)


def test_b10_b11_tan_slopes(coefficients: Coefficients) -> None:
    law = coefficients("tan-2025-qwen-base")
    slopes = [law["K_max_compute"] / (1 + law["N_0_compute"] / params) for params in (7e9, 32e9, 72e9)]
    assert slopes == pytest.approx([0.0470, 0.0958, 0.1142], abs=1e-4)
    assert [10 ** -slopes[2], 10 ** -slopes[0]] == pytest.approx([0.769, 0.897], abs=2e-3)


def test_b12_monkeys_coverage(coefficients: Coefficients) -> None:
    law = coefficients("monkeys-llama3-8b-math")
    for samples, coverage in [(1, 0.2645), (100, 0.8323), (10_000, 0.9750)]:
        assert math.exp(law["a"] * samples ** law["b"]) == pytest.approx(coverage, abs=1e-4)


def test_b15_shen_chess(coefficients: Coefficients) -> None:
    law = coefficients("shen-2026-chess")
    loss = chinchilla_loss(law, 200e6, 20e9)
    start = law["f_floor"] + math.exp(law["f_offset"] - law["f_slope"] * loss)
    slope = law["g_offset"] + law["g_tokens"] * math.log10(20e9) + law["g_params"] * math.log10(200e6)
    assert [loss, start, slope] == pytest.approx([0.4735, 0.3284, 0.0425], abs=1e-3)
    assert start + slope * (18 - law["pivot"]) == pytest.approx(0.2433, abs=1e-3)
    assert law["g_offset"] < 0, "with the sign of one of the notes the slope would be near 0.47 per decade"
