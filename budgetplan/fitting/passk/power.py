"""Fitting the exponentiated power law of coverage: pass@k = exp(-a k^-b).

From counts: quasi-likelihood. Coverage at each complete k is estimated without bias; the law is fitted to those estimates with
their variances as weights; and because estimates at different k come from the same problems, the intervals use their full
covariance (the estimating-equation sandwich), not the weights alone. Under full weighting by that covariance, which is nearly
singular, the smallest misfit of the law would decide the fit.

From a curve of k and success: ln(-ln success) = ln a - b ln k is a straight line.

References
----------
.. [1] Brown et al., "Large Language Monkeys", 2024, arXiv:2407.21787.
.. [2] Liang, Zeger, "Longitudinal data analysis using generalized linear models", Biometrika 73, 1986.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import ndtri

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.passk.curve_power import fit_power_curve
from budgetplan.fitting.passk.read import has_counts, need_spread, read_counts
from budgetplan.fitting.passk.resample import problem_weights
from budgetplan.fitting.passk.unbiased import complete_samples, problem_coverage
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.rl.options import CurveOptions
from budgetplan.numerics.arrays import Array

NAMES = ("a", "b")
MOST_STEPS = 200
TOLERANCE = 1e-13


def fit_passk_power(runs: Mapping[str, Any], options: CurveOptions | None = None) -> LawFit:
    """The power law of coverage, from counts where there are any, else from a curve.

    Parameters
    ----------
    runs : mapping of str to ndarray
        `n_samples` and `n_correct` of shape (problem,), or `k` and `success` of shape (run,).
    options : CurveOptions, optional
        Objective likelihood for counts; least-squares (the default), huber or lad on ln(-ln success) for curves.

    Returns
    -------
    LawFit
        Coefficients a, b. [1]

    Raises
    ------
    DataError
        If columns are missing or hold impossible values.
    FitError
        If coverage does not determine two coefficients.

    Examples
    --------
    >>> k = np.array([1.0, 10.0, 100.0])
    >>> fit = fit_passk_power({"k": k, "success": np.exp(-1.33 * k**-0.43)})
    >>> [round(fit.coefficients[name], 4) for name in ("a", "b")]
    [1.33, 0.43]
    """
    options = options or CurveOptions()
    if not has_counts(runs):
        return fit_power_curve(runs, options)
    objective = options.chosen("likelihood", ("likelihood",), "passk-power")
    if options.holdout is not None:
        raise DataError(
            "The form `passk-power` has no forecast of held-out counts: they are other problems.", "Leave `holdout` out."
        )
    counts = read_counts(runs)
    need_spread(counts, "passk-power")
    k = complete_samples(counts)
    each = problem_coverage(counts, k)
    size = len(each)
    if k.size < 3:
        raise FitError(
            f"A problem has only {int(k[-1])} samples: coverage is known at {k.size} values of k.", "Sample 3 times or more."
        )
    cover = each.mean(axis=0)
    covariance = np.cov(each, rowvar=False) / size
    if not np.all(np.diag(covariance) > 0):
        raise FitError("Coverage does not differ between problems, so that its noise has no estimate.", "Add problems or samples.")
    weights = 1.0 / np.diag(covariance)
    u = solve(k, cover[None, :], weights)
    slopes = _jacobian(u, k)[0]
    bread = np.linalg.inv((slopes.T * weights) @ slopes)
    pulled = slopes.T * weights
    spread = np.sqrt(np.diag(bread @ (pulled @ covariance @ pulled.T) @ bread))
    half = float(ndtri(0.5 + options.level / 2.0)) * spread
    draws = None
    if options.bootstrap:
        draws = np.exp(solve(k, problem_weights(size, options.bootstrap, options.seed) @ each / size, weights))
    values, residual = np.exp(u[0]), _law(u, k)[0] - cover
    errors = values * spread if draws is None or len(draws) < 2 else draws.std(axis=0, ddof=1)
    return LawFit(
        form="passk-power",
        coefficients=dict(zip(NAMES, values.tolist(), strict=True)),
        standard_errors=dict(zip(NAMES, errors.tolist(), strict=True)),
        intervals={name: (float(np.exp(u[0, i] - half[i])), float(np.exp(u[0, i] + half[i]))) for i, name in enumerate(NAMES)},
        level=options.level,
        objective_name=objective,
        objective=0.5 * float(weights @ residual**2),
        n_runs=size,
        draws=draws,
        box={"samples_per_query": (1.0, float(k[-1]))},
        diagnostics={
            "coverage_rms": float(np.sqrt(np.mean(residual**2))),
            "coverage_noise": float(np.sqrt(np.mean(np.diag(covariance)))),
            "largest_complete_k": float(k[-1]),
            "interval_method": "sandwich",
        },
        holdout=None,
        warnings=(),
        provenance={"seed": options.seed, "bootstrap": options.bootstrap},
    )


def solve(k: Array, cover: Array, weights: Array) -> Array:
    """Points u = (ln a, ln b) of least weighted squares on coverage, by damped Gauss-Newton.

    Parameters
    ----------
    k : ndarray of shape (k,)
    cover : ndarray of shape (replicate, k)
    weights : ndarray of shape (k,)

    Returns
    -------
    ndarray of shape (replicate, 2)
    """
    depth = np.log(np.maximum(-np.log(np.clip(cover, 1e-12, 1.0 - 1e-9)), 1e-9))
    away = np.log(k) - np.log(k).mean()
    slope = np.maximum(-(depth @ away) / (away @ away), 1e-3)
    u = np.stack([depth.mean(axis=1) + slope * np.log(k).mean(), np.log(slope)], axis=1)
    value = (weights * (_law(u, k) - cover) ** 2).sum(axis=1)
    damping = np.full(len(u), 1e-3)
    for _ in range(MOST_STEPS):
        slopes = _jacobian(u, k)
        gradient = np.einsum("bkc,bk->bc", slopes, weights * (_law(u, k) - cover))
        bend = np.einsum("bkc,k,bkd->bcd", slopes, weights, slopes)
        bend = bend + (damping[:, None] * np.einsum("bcc->bc", bend) + 1e-300)[:, :, None] * np.eye(2)
        trial = u - np.clip(np.linalg.solve(bend, gradient[..., None])[..., 0], -1.0, 1.0)
        reached = (weights * (_law(trial, k) - cover) ** 2).sum(axis=1)
        better = reached < value
        done = np.where(better, value - reached <= TOLERANCE * value, damping > 1e9)
        u, value = np.where(better[:, None], trial, u), np.where(better, reached, value)
        damping = np.where(better, np.maximum(damping / 5.0, 1e-12), np.minimum(damping * 4.0, 1e12))
        if done.all():
            break
    return u


def _law(u: Array, k: Array) -> Array:
    law: Array = np.exp(-np.exp(u[:, :1] - np.exp(u[:, 1:]) * np.log(k)))
    return law


def _jacobian(u: Array, k: Array) -> Array:
    b_log_k = np.exp(u[:, 1:]) * np.log(k)
    depth = np.exp(u[:, :1] - b_log_k)
    by_a = -depth * np.exp(-depth)
    return np.stack([by_a, -by_a * b_log_k], axis=-1)
