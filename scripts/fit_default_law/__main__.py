"""Refit the links of the default law: `python scripts/fit_default_law --data DIR`.

DIR holds the public data sets `models-obsscaling`, `rl-qwen3-gsm8k` and `passk-pythia-gsm8k`. The lines that are
written can be compared with `data/laws/*.yaml` digit by digit.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import beta_spread
import concentration
import gain_profile
import narrowing
import numpy as np
import published_slope
import rl_link
import task_link
from estimate import shown

NARROWING = 1.75
"""The assumed value that `data/laws/beta.yaml` carries; its consequences are listed."""

WIDER = {"min_tokens": 2e9, "min_success": 1e-4}
"""A wider choice of checkpoints, down to a hundredfold less success, to tell a constant tail from its rival."""


def span(values: task_link.Floats) -> str:
    """Measured range of an axis as a law file's `box` holds it."""
    return f"[{shown(float(values.min()))}, {shown(float(values.max()))}]"


def task_lines(directory: Path) -> list[str]:
    """Fitted task links."""
    lines = []
    for law, (benchmark, chance) in task_link.BENCHMARKS.items():
        models = task_link.load_models(directory, benchmark, chance)
        fit = task_link.fit_task(models, chance)
        axes = {
            "training_flop": 6 * models.params * models.tokens,
            "params": models.params,
            "pretraining_tokens": models.tokens,
            "pretraining_loss": models.loss,
            "success": models.success,
        }
        lines += [f"{law}: {models.success.size} models, {np.unique(models.family).size} families, rms {fit.rms:.4f}"]
        lines += [fit.slope.line("slope"), fit.midpoint.line("midpoint")]
        everyone = f"all: mean {fit.all_mean:.4f}, s.d. {fit.all_deviation:.4f}"
        lines += [f"  midpoint of {fit.recent_families} recent families; {everyone}"]
        lines += [f"  {name}: {span(values)}" for name, values in axes.items()]
    return lines


def held_lines(curves: list[rl_link.Curve]) -> list[str]:
    """RL link of the default law: the published gain, the reference from the ends of the curves."""
    held, ends = published_slope.fit_held(curves), published_slope.late_rows(curves)
    tokens, success = (np.concatenate([getattr(curve, key) for curve in ends]) for key in ("tokens", "success"))
    lines = [f"math-log, gain as published: {held.rows} points, rms {held.errors.value:.4f}"]
    lines += [held.gain.line("gain"), held.reference.line("reference")]
    lines += [f"  rms at low {held.errors.low:.4f}, at high {held.errors.high:.4f}, on all points {held.everywhere:.4f}"]
    for slope in (held.gain.value, held.gain.high):
        own = ", ".join(f"{name} {e:.4f}" for name, e in published_slope.own_errors(ends, slope).items())
        lines += [f"  rms of each size with a reference of its own and the gain {shown(slope)}: {own}"]
    base = [curve.base for curve in curves]
    return [*lines, f"  rl_tokens: {span(tokens)}", f"  success: {span(np.concatenate([base, success]))}"]


def rl_lines(directory: Path) -> list[str]:
    """Fitted RL links: the gain of the logarithmic form as published, from the ends of the curves, and free."""
    curves = rl_link.load_curves(directory)
    lines = held_lines(curves)
    used = np.concatenate([curve.tokens for curve in curves])
    anchored = gain_profile.fit_anchored(curves)
    lines += [f"ability-log, gain from the ends of the curves: {used.size} points, rms {anchored.rms:.4f}"]
    lines += [anchored.gain.line("gain"), anchored.reference.line("reference")]
    slopes = ", ".join(f"{name} {slope:.3f}" for name, slope in anchored.slopes.items())
    deviation = float(np.std(list(anchored.slopes.values()), ddof=1))
    lines += [f"  logits per e-fold of tokens from step 28 on: {slopes}; s.d. {deviation:.3f}"]
    for form in rl_link.FORMS:
        fit = rl_link.fit_rl(curves, form)
        lines += [f"{form}, free: {used.size} points, rms {fit.rms:.4f}, undetermined: {', '.join(fit.undetermined)}"]
        lines += [estimate.line(name) for name, estimate in fit.coefficients.items()]
        lines += [f"  correlation of the logarithms of the first two over sizes left out: {fit.correlation:.3f}"]
    held = ", ".join(f"{g:g}: {e:.4f}" for g, e in gain_profile.profile(curves, (0.25, 0.5, 0.9, 2.0, 3.0)).items())
    lines += [f"  rl_tokens: {span(used)}", f"  rms of the logarithmic form with the gain held, {held}"]
    lines += [f"  success: {span(np.concatenate([[c.base, *c.success.tolist()] for c in curves]))}"]
    return lines


def spread_lines(directory: Path) -> list[str]:
    """Fitted spread and the consequences of the assumed narrowing."""
    checkpoints, coverage = beta_spread.load_counts(directory), beta_spread.load_coverage(directory)
    fit = beta_spread.fit_spread(checkpoints)
    shared = beta_spread.coverage_error(checkpoints, coverage, np.full(fit.means.size, fit.tail.value), fit.means)
    own = beta_spread.coverage_error(checkpoints, coverage, fit.own_tails, fit.own_means)
    deepest = max(float(coverage[counts.name][0].max()) for counts in checkpoints)
    rivals = []
    for chosen in (checkpoints, beta_spread.load_counts(directory, **WIDER)):
        each = beta_spread.fit_spread(chosen)
        nu, rival = concentration.fit_concentration(chosen)
        rivals.append(
            f"  {len(chosen)} checkpoints, nat behind own tails: one tail {each.log_likelihood_ratio:.1f} "
            f"({each.tail.value:.3f}), one concentration {rival - each.own_cost:.1f} ({nu:.1f})"
        )
    return [
        f"beta: {len(checkpoints)} checkpoints, coverage rms {shared[0]:.4f} with the shared tail and "
        f"{own[0]:.4f} with own tails over {shared[1]} points",
        fit.tail.line("tail"),
        f"  own tails: {span(fit.own_tails)}, median {shown(float(np.median(fit.own_tails)))}",
        *rivals,
        f"  success: {span(np.array([counts.mean for counts in checkpoints]))}",
        f"  samples_per_query: [1, {deepest:g}]",
        f"narrowing {NARROWING:g} (assumed), RL worth {narrowing.RL_GAIN:g} logits:",
        *narrowing.rows(fit.tail.value, NARROWING),
    ]


def main() -> int:
    """Write the fitted coefficients to standard output."""
    parser = argparse.ArgumentParser(prog="fit_default_law", description="Refit the links of the default law.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the public data sets")
    data: Path = parser.parse_args().data
    missing = [n for n in ("models-obsscaling", "rl-qwen3-gsm8k", "passk-pythia-gsm8k") if not (data / n).is_dir()]
    if missing:
        parser.error(f"`{data}` lacks the data sets {', '.join(missing)}; `--data` names the folder that holds them.")
    lines = task_lines(data / "models-obsscaling") + rl_lines(data / "rl-qwen3-gsm8k")
    lines += spread_lines(data / "passk-pythia-gsm8k")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
