"""Every figure in the caveats of the link `qwen3-gsm8k-log`, recomputed from curves and files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Law = Callable[[str], Any]
Coefficient = Callable[[str, str], float]
Shared = Callable[[str], Path]

LOG = "qwen3-gsm8k-log"


def short(number: float, digits: int) -> str:
    """Number without the zero before its point."""
    return f"{number:.{digits}f}".removeprefix("0")


def logits(gain: float, reference: float, tokens: float) -> float:
    """Ability gained along the logarithmic form."""
    return float(gain * np.log1p(tokens / reference))


@pytest.fixture
def text(law: Law) -> str:
    """Caveats of the logarithmic link in one line."""
    return " ".join(law(LOG)["caveats"])


def test_end_slopes(text: str, fitters: Any, shared_data: Shared) -> None:
    """The five slopes from step 28 on, their mean and their spread."""
    slopes = fitters.profile.late_slopes(fitters.rl.load_curves(shared_data("rl-qwen3-gsm8k")))
    printed = re.search(r"ability rises by ([.\d, ]+) logits", text)
    assert printed is not None
    assert [float(number) for number in printed.group(1).split(",")] == [round(s, 2) for s in slopes.values()]
    values = np.array(list(slopes.values()))
    assert f"the gain is their mean, {short(values.mean(), 2)}," in text
    assert f"the standard deviation between sizes {short(values.std(ddof=1), 2)}" in text


def test_price_of_the_anchor(text: str, fitters: Any, shared_data: Shared) -> None:
    """Errors with the gain anchored, free and held elsewhere; the free fit rises faster than any curve ends."""
    curves = fitters.rl.load_curves(shared_data("rl-qwen3-gsm8k"))
    anchored, free = fitters.profile.fit_anchored(curves), fitters.rl.fit_rl(curves, "ability-log")
    gain, reference = (free.coefficients[name].value for name in ("gain", "reference"))
    assert f"success is {short(anchored.rms, 4)} here against {short(free.rms, 4)} for the free fit" in text
    assert f"gain of {short(gain, 2)} the data do not determine" in text
    assert free.undetermined == ("14b alone",)
    for held, error in fitters.profile.profile(curves, (0.5, 2.0, 3.0)).items():
        assert f"{short(error, 4)} at {held:g}".replace(" 0.", " .") in text
    rise = gain * 2e7 / (2e7 + reference)
    assert f"rises by {short(rise, 2)} per e-fold at 2e+07 tokens" in text
    assert rise / anchored.gain.high == pytest.approx(2, abs=0.1)


def test_small_amounts_of_rl_are_overstated(text: str, coefficient: Coefficient, fitters: Any, shared_data: Shared) -> None:
    """At its first point used every curve has gained less than the link says; the earliest is printed."""
    curves = fitters.rl.load_curves(shared_data("rl-qwen3-gsm8k"))
    pair = coefficient(LOG, "gain"), coefficient(LOG, "reference")
    first = min(float(curve.tokens[0]) for curve in curves)
    assert pair[1] < first
    assert f"adds {short(logits(*pair, first), 2)} logits there" in text
    for curve in curves:
        measured = np.log(curve.success[0] / (1 - curve.success[0])) - np.log(curve.base / (1 - curve.base))
        assert measured < logits(*pair, float(curve.tokens[0]))


def test_published_slopes_are_smaller(text: str, coefficient: Coefficient) -> None:
    """Two to five times less, by the law file of the paper; its least is the low end of the gain."""
    most, half = (coefficient("tan-2025-qwen-base", name) for name in ("K_max_compute", "N_0_compute"))
    least, largest = (most / (1 + half / params) for params in (7e9, 72e9))
    assert f"finds {short(least, 2)} to {short(largest, 2)} per e-fold" in text
    ratios = coefficient(LOG, "gain") / largest, coefficient(LOG, "gain") / least
    assert ratios == pytest.approx((2, 5), rel=0.1)


def test_extrapolations(text: str, law: Law, coefficient: Coefficient, fitters: Any, shared_data: Shared) -> None:
    """Logits at 1e12 tokens for the value and for the least and the largest end slope."""
    curves = fitters.rl.load_curves(shared_data("rl-qwen3-gsm8k"))
    fit = fitters.profile.fit_anchored(curves)
    pairs: tuple[tuple[float, float], ...] = (
        (coefficient(LOG, "gain"), coefficient(LOG, "reference")),
        (min(fit.slopes.values()), fit.reference.low),
        (fit.gain.high, fit.reference.high),
    )
    far = [f"{logits(gain, reference, 1e12):.1f}" for gain, reference in pairs]
    assert f"the value gives {far[0]} logits, the least and the largest end slope {far[1]} and {far[2]}" in text
    ceiling = coefficient("qwen3-gsm8k-saturating", "ceiling")
    assert f"`qwen3-gsm8k-saturating` gives {ceiling:.2f} there" in text
    smallest, error = fitters.profile.fit_reference(curves, law(LOG)["coefficients"]["gain"]["low"])
    assert smallest < 1
    assert f"below one token (rms {short(error, 4)})" in text


def test_a_lenient_reader_of_the_last_checkpoints_finds_less(text: str, coefficient: Coefficient) -> None:
    """From 4B on, five eighths of what the link promises for their 86,000 rollouts."""
    promised = logits(coefficient(LOG, "gain"), coefficient(LOG, "reference"), 8.6e4 * 256)
    assert f"with {promised:.2f} there" in text
    assert np.mean([promised / measured for measured in (0.63, 0.69, 0.69)]) == pytest.approx(1.6, abs=0.05)
