"""Fitting how unequal problems are, from counts: success of a problem ~ Beta(mean nu, (1 - mean) nu).

The likelihood is that of the counts themselves, so that problems with 100 and with 10,000 samples stand side by side. The power
law of coverage is fitted beside it.

References
----------
.. [1] Levi, "A Simple Model of Inference Scaling Laws", 2024, arXiv:2410.16377.
.. [2] Schaeffer et al., "How Do Large Language Monkeys Get Their Power (Laws)?", 2025, arXiv:2502.17578.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from budgetplan.errors import DataError
from budgetplan.fitting.passk.likelihood import score
from budgetplan.fitting.passk.newton import Peak, maximise
from budgetplan.fitting.passk.power import fit_passk_power
from budgetplan.fitting.passk.profile import profile_interval
from budgetplan.fitting.passk.read import Counts, need_spread, read_counts
from budgetplan.fitting.passk.resample import problem_weights
from budgetplan.fitting.passk.unbiased import beta_coverage, complete_samples, problem_coverage
from budgetplan.fitting.profile_end import Range
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.rl.options import CurveOptions
from budgetplan.numerics.arrays import Array
from budgetplan.numerics.logistic import sigmoid

__all__ = ["fit_passk_beta", "fit_passk_power"]

NAMES = ("mean", "concentration")


def fit_passk_beta(runs: Mapping[str, Any], options: CurveOptions | None = None) -> LawFit:
    """The Beta of problem success, by maximum likelihood.

    Parameters
    ----------
    runs : mapping of str to ndarray of shape (problem,)
        `n_samples` and `n_correct`.
    options : CurveOptions, optional
        The objective is the likelihood.

    Returns
    -------
    LawFit
        Coefficients mean, concentration [1]; profile likelihood intervals; `objective` is -ln likelihood without the binomial
        coefficients. Draws, where asked for, resample problems.

    Raises
    ------
    DataError
        If columns are missing or hold no counts, or runs are held out.
    FitError
        If all answers are wrong, all are right, or no problem was sampled twice.

    Examples
    --------
    >>> fit = fit_passk_beta({"n_samples": [100] * 6, "n_correct": [0, 3, 10, 25, 60, 95]})
    >>> [round(fit.coefficients[name], 2) for name in ("mean", "concentration")]
    [0.33, 1.01]
    """
    options = options or CurveOptions()
    objective = options.chosen("likelihood", ("likelihood",), "passk-beta")
    if options.holdout is not None:
        raise DataError("The form `passk-beta` has no forecast of held-out rows: they are other problems.", "Leave `holdout` out.")
    counts = read_counts(runs)
    need_spread(counts, "passk-beta")
    peak = maximise(counts, np.ones((1, counts.samples.size)))
    ends = [profile_interval(counts, peak, which, options.level) for which in range(2)]
    draws = None
    if options.bootstrap:
        weights = problem_weights(counts.samples.size, options.bootstrap, options.seed)
        draws = natural(maximise(counts, weights).u)
    values = natural(peak.u)[0]
    k = complete_samples(counts)
    each = problem_coverage(counts, k)
    miss = beta_coverage(float(values[0]), float(values[1]), k) - each.mean(axis=0)
    errors, condition = _errors(counts, peak, ends, draws)
    return LawFit(
        form="passk-beta",
        coefficients=dict(zip(NAMES, values.tolist(), strict=True)),
        standard_errors=errors,
        intervals={name: _interval(which, found) for which, (name, found) in enumerate(zip(NAMES, ends, strict=True))},
        level=options.level,
        objective_name=objective,
        objective=-float(peak.value[0]),
        n_runs=counts.samples.size,
        draws=draws,
        box={"samples_per_query": (1.0, float(k[-1]))},
        diagnostics={
            "coverage_rms": float(np.sqrt(np.mean(miss**2))),
            "coverage_noise": float(np.sqrt(np.mean(each.var(axis=0, ddof=1)) / len(each))),
            "largest_complete_k": float(k[-1]),
            "unsolved_share": float(np.mean(counts.correct == 0)),
            "condition": condition,
            "interval_method": "profile",
        },
        holdout=None,
        warnings=_beware(counts, ends, options),
        provenance={"seed": options.seed, "bootstrap": options.bootstrap},
    )


def natural(u: Array) -> Array:
    """(mean, concentration) of points u, shape kept."""
    return np.stack([sigmoid(u[:, 0]), np.exp(u[:, 1])], axis=1)


def _interval(which: int, ends: Range) -> tuple[float, float]:
    pair = np.array([ends.low, ends.high])
    low, high = (sigmoid(pair) if which == 0 else np.exp(pair)).tolist()
    return low, high


def _errors(counts: Counts, peak: Peak, ends: list[Range], draws: Array | None) -> tuple[dict[str, float | None], float]:
    _, bend = score(peak.u, counts, np.ones((1, counts.samples.size)))
    values = natural(peak.u)[0]
    if draws is not None and len(draws) > 1:
        spread = draws.std(axis=0, ddof=1)
    else:
        spread = np.sqrt(np.maximum(np.diag(np.linalg.pinv(-bend[0])), 0.0)) * np.array([values[0] * (1.0 - values[0]), values[1]])
    known = {
        name: None if found.low_open or found.high_open else float(size)
        for name, found, size in zip(NAMES, ends, spread, strict=True)
    }
    return known, float(np.linalg.cond(bend[0]))


def _beware(counts: Counts, ends: list[Range], options: CurveOptions) -> tuple[str, ...]:
    said = []
    spread = ends[1]
    name = options.of("concentration")
    if spread.high_open and spread.low_open:
        said.append(f"{name} is not determined: the counts fit any spread between problems.")
    elif spread.high_open:
        said.append(f"{name} is {np.exp(spread.low):.3g} or more: the problems differ by no more than chance explains.")
    elif spread.low_open:
        said.append(f"{name} is {np.exp(spread.high):.3g} or less: each problem is always solved or never.")
    solved = int((counts.correct > 0).sum())
    if solved < 10:
        said.append(f"Only {solved} of {counts.samples.size} problems were ever solved: the intervals rest on them.")
    return tuple(said)
