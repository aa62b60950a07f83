"""The links of the default law refitted from the public data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

# Slope and standard error [logit/nat], rms [1], mean midpoint of recent families [nat/token], found by an earlier,
# independent fit. Its MMLU row kept results above chance + .02, the others above chance + .005.
FOUND_BEFORE = {
    "task-gsm8k": (102, 39, 12.0, 2.6, 0.055, 2.051),
    "task-humaneval": (96, 33, 5.7, 0.45, 0.023, 1.942),
    "task-mmlu": (76, 34, 9.7, 1.5, 0.043, 2.056),
    "task-arc-challenge": (108, 38, 6.2, 0.44, 0.027, 2.011),
    "task-hellaswag": (123, 39, 5.2, 0.30, 0.033, 2.249),
}

Law = Callable[[str], Any]
Coefficient = Callable[[str, str], float]
Shared = Callable[[str], Path]


def as_shipped(number: float) -> Any:
    """Refitted number, compared to the five digits that are shipped."""
    return pytest.approx(number, rel=6e-5, abs=1e-12)


def assert_ships(law: Law, name: str, which: str, estimate: Any) -> None:
    """Value, ends and standard error in the file are those of the refit."""
    entry = law(name)["coefficients"][which]
    assert entry["kind"] == "fitted"
    assert entry["command"] == "python scripts/fit_default_law --data DIR"
    for key in ("value", "low", "high"):
        assert entry[key] == as_shipped(getattr(estimate, key)), (name, which, key)
    if estimate.standard_error is not None:
        assert entry["standard_error"] == as_shipped(estimate.standard_error)


def assert_box(law: Law, name: str, axis: str, values: Any) -> None:
    """Measured range in the file is that of the data."""
    assert law(name)["box"][axis] == [as_shipped(float(np.min(values))), as_shipped(float(np.max(values)))]


@pytest.mark.parametrize("name", FOUND_BEFORE)
def test_refit_gives_the_shipped_task_link(
    name: str, fitters: Any, shared_data: Shared, law: Law, coefficient: Coefficient
) -> None:
    """Slope, midpoint, their ranges and the box come out of the data again."""
    benchmark, chance = fitters.task.BENCHMARKS[name]
    models = fitters.task.load_models(shared_data("models-obsscaling"), benchmark, chance)
    fit = fitters.task.fit_task(models, chance)
    assert_ships(law, name, "slope", fit.slope)
    assert_ships(law, name, "midpoint", fit.midpoint)
    assert coefficient(name, "chance") == chance
    for axis, values in {
        "training_flop": 6 * models.params * models.tokens,
        "params": models.params,
        "pretraining_tokens": models.tokens,
        "pretraining_loss": models.loss,
        "success": models.success,
    }.items():
        assert_box(law, name, axis, values)


@pytest.mark.parametrize("name", FOUND_BEFORE)
def test_an_independent_fit_found_the_same_slopes(name: str, fitters: Any, shared_data: Shared, coefficient: Coefficient) -> None:
    """Number of rows, rms and midpoint as printed; slope within the standard error, shipped and as found before."""
    rows, families, slope, error, rms, midpoint = FOUND_BEFORE[name]
    benchmark, chance = fitters.task.BENCHMARKS[name]
    margin = 0.02 if name == "task-mmlu" else fitters.task.ABOVE_CHANCE
    models = fitters.task.load_models(shared_data("models-obsscaling"), benchmark, chance, margin)
    fit = fitters.task.fit_task(models, chance)
    assert (models.success.size, np.unique(models.family).size) == (rows, families)
    assert fit.slope.value == pytest.approx(slope, abs=0.05)
    assert fit.slope.standard_error == pytest.approx(error, abs=0.05)
    assert fit.rms == pytest.approx(rms, abs=6e-4)
    assert fit.midpoint.value == pytest.approx(midpoint, abs=6e-4)
    assert abs(coefficient(name, "slope") - slope) < error


@pytest.mark.parametrize("name", ["qwen3-gsm8k-log", "qwen3-gsm8k-saturating"])
def test_rl_boxes_are_those_of_the_curves(name: str, fitters: Any, shared_data: Shared, law: Law, coefficient: Coefficient) -> None:
    """Tokens per rollout and the measured ranges of both forms."""
    curves = fitters.rl.load_curves(shared_data("rl-qwen3-gsm8k"))
    assert coefficient(name, "tokens_per_rollout") == fitters.rl.TOKENS_PER_ROLLOUT
    assert_box(law, name, "rl_tokens", np.concatenate([curve.tokens for curve in curves]))
    assert_box(law, name, "params", [curve.params for curve in curves])
    assert_box(law, name, "success", np.concatenate([[curve.base, *curve.success] for curve in curves]))


def test_refit_gives_the_shipped_saturating_link(fitters: Any, shared_data: Shared, law: Law) -> None:
    """Coefficients, ranges and error come out of the curves again; every subset determines them."""
    fit = fitters.rl.fit_rl(fitters.rl.load_curves(shared_data("rl-qwen3-gsm8k")), "ability-saturating")
    for which, estimate in fit.coefficients.items():
        assert_ships(law, "qwen3-gsm8k-saturating", which, estimate)
        assert f"rms {fit.rms:.4f}" in law("qwen3-gsm8k-saturating")["coefficients"][which]["source"]
    assert fit.undetermined == ()


def test_the_ends_of_the_curves_give_the_shipped_logarithmic_link(fitters: Any, shared_data: Shared, law: Law) -> None:
    """Gain as the mean of the five end slopes, reference refitted with it; their ranges and the error."""
    fit = fitters.profile.fit_anchored(fitters.rl.load_curves(shared_data("rl-qwen3-gsm8k")))
    assert list(fit.slopes) == ["0.6b", "1.7b", "4b", "8b", "14b"]
    assert_ships(law, "qwen3-gsm8k-log", "gain", fit.gain)
    assert_ships(law, "qwen3-gsm8k-log", "reference", fit.reference)
    entries = law("qwen3-gsm8k-log")["coefficients"]
    assert f"rms {fit.rms:.4f}" in entries["reference"]["source"]
    assert "what is extrapolated is the slope at the end of the curves" in entries["gain"]["source"]


def test_rl_curves_begin_above_the_lenient_base(fitters: Any, shared_data: Shared) -> None:
    """The lenient base success as published, and no row of format learning before it is exceeded."""
    curves = fitters.rl.load_curves(shared_data("rl-qwen3-gsm8k"))
    assert [round(curve.base, 3) for curve in curves] == [0.407, 0.548, 0.804, 0.815, 0.863]
    assert [curve.tokens[0] / (1536 * 256) for curve in curves] == [20, 4, 8, 8, 9]
    assert all(curve.success[0] > curve.base for curve in curves)


def test_refit_gives_the_shipped_tail(fitters: Any, shared_data: Shared, law: Law) -> None:
    """Tail, range, box and errors of coverage come out of the counts again."""
    directory = shared_data("passk-pythia-gsm8k")
    checkpoints, coverage = fitters.beta.load_counts(directory), fitters.beta.load_coverage(directory)
    fit = fitters.beta.fit_spread(checkpoints)
    assert_ships(law, "beta", "tail", fit.tail)
    assert_box(law, "beta", "success", [counts.mean for counts in checkpoints])
    assert_box(law, "beta", "samples_per_query", np.concatenate([coverage[counts.name][0] for counts in checkpoints]))
    text = " ".join(law("beta")["caveats"])
    shared, points = fitters.beta.coverage_error(checkpoints, coverage, np.full(fit.means.size, fit.tail.value), fit.means)
    own, _ = fitters.beta.coverage_error(checkpoints, coverage, fit.own_tails, fit.own_means)
    assert f"missed by {shared:.3f} (rms, {points} points)" in text
    assert f"by {own:.3f} with a tail per checkpoint" in text


def test_a_constant_tail_beats_a_constant_concentration_over_decades(fitters: Any, shared_data: Shared) -> None:
    """Down to a success of 1e-4 the tail exponent is the steadier of the two, by hundreds of nats."""
    checkpoints = fitters.beta.load_counts(shared_data("passk-pythia-gsm8k"), 2e9, 1e-4)
    tail = fitters.beta.fit_spread(checkpoints)
    _, rival = fitters.concentration.fit_concentration(checkpoints)
    assert rival - tail.shared_cost > 200
