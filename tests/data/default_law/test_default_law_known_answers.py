"""The fitters of the default law on data with a known answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats


@pytest.mark.parametrize("chance", [0.0, 0.25])
def test_the_task_fitter_recovers_its_own_law(chance: float, fitters: Any) -> None:
    """Exact without noise; within three standard errors with it."""
    rng = np.random.default_rng(11)
    family = np.repeat([f"family {i}" for i in range(14)], 6)
    midpoints = dict(zip(np.unique(family).tolist(), rng.normal(2.0, 0.08, 14).tolist(), strict=True))
    loss = rng.uniform(1.85, 2.3, family.size)
    middle = np.array([midpoints[name] for name in family])
    clean = chance + (1 - chance) / (1 + np.exp(-8.5 * (middle - loss)))
    slope, found, rms = fitters.task.fit_logistic(loss, clean, family, chance, 5.0)
    assert slope == pytest.approx(8.5, rel=1e-8)
    assert found == pytest.approx(midpoints, rel=1e-8)
    assert rms < 1e-9
    noisy = clean + rng.normal(0, 0.02, family.size)
    slope, _, rms = fitters.task.fit_logistic(loss, noisy, family, chance)
    error = fitters.task.leave_families_out(loss, noisy, family, chance, slope)
    assert 0 < error < 0.8
    assert abs(slope - 8.5) < 3 * error
    assert rms == pytest.approx(0.02, rel=0.25)


@pytest.mark.parametrize(
    ("form", "truth"), [("ability-log", (0.6, 3e6)), ("ability-saturating", (1.3, 6e6, 1.7))], ids=["log", "saturating"]
)
def test_the_rl_fitter_recovers_its_own_curve(form: str, truth: tuple[float, ...], fitters: Any) -> None:
    """Exact without noise, whatever the number of steps per size; inside the range with it."""
    rng = np.random.default_rng(5)

    def curves(noise: float) -> list[Any]:
        made = []
        for base, steps in zip((0.3, 0.5, 0.7, 0.8, 0.9), (10, 12, 40, 9, 20), strict=True):
            tokens = np.geomspace(1e6, 3e7, steps)
            if form == "ability-log":
                gain = truth[0] * np.log(1 + tokens / truth[1])
            else:
                x = (tokens / truth[1]) ** truth[2]
                gain = truth[0] * x / (1 + x)
            success = 1 / (1 + (1 - base) / base * np.exp(-gain)) + rng.normal(0, noise, steps)
            made.append(fitters.rl.Curve(f"{base}", 1e9, base, tokens, success))
        return made

    value, rms = fitters.rl.fit_curves(curves(0.0), form)
    assert value == pytest.approx(truth, rel=1e-6)
    assert rms < 1e-8
    fit = fitters.rl.fit_rl(curves(0.004), form)
    assert fit.rms == pytest.approx(0.004, rel=0.3)
    for estimate, true in zip(fit.coefficients.values(), truth, strict=True):
        assert estimate.low <= estimate.value <= estimate.high
        assert estimate.value == pytest.approx(true, rel=0.25)


def test_the_anchored_fit_recovers_slopes_and_reference(fitters: Any) -> None:
    """A common reference and one slope per size: the gain is their mean, the range ends at the steepest."""
    tokens, true = np.geomspace(1e6, 3e7, 40), (0.2, 0.3, 0.25)
    curves = [
        fitters.rl.Curve(f"{g}", 1e9, base, tokens, 1 / (1 + (1 - base) / base * (1 + tokens / 1e3) ** -g))
        for base, g in zip((0.3, 0.5, 0.7), true, strict=True)
    ]
    fit = fitters.profile.fit_anchored(curves)
    assert list(fit.slopes.values()) == pytest.approx(true, rel=2e-4)
    assert fit.gain.value == pytest.approx(0.25, rel=2e-4)
    assert fit.gain.high == pytest.approx(0.3, rel=2e-4)
    alone = fitters.profile.fit_anchored(curves[2:])
    assert alone.reference.value == pytest.approx(1e3, rel=0.01)
    assert alone.rms < 1e-4
    assert fit.reference.low < fit.reference.value < fit.reference.high


def test_a_straight_line_in_tokens_leaves_the_gain_undetermined(fitters: Any) -> None:
    """A single curve without curvature cannot say where the logarithm bends, and is named."""
    tokens = np.linspace(1e6, 2e7, 12)
    straight = fitters.rl.Curve("straight", 1e9, 0.5, tokens, 1 / (1 + np.exp(-tokens / 2e7)))
    bent = fitters.rl.Curve("bent", 1e9, 0.5, tokens, 1 / (1 + (1 + tokens / 4e6) ** -0.7))
    assert "straight alone" in fitters.rl.fit_rl([straight, bent], "ability-log").undetermined


def test_the_likelihood_is_beta_binomial(fitters: Any) -> None:
    """Differences of the cost between two shapes equal those of scipy's distribution."""
    samples, correct = np.array([50.0, 80.0, 120.0]), np.array([0.0, 3.0, 41.0])
    counts = fitters.beta.Counts("any", 1e9, 1e11, samples, correct)

    def reference(tail: float, mean: float) -> float:
        other = tail * (1 - mean) / mean
        return -float(np.sum(stats.betabinom.logpmf(correct, samples, tail, other)))

    ours = fitters.beta.cost(counts, 0.4, 0.1) - fitters.beta.cost(counts, 0.7, 0.02)
    assert ours == pytest.approx(reference(0.4, 0.1) - reference(0.7, 0.02), rel=1e-10)


def test_the_spread_fitter_recovers_a_known_tail(fitters: Any) -> None:
    """Twelve simulated checkpoints, unequal numbers of samples, one tail of .45."""
    rng = np.random.default_rng(2)
    checkpoints = []
    for i, mean in enumerate(np.geomspace(2e-3, 2e-1, 12)):
        problems = rng.beta(0.45, 0.45 * (1 - mean) / mean, 300)
        samples = rng.choice([256.0, 1024.0, 4096.0], 300)
        correct = rng.binomial(samples.astype(int), problems).astype(float)
        checkpoints.append(fitters.beta.Counts(f"{i}", 1e9, 1e11, samples, correct))
    fit = fitters.beta.fit_spread(checkpoints)
    assert fit.tail.value == pytest.approx(0.45, rel=0.06)
    assert fit.tail.low < 0.45 < fit.tail.high
    assert fit.means == pytest.approx(np.geomspace(2e-3, 2e-1, 12), rel=0.4)
    assert fit.log_likelihood_ratio < 20  # half a chi-squared of 11 degrees of freedom: its 99.99 % point is 18
