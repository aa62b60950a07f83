"""The files of the fitted links and of the default law: complete, composed, and with figures that can be recomputed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize, special

PRETRAINING = ("E", "A", "B", "alpha", "beta")
TASK_LAWS = ("task-gsm8k", "task-humaneval", "task-mmlu", "task-arc-challenge", "task-hellaswag")
LINK_LAWS = (*TASK_LAWS, "math-log", "qwen3-gsm8k-log", "qwen3-gsm8k-saturating", "beta", "default")

Law = Callable[[str], Any]
Coefficient = Callable[[str, str], float]


def logit_form(base: float, gain: float) -> float:
    """Success after a gain in ability, in plain arithmetic."""
    return 1 / (1 + (1 - base) / base * float(np.exp(-gain)))


def pass_at_k_by_integration(a: float, b: float, k: float) -> float:
    """Mean over a Beta(a, b) of 1 - (1 - p)^k, by quadrature with the end singularities as weights."""
    # After p = u, the integrand u^(a-1) (1-u)^(b-1+k) carries both powers as the weight of QUADPACK's QAWS.
    missed = integrate.quad(lambda p: 1.0, 0, 1, weight="alg", wvar=(a - 1, b - 1 + k))[0]
    whole = integrate.quad(lambda p: 1.0, 0, 1, weight="alg", wvar=(a - 1, b - 1))[0]
    return float(1 - missed / whole)


@pytest.mark.parametrize("name", LINK_LAWS)
def test_a_law_file_is_complete(name: str, law: Law) -> None:
    """Every coefficient has value, unit, kind, source and a range that holds it."""
    found = law(name)
    assert found["id"] == name
    assert found["sources"]
    assert found["caveats"]
    for which, entry in found["coefficients"].items():
        assert {"value", "unit", "kind", "source"} <= set(entry), which
        if entry["kind"] != "published":
            assert entry["low"] <= entry["value"] <= entry["high"], which


def test_the_default_law_names_existing_links(law: Law) -> None:
    """One law file per link, each of the kind that it stands for."""
    links = law("default")["links"]
    assert links == {
        "pretraining": "besiroglu-2024",
        "task": "task-gsm8k",
        "rl": "math-log",
        "inference": "beta",
    }
    for link, name in links.items():
        assert law(name)["link"] == link


def test_the_task_link_stands_on_the_shipped_pretraining_law(fitters: Any, coefficient: Coefficient) -> None:
    """The script and `besiroglu-2024` carry the same coefficients."""
    shipped = {name: coefficient("besiroglu-2024", name) for name in PRETRAINING}
    assert shipped == fitters.task.BESIROGLU


def test_examples_follow_from_the_formulas(law: Law, coefficient: Coefficient) -> None:
    """Worked numbers recomputed from the coefficients without the fitting code."""
    for name in TASK_LAWS:
        slope, midpoint, chance = (coefficient(name, which) for which in ("slope", "midpoint", "chance"))
        loss = law(name)["example"]["inputs"]["pretraining_loss"]
        success = chance + (1 - chance) / (1 + np.exp(-slope * (midpoint - loss)))
        assert law(name)["example"]["value"] == pytest.approx(success, abs=1e-5)
    for name in ("math-log", "qwen3-gsm8k-log"):
        gain, reference = coefficient(name, "gain"), coefficient(name, "reference")
        example = law(name)["example"]["value"]
        assert example == pytest.approx(logit_form(0.5, gain * np.log1p(2e7 / reference)), abs=1e-5)
    assert law("qwen3-gsm8k-saturating")["example"]["value"] == pytest.approx(
        logit_form(0.5, coefficient("qwen3-gsm8k-saturating", "ceiling") / 2), abs=1e-5
    )


def test_the_default_law_composes_its_links(law: Law, coefficient: Coefficient) -> None:
    """The worked number of `default`, link by link, with pass@k by numerical integration."""
    inputs = law("default")["example"]["inputs"]
    e, a, b, alpha, beta = (coefficient("besiroglu-2024", name) for name in PRETRAINING)
    loss = e + a * inputs["params"] ** -alpha + b * inputs["pretraining_tokens"] ** -beta
    base = 1 / (1 + np.exp(-coefficient("task-gsm8k", "slope") * (coefficient("task-gsm8k", "midpoint") - loss)))
    steps = np.log1p(inputs["rl_tokens"] / coefficient("math-log", "reference"))
    mean = logit_form(base, coefficient("math-log", "gain") * steps)
    nu = coefficient("beta", "tail") / base * (base / mean) ** coefficient("beta", "narrowing")
    plateau = coefficient("beta", "selection_samples")
    k = 1 + (plateau - 1) * (1 - np.exp(-(inputs["samples_per_query"] - 1) / (plateau - 1)))
    covered = pass_at_k_by_integration(mean * nu, (1 - mean) * nu, k)
    success = mean + coefficient("beta", "selection_efficiency") * (covered - mean)
    assert law("default")["example"]["value"] == pytest.approx(success, abs=2e-5)


@pytest.mark.parametrize(("tail", "mean", "k"), [(0.45, 0.01, 100.0), (0.3, 0.5, 16.0), (0.9, 0.25, 3.5)])
def test_pass_at_k_is_the_mean_over_problems(tail: float, mean: float, k: float, fitters: Any) -> None:
    """Closed form against quadrature, at fractional k too."""
    expected = pass_at_k_by_integration(tail, tail * (1 - mean) / mean, k)
    assert float(fitters.beta.pass_at_k(tail, mean, k)) == pytest.approx(expected, abs=1e-8)


def test_narrowing_caveats_are_computed(fitters: Any, law: Law, coefficient: Coefficient) -> None:
    """Pass@16 and pass@100 before and after RL worth 1.1 logits, as printed in the caveats of `beta`."""
    tail, narrowing = coefficient("beta", "tail"), coefficient("beta", "narrowing")
    text = " ".join(law("beta")["caveats"])
    for base in fitters.narrowing.BASES:
        mean = logit_form(base, 1.1)
        nu = tail / base * (base / mean) ** narrowing
        for k in (16.0, 100.0):
            before = pass_at_k_by_integration(tail, tail * (1 - base) / base, k)
            after = pass_at_k_by_integration(mean * nu, (1 - mean) * nu, k)
            assert f"{before:.3f} to {after:.3f}".replace("0.", ".") in text
        assert fitters.narrowing.after_rl(tail, base, narrowing) == pytest.approx((mean * nu, mean), rel=1e-12)


def test_the_base_model_wins_at_large_k_only_above_narrowing_one(fitters: Any) -> None:
    """The tail exponent falls under RL above 1, so that the base overtakes; at or below 1 it does not."""
    assert fitters.narrowing.crossing(0.45, 0.1, 1.75) < 100
    assert fitters.narrowing.crossing(0.45, 0.1, 1.0) == np.inf
    assert fitters.narrowing.crossing(0.45, 0.1, 0.5) == np.inf


@pytest.mark.parametrize(
    ("a", "b", "mean", "shape"), [(-2.45, -0.38, 0.08, 0.31), (-1.33, -0.43, 0.25, 0.38), (-0.75, -0.46, 0.46, 0.41)]
)
def test_published_coverage_curves_have_the_same_tail(a: float, b: float, mean: float, shape: float, law: Law) -> None:
    """Beta fits to the MATH curves exp(a k^b) of arXiv:2407.21787, Figure 5, lie in the shipped range."""
    k = np.geomspace(1, 1e4, 60)
    curve = np.exp(a * k**b)

    def miss(x: Any) -> Any:
        first, second = np.exp(x)
        return -np.expm1(special.betaln(first, second + k) - special.betaln(first, second)) - curve

    first, second = np.exp(optimize.least_squares(miss, np.log([0.4, 1.0])).x)
    entry = law("beta")["coefficients"]["tail"]
    assert entry["low"] * 0.95 < first < entry["high"]
    assert first / (first + second) == pytest.approx(mean, abs=0.03)
    assert first == pytest.approx(shape, abs=0.06)
