"""Coverage against samples: unbiased pass@k with its band, and the fitted law: the data of the `pass-at-k` figure."""

from __future__ import annotations

import numpy as np

from budgetplan.errors import DataError, ScenarioError
from budgetplan.fitting.passk.read import has_counts, read_counts
from budgetplan.fitting.passk.resample import problem_weights
from budgetplan.fitting.passk.unbiased import beta_coverage, complete_samples, problem_coverage
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.runs.runs import Runs
from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array
from budgetplan.workflow.charts.chart_words import fitted_caption, law_caption
from budgetplan.workflow.charts.success_chart import SuccessChart, SuccessCurve, spaced, unknown

FORMS = ("passk-beta", "passk-power")
BEYOND = 10.0
"""How far past the most samples the law is drawn. [1]"""
REPLICATES = 400
"""Bootstrap samples of the problems behind the band."""
AXIS, LABEL = "samples_per_query", "Samples per query, k (1)"
SUCCESS = "Pass@k (% of problems solved)"


def pass_chart(runs: Runs, fit: LawFit, seed: int = 0) -> SuccessChart:
    """Pass@k of counts, or of a curve, with the fitted law.

    Parameters
    ----------
    runs : Runs
        Those that were fitted, with groups where the fit has some.
    fit : LawFit
        Of form passk-beta or passk-power, of one set of problems or of groups.
    seed : int
        Of the problems' bootstrap.

    Returns
    -------
    SuccessChart

    Raises
    ------
    DataError
        If the fit is of another form.
    """
    if fit.form not in FORMS:
        raise DataError(f"The figure `pass-at-k` shows samples, not the form `{fit.form}`.", f"Use --form {' or '.join(FORMS)}.")
    parts = runs.by_group()
    fits = dict(fit.groups) or {next(iter(parts)): fit}
    curves = tuple(_curve(parts[label], part, label or fit.form, seed) for label, part in fits.items())
    band = f"bars: {100 * fit.level:.4g} % of problems drawn again" if has_counts(runs) else ""
    return SuccessChart(curves, AXIS, LABEL, SUCCESS, _headline(list(fits.values())), fitted_caption(fit, band))


def _curve(runs: Runs, fit: LawFit, label: str, seed: int) -> SuccessCurve:
    low: Array
    high: Array
    if has_counts(runs):
        counts = read_counts(runs)
        k = complete_samples(counts)
        each = problem_coverage(counts, k)
        seen = each.mean(axis=0)
        drawn = problem_weights(len(each), REPLICATES, seed) @ each / len(each)
        low, high = np.quantile(drawn, [(1 - fit.level) / 2, (1 + fit.level) / 2], axis=0)
    else:
        order = np.argsort(runs["k"])
        k, seen = runs["k"][order], runs["success"][order]
        low, high = unknown(k.size), unknown(k.size)
    ahead = () if fit.holdout is None else fit.holdout.rows
    held_k, held, held_low, held_high = (np.array([row[name] for row in ahead]) for name in ("k", "observed", "low", "high"))
    measured = (float(k.min()), float(k.max()))
    farthest = max([measured[1] * BEYOND, *held_k.tolist()])
    x = spaced(measured[0], farthest, measured)
    return SuccessCurve(
        label,
        x,
        coverage_of(fit.form, dict(fit.coefficients), x),
        *_band(fit, x),
        measured,
        np.concatenate([k, held_k]),
        np.concatenate([seen, held]),
        np.concatenate([low, held_low]),
        np.concatenate([high, held_high]),
        np.arange(k.size + len(ahead)) >= k.size,
    )


def _band(fit: LawFit, x: Array) -> tuple[Array, Array]:
    """Interval of the law itself, from its draws."""
    if fit.draws is None:
        return unknown(x.size), unknown(x.size)
    names = list(fit.coefficients)
    drawn = np.stack([coverage_of(fit.form, dict(zip(names, row, strict=True)), x) for row in fit.draws.tolist()])
    low, high = np.quantile(drawn, [(1 - fit.level) / 2, (1 + fit.level) / 2], axis=0)
    return low, high


def coverage_of(form: str, values: dict[str, float], k: Array) -> Array:
    """Pass@k of a fitted law, shape (k,). [1]

    Parameters
    ----------
    form : {"passk-beta", "passk-power"}
    values : dict of str to float
        `mean` and `concentration`, or `a` and `b` of exp(-a k^-b).
    k : ndarray of shape (k,)

    Examples
    --------
    >>> coverage_of("passk-power", {"a": 1.0, "b": 0.5}, np.array([4.0])).round(4).tolist()
    [0.6065]
    """
    if form == "passk-beta":
        return beta_coverage(values["mean"], values["concentration"], k)
    covered: Array = np.exp(-values["a"] * k ** -values["b"])
    return covered


def _headline(fits: list[LawFit]) -> str:
    if fits[0].form == "passk-beta":
        shown = [f"{100 * fit.coefficients['mean']:.2g}" for fit in fits]
        word = "Mean success of one sample"
    else:
        shown = [f"{fit.coefficients['b']:.2g}" for fit in fits]
        word = "-ln pass@k falls as k to the power -b, b ="
    ordered = sorted(shown, key=float)
    span = ordered[0] if len(set(ordered)) == 1 else f"{ordered[0]} to {ordered[-1]}"
    return f"{word} {span}{' %' if fits[0].form == 'passk-beta' else ''}"


def pass_of_law(law: Law) -> SuccessChart:
    """Coverage that a law of samples gives, over the k of its box, every right answer found.

    Parameters
    ----------
    law : Law
        An inference law; one that takes the success of one sample from other links is drawn at the middle of its box.

    Returns
    -------
    SuccessChart

    Raises
    ------
    ScenarioError
        If the law is no law of samples.
    """
    if law.link != "inference":
        raise ScenarioError(f"`{law.id}` is no law of samples.", "Use an inference law, such as --law monkeys-llama3-8b-math.")
    record = law.record
    measured = record.box.get(AXIS, (1.0, 1e4))
    x = spaced(measured[0], measured[1] * BEYOND, measured)
    own = "a" in record.values or "mean" in record.values
    begin = None if own else float(np.exp(np.mean(np.log(record.box.get("success", (0.1, 0.1))))))
    said = law.success(samples_per_query=x, success=begin, verifier="oracle")
    low, high = _drawn(law, x)
    none = np.empty(0)
    curve = SuccessCurve(record.id, x, said, low, high, measured, none, none, none, none, np.empty(0, dtype=bool))
    end = 100 * float(said[np.searchsorted(x, measured[1])])
    headline = f"{record.id}: {end:.3g} % of problems solved in {measured[1]:,.0f} samples"
    band = "band: 90 % of draws" if np.isfinite(low).any() else ""
    notes = ["" if own else f"one sample solves {100 * float(said[0]):.2g} %", band]
    return SuccessChart((curve,), AXIS, LABEL, SUCCESS, headline, law_caption(law, *notes))


def _drawn(law: Law, x: Array) -> tuple[Array, Array]:
    """Interval of a fitted law file, from its draws."""
    record = law.record
    if record.draws is None or record.form not in FORMS:
        return unknown(x.size), unknown(x.size)
    sign = -1.0 if record.form == "passk-power" else 1.0  # the law is exp(a k^b), the fit exp(-a k^-b)
    rows = [dict(zip(record.coefficients, (sign * row).tolist(), strict=True)) for row in record.draws]
    low, high = np.quantile([coverage_of(record.form, row, x) for row in rows], [0.05, 0.95], axis=0)
    return low, high
