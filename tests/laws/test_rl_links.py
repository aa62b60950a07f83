"""RL links: nothing without RL, published cases B5 to B8, B10 and B11, and what the joint law's bound rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.laws.rl_gain import AbstractRlLink, LogarithmicGain, NoGain, SaturatingGain
from budgetplan.laws.rl_published import ErrorPower, SuccessSigmoid
from budgetplan.numerics.arrays import Array
from budgetplan.numerics.logistic import logit, sigmoid, softplus

Coefficients = Callable[[str], dict[str, float]]

STARTS = np.array([-690.0, -400.0, -40.0, -29.999, -3.0, 0.0, 0.847, 4.0, 25.0])
HOURS = np.array([2542.0, 16e3, 100e3])


def after(link: AbstractRlLink, start: Any, tokens: Any, params: float = 8e9) -> Array:
    """Success after RL tokens from a start in success."""
    begin = logit(np.asarray(start, dtype=float))
    with np.errstate(divide="ignore"):  # ln of zero tokens is the -inf that stands for no RL
        r = np.log(np.asarray(tokens, dtype=float))
    return sigmoid(link.ability(begin, np.log(np.array(params)), r))


def test_no_rl_leaves_the_start(rl_link: AbstractRlLink) -> None:
    """R = 0 gives a_0 exactly, with slope 1 in it and none in N and R."""
    n, none = np.full(9, np.log(8e9)), np.full(9, -np.inf)
    assert rl_link.ability(STARTS, n, none) == pytest.approx(STARTS, rel=1e-14)
    ability, by_start, by_n, by_r = rl_link.partials(STARTS, n, none)
    assert ability == pytest.approx(STARTS, rel=1e-14)
    assert by_start == pytest.approx(np.ones(9), rel=1e-13)
    assert by_n.tolist() == by_r.tolist() == [0.0] * 9


def test_no_gain_is_the_identity() -> None:
    """Without an RL link no amount of RL matters."""
    n, r = np.full(9, 23.0), np.full(9, 30.0)
    assert NoGain().ability(STARTS, n, r).tolist() == STARTS.tolist()
    assert [part.tolist() for part in NoGain().partials(STARTS, n, r)] == [
        STARTS.tolist(),
        [1.0] * 9,
        [0.0] * 9,
        [0.0] * 9,
    ]


@given(start=st.floats(-60, 25), step=st.floats(1e-3, 20), n=st.floats(16, 30), r=st.floats(5, 38))
def test_what_the_bound_rests_on(rl_link: AbstractRlLink, start: float, step: float, n: float, r: float) -> None:
    """Ability falls in no argument, and the gain in ln success does not rise with the start."""
    low, high, size, tokens = (np.array(v) for v in (start, start + step, n, r))
    here = rl_link.ability(low, size, tokens)
    rounding = 1e-12 * (1 + abs(here))
    assert here >= low - rounding
    assert rl_link.ability(high, size, tokens) >= here - rounding
    assert rl_link.ability(low, size + step, tokens) >= here - rounding
    assert rl_link.ability(low, size, tokens + step) >= here - rounding
    gain_low = softplus(-low) - softplus(-here)
    gain_high = softplus(-high) - softplus(-rl_link.ability(high, size, tokens))
    assert gain_high <= gain_low + 1e-12 * (1 + abs(start))


def test_logarithmic_gain_is_a_power_law_of_small_error(coefficients: Coefficients) -> None:
    """Ten times the tokens divide the odds of failure by 10^gain well beyond the reference."""
    c = coefficients("qwen3-gsm8k-log")
    link = LogarithmicGain(c["gain"], c["reference"])
    few, many = (1 - after(link, 0.99, tokens) for tokens in (1e11, 1e12))
    assert float(few / many) == pytest.approx(10 ** c["gain"], rel=2e-3)
    assert float(after(link, 0.5, c["reference"])) == pytest.approx(1 / (1 + 2 ** -c["gain"]), rel=1e-12)


def test_saturating_gain_has_its_half_at_the_midpoint(coefficients: Coefficients) -> None:
    """Half of the ceiling at R_mid, all of it without end; a slope of ceiling b/4 at the midpoint."""
    c = {name: coefficients("qwen3-gsm8k-saturating")[name] for name in ("ceiling", "midpoint", "steepness")}
    link, r = SaturatingGain(**c), np.log(c["midpoint"])
    zero = np.array(0.0)
    assert float(link.ability(zero, zero, np.array(r))) == pytest.approx(c["ceiling"] / 2, rel=1e-13)
    assert float(link.ability(zero, zero, np.array(np.inf))) == pytest.approx(c["ceiling"], rel=1e-15)
    assert float(link.partials(zero, zero, np.array(r))[3]) == pytest.approx(c["ceiling"] * c["steepness"] / 4, rel=1e-13)


@pytest.mark.parametrize("start", [0.1, 0.3, 0.45])
def test_b5_b6_scalerl_gain_fractions(start: float, coefficients: Coefficients) -> None:
    """At C_mid half of the way to the ceiling, at 16,000 and 100,000 GPU-hours .97159 and .99913, from any start."""
    c = coefficients("scalerl-8b")
    link = SuccessSigmoid(**c)
    reached = after(link, start, HOURS * c["tokens_per_gpu_hour"])
    ceiling = after(link, start, np.inf)
    fractions = (reached - start) / (ceiling - start)
    assert fractions[0] == pytest.approx(0.5, abs=1e-12)
    assert fractions[1:] == pytest.approx([0.97159, 0.99913], abs=1e-5)
    if start == c["start"]:
        assert float(ceiling) == pytest.approx(c["ceiling"], rel=1e-13)
        assert reached[0] == pytest.approx((c["start"] + c["ceiling"]) / 2, abs=1e-12)
    else:
        assert logit(ceiling) - logit(np.array(start)) == pytest.approx(link.lift, rel=1e-12)


def test_b7_b8_scout_and_long_generations(coefficients: Coefficients) -> None:
    """Scout reaches the 8B's 50,000 hours in a sixth of them; 32k generations pass 14k at 34,600 hours."""
    hours = np.geomspace(1e3, 1e5, 20001)
    success = {}
    for law in ("scalerl-8b", "scalerl-8b-32k", "scalerl-scout"):
        c = coefficients(law)
        success[law] = after(SuccessSigmoid(**c), 0.3, hours * c["tokens_per_gpu_hour"])
        assert c["start"] == 0.3
    reached = np.interp(50e3, hours, success["scalerl-8b"])
    assert 50e3 / hours[np.argmax(success["scalerl-scout"] >= reached)] == pytest.approx(5.99, rel=2e-3)
    assert hours[np.argmax(success["scalerl-8b-32k"] > success["scalerl-8b"])] == pytest.approx(34.6e3, rel=0.01)


def test_b10_b11_tan_slopes_and_error_ratios(coefficients: Coefficients) -> None:
    """Exponents .0470, .0958, .1142 at 7, 32, 72 B; ten times the RL leaves .897 of the error at 7 B, .769 at 72 B."""
    c = coefficients("tan-2025-qwen-base")
    link = ErrorPower(c["K_max_compute"], c["N_0_compute"], c["R_ref"])
    assert link.exponent(np.log([7e9, 32e9, 72e9]))[0] == pytest.approx([0.0470, 0.0958, 0.1142], abs=1e-4)
    for params, ratio in ((7e9, 0.897), (72e9, 0.769)):
        far = c["R_ref"] * 1e6
        error = [1 - float(after(link, 0.4, tokens, params)) for tokens in (far, 10 * far)]
        assert error[1] / error[0] == pytest.approx(ratio, abs=2e-3)


def test_tan_error_falls_from_the_start(coefficients: Coefficients) -> None:
    """1 - mu = (1 - S_0)(1 + R/R_ref)^-k where every problem is sometimes solved: w is 1 to 1e-8 at a start of .3."""
    c = coefficients("tan-2025-qwen-base")
    link, tokens = ErrorPower(c["K_max"], c["N_0"], c["R_ref"]), np.array([0.0, 1e8, 1e10])
    slope = c["K_max"] / (1 + c["N_0"] / 8e9)
    assert 1 - after(link, 0.3, tokens) == pytest.approx(0.7 * (1 + tokens / c["R_ref"]) ** -slope, rel=1e-8)


def test_tan_needs_a_signal() -> None:
    """w = 1 - (1 - S_0)^64: from a start of 1e-12 the first successes come in proportion to it, not from nothing."""
    link = ErrorPower(0.135, 13.1e9, 1e8)
    solved = 1 - (1 + 1e11 / 1e8) ** -(0.135 / (1 + 13.1e9 / 8e9))
    for start in (1e-12, 1e-15, 1e-200):
        assert float(after(link, start, 1e11)) / start == pytest.approx(1 + 64 * solved, rel=1e-9)
