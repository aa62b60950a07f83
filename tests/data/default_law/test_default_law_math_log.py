"""The RL link of the default law refitted, and every figure in its caveats and in those of `default` recomputed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

LOG = "math-log"
PROBLEMS = 1319
"""Test set of GSM8K, which every point of the curves was read on."""

Law = Callable[[str], Any]
Coefficient = Callable[[str, str], float]
Shared = Callable[[str], Path]


def short(number: float, digits: int) -> str:
    """Number without the zero before its point."""
    return f"{number:.{digits}f}".removeprefix("0")


def logits(gain: float, reference: float, tokens: float) -> float:
    """Ability gained along the logarithmic form."""
    return float(gain * np.log1p(tokens / reference))


def ends(law: Law) -> list[tuple[float, float]]:
    """Gain and reference at the value, the low and the high end, as shipped."""
    gain, reference = (law(LOG)["coefficients"][name] for name in ("gain", "reference"))
    return [(gain[key], reference[key]) for key in ("value", "low", "high")]


@pytest.fixture
def text(law: Law) -> str:
    """Caveats of the link in one line."""
    return " ".join(law(LOG)["caveats"])


@pytest.fixture
def default(law: Law) -> str:
    """Caveats of the default law in one line."""
    return " ".join(law("default")["caveats"])


@pytest.fixture
def curves(fitters: Any, shared_data: Shared) -> list[Any]:
    """The five curves."""
    return list(fitters.rl.load_curves(shared_data("rl-qwen3-gsm8k")))


def test_the_gain_is_the_published_exponent(law: Law, coefficient: Coefficient, fitters: Any) -> None:
    """At 72B in tokens, by the law file of the paper; the low end at 7B in compute."""
    most, half, half_compute = (coefficient("tan-2025-qwen-base", name) for name in ("K_max", "N_0", "N_0_compute"))
    held = fitters.published
    assert (most, half, half_compute) == (held.K_MAX, held.HALF, held.HALF_COMPUTE)
    assert most == coefficient("tan-2025-qwen-base", "K_max_compute")
    gain = law(LOG)["coefficients"]["gain"]
    assert gain["kind"] == "published"
    assert gain["value"] == pytest.approx(most / (1 + half / 72e9), abs=5e-6)
    assert gain["low"] == pytest.approx(most / (1 + half_compute / 7e9), abs=5e-7)
    assert gain["high"] == coefficient("qwen3-gsm8k-log", "gain")
    sizes = ", ".join(f"{short(most / (1 + half / (b * 1e9)), 2)} at {b}B" for b in (7, 14, 72))
    printed = " ".join(law(LOG)["caveats"])
    assert sizes in printed
    assert f"at most {short(most, 3)}" in printed


def test_refit_gives_the_shipped_link(curves: list[Any], law: Law, fitters: Any) -> None:
    """Gain as held, reference and its range from the ends of the curves, points and error."""
    fit, entries = fitters.published.fit_held(curves), law(LOG)["coefficients"]
    assert entries["reference"]["kind"] == "fitted"
    assert entries["reference"]["command"] == "python scripts/fit_default_law --data DIR"
    for key in ("value", "low", "high"):
        assert entries["gain"][key] == getattr(fit.gain, key)
        assert entries["reference"][key] == pytest.approx(getattr(fit.reference, key), rel=6e-5)
    assert f"{fit.rows} points from step 28 on" in entries["reference"]["source"]
    assert f"rms {fit.errors.value:.4f}" in entries["reference"]["source"]
    assert entries["tokens_per_rollout"]["value"] == fitters.rl.TOKENS_PER_ROLLOUT


def test_the_fitter_recovers_a_known_reference(fitters: Any) -> None:
    """Exact curves with the published gain and a reference of 1e3 tokens, early rows spoilt."""
    tokens, gain = np.geomspace(1e6, 3e7, 40), fitters.published.exponent(72e9, 11.5e9)
    made = []
    for base in (0.3, 0.5, 0.7):
        success = 1 / (1 + (1 - base) / base * (1 + tokens / 1e3) ** -gain)
        success[tokens < fitters.profile.LATE] = base + 0.01
        made.append(fitters.rl.Curve(f"{base}", 1e9, base, tokens, success))
    fit = fitters.published.fit_held(made)
    assert fit.reference.value == pytest.approx(1e3, rel=1e-3)
    assert fit.errors.value < 1e-5
    assert fit.everywhere > 0.05
    assert fit.rows == 3 * int(np.sum(tokens >= fitters.profile.LATE))


def test_a_shared_curve_cannot_tell_the_slopes_apart(curves: list[Any], text: str, default: str, fitters: Any) -> None:
    """Both errors as printed; their difference is small beside what the level of the sizes costs either slope."""
    late, fit = fitters.published.late_rows(curves), fitters.published.fit_held(curves)
    assert f"{short(fit.errors.value, 4)} (rms) with this slope and by {short(fit.errors.high, 4)} with" in text
    assert f"miss by {short(fit.errors.value, 3)} in success (rms) with either" in default
    assert short(fit.errors.high, 3) == short(fit.errors.value, 3)
    level = [
        shared**2 - np.mean(np.square(list(fitters.published.own_errors(late, gain).values())))
        for gain, shared in ((fit.gain.value, fit.errors.value), (fit.gain.high, fit.errors.high))
    ]
    assert fit.errors.value**2 - fit.errors.high**2 < 0.15 * min(level)
    for left_out in late:  # the steeper slope never wins by more than a tenth, whichever size is left out
        rest = [curve for curve in late if curve is not left_out]
        flat, steep = (fitters.profile.fit_reference(rest, gain)[1] for gain in (fit.gain.value, fit.gain.high))
        assert steep < flat < 1.11 * steep


def test_each_curve_by_itself_ends_steeper(curves: list[Any], text: str, fitters: Any) -> None:
    """Range of the end slopes, all above the gain; errors with own references, below the sampling error."""
    slopes = fitters.profile.late_slopes(curves)
    fit, late = fitters.published.fit_held(curves), fitters.published.late_rows(curves)
    least, most = (short(pick(slopes.values()), 2) for pick in (min, max))
    assert f"rises by {least} to {most} logits per e-fold, every one faster" in text
    assert min(slopes.values()) > fit.gain.value
    flat, steep = (fitters.published.own_errors(late, gain) for gain in (fit.gain.value, fit.gain.high))
    spans = [" to ".join(short(pick(e.values()), 4) for pick in (min, max)) for e in (flat, steep)]
    assert f"misses by {spans[0]} with this slope and by {spans[1]} with .25" in text
    assert {name for name in flat if flat[name] < steep[name]} == {"4b", "8b"}
    assert "4B and 8B side with this slope, 0.6B, 1.7B and 14B with the steeper" in text
    mean = {curve.name: float(np.mean(curve.success)) for curve in late}
    sampling = {name: float(np.sqrt(p * (1 - p) / PROBLEMS)) for name, p in mean.items()}
    assert f"({short(min(sampling.values()), 3)} to {short(max(sampling.values()), 3)}) either way" in text
    assert all(max(flat[name], steep[name]) < error for name, error in sampling.items())


def test_small_amounts_of_rl_are_overstated(curves: list[Any], text: str, coefficient: Coefficient, fitters: Any) -> None:
    """Every curve has gained less at its first point, and the error over all points is as printed."""
    pair = coefficient(LOG, "gain"), coefficient(LOG, "reference")
    for curve in curves:
        measured = np.log(curve.success[0] / (1 - curve.success[0])) - np.log(curve.base / (1 - curve.base))
        assert measured < logits(*pair, float(curve.tokens[0]))
    first = min(float(curve.tokens[0]) for curve in curves)
    assert f"adds {short(logits(*pair, first), 2)} logits by {first:.1e} tokens" in text
    everywhere = fitters.published.fit_held(curves).everywhere
    free = fitters.rl.fit_curves(curves, "ability-log")[1]
    points = sum(curve.tokens.size for curve in curves)
    assert f"all {points} points, the early ones included, are missed by {short(everywhere, 4)}" in text
    assert f"(a free fit: {short(free, 4)})" in text


def test_extrapolations(text: str, default: str, law: Law) -> None:
    """Logits at 1e12 and 3e12 tokens at the value and at both ends of the gain."""
    value, low, high = (f"{logits(*pair, 1e12):.1f}" for pair in ends(law))
    assert f"gives {value} logits, the low and the high end of the gain {low} and {high}" in text
    value, low, high = (f"{logits(*pair, 3e12):.1f}" for pair in ends(law))
    assert f"adds {value} logits, {low} to {high} with" in default
    assert ends(law)[1][1] < 1e-2  # "far below one token"


def test_the_box_is_that_of_both_sets_of_runs(curves: list[Any], law: Law, fitters: Any) -> None:
    """From the rows that set the level to the end of the runs that set the slope."""
    late, tan = fitters.published.late_rows(curves), law("tan-2025-qwen-base")["box"]
    box = law(LOG)["box"]
    assert box["rl_tokens"][0] == pytest.approx(min(curve.tokens[0] for curve in late), rel=6e-5)
    assert box["rl_tokens"][1] == tan["rl_tokens"][1]
    assert box["params"] == [min(curve.params for curve in curves), tan["params"][1]]
    success = np.concatenate([[curve.base, *curve.success] for curve in late])
    assert box["success"] == pytest.approx([success.min(), success.max()], rel=6e-5)


def test_a_lenient_reader_of_the_last_checkpoints_finds_less(text: str, coefficient: Coefficient) -> None:
    """From 4B on the link promises 1.7 times what their 86,000 rollouts gained."""
    promised = logits(coefficient(LOG, "gain"), coefficient(LOG, "reference"), 8.6e4 * 256)
    assert f"with {promised:.2f} there, promises about 1.7 times" in text
    assert np.mean([promised / measured for measured in (0.63, 0.69, 0.69)]) == pytest.approx(1.7, abs=0.05)
