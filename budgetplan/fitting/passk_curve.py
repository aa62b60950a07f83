"""The power law of coverage from a curve of k and success: ln(-ln success) = ln a - b ln k, a straight line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import stdtrit

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.passk_read import refuse_rows
from budgetplan.fitting.result import Holdout, LawFit
from budgetplan.fitting.rl_line import best_line, draw_lines
from budgetplan.fitting.rl_noise import noise, reported, rise_scale, widths
from budgetplan.fitting.rl_options import CurveOptions
from budgetplan.numerics.arrays import Array, as_array


def fit_power_curve(runs: Mapping[str, Any], options: CurveOptions) -> LawFit:
    """The power law through coverage measured at several k.

    Parameters
    ----------
    runs : mapping of str to ndarray of shape (run,)
        `k` and `success`.
    options : CurveOptions

    Raises
    ------
    DataError
        If columns are missing or hold impossible values.
    FitError
        If fewer than three runs or two values of k are there, or success does not rise with k.
    """
    objective = options.chosen("least-squares", ("least-squares", "huber", "lad"), "passk-power")
    log_k, depth = _read(runs)
    if log_k.size < 3 or np.unique(log_k).size < 2:
        raise FitError(f"The form `passk-power` needs 3 runs at 2 values of k or more; there are {log_k.size}.", "Add values of k.")
    ladder, centre = widths(objective, options.delta), float(log_k.mean())
    line = best_line(log_k - centre, depth, ladder)
    if not line[1] < 0:
        raise FitError("Success does not rise with k, so that no power law fits.", "Check that `k` and `success` are not mixed up.")
    residual = line[0] + line[1] * (log_k - centre) - depth
    deviation = noise(residual, 2, ladder[-1])
    t = float(stdtrit(log_k.size - 2, 0.5 + options.level / 2.0))
    design = np.stack([np.ones_like(log_k), log_k - centre], axis=1)
    covariance: Array = np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64) * rise_scale(deviation, ladder[-1])
    turn = np.array([[1.0, -centre], [0.0, -1.0]])  # from (level, slope) at the centre to (ln a, b)
    log_a, b = turn @ line
    width: Array = t * np.sqrt(np.diag(turn @ covariance @ turn.T))
    draws = None
    if options.bootstrap:
        turned = draw_lines(log_k - centre, depth, ladder, line, options) @ turn.T
        draws = np.stack([np.exp(turned[:, 0]), turned[:, 1]], axis=1)
    a = float(np.exp(log_a))
    errors = np.array([a, 1.0]) * width / t if draws is None or len(draws) < 2 else draws.std(axis=0, ddof=1)
    return LawFit(
        form="passk-power",
        coefficients={"a": a, "b": float(b)},
        standard_errors={"a": float(errors[0]), "b": float(errors[1])},
        intervals={
            "a": (float(np.exp(log_a - width[0])), float(np.exp(log_a + width[0]))),
            "b": (float(b - width[1]), float(b + width[1])),
        },
        level=options.level,
        objective_name=objective,
        objective=reported(residual, objective, options.delta),
        n_runs=log_k.size,
        draws=draws,
        box={"samples_per_query": (float(np.exp(log_k.min())), float(np.exp(log_k.max())))},
        diagnostics={"rms": float(np.sqrt(np.mean(residual**2))), "noise": deviation, "interval_method": "Student's t"},
        holdout=_holdout(line, covariance, centre, deviation, t, options),
        warnings=(
            "Success at different k from the same samples moves together, which a curve cannot show: intervals are too narrow "
            "unless each k was sampled anew. Counts per problem (n_samples, n_correct) give right ones.",
        ),
        provenance={"seed": options.seed, "delta": options.delta, "resample": options.resample, "bootstrap": options.bootstrap},
    )


def _read(runs: Mapping[str, Any]) -> tuple[Array, Array]:
    """Ln k and ln(-ln success) of shape (run,)."""
    if runs.get("k") is None or runs.get("success") is None:
        raise DataError("The form `passk-power` needs n_samples and n_correct, or k and success.", "Name them: --column k=NAME.")
    k, success = as_array(runs["k"]), as_array(runs["success"])
    if k.ndim != 1 or k.shape != success.shape:
        raise DataError(f"`k` has shape {k.shape} and `success` {success.shape}; both hold one value per run.")
    refuse_rows(~(np.isfinite(k) & (k >= 1)), "k", k, "samples per query are 1 or more")
    refuse_rows(~((success > 0) & (success < 1)), "success", success, "ln(-ln success) needs success above 0 and below 1")
    depth: Array = np.log(-np.log(success))
    return np.log(k), depth


def _holdout(line: Array, covariance: Array, centre: float, deviation: float, t: float, options: CurveOptions) -> Holdout | None:
    if options.holdout is None:
        return None
    log_k, depth = _read(options.holdout)
    away = log_k - centre
    point = line[0] + line[1] * away
    half = t * np.sqrt(covariance[0, 0] + 2.0 * covariance[0, 1] * away + covariance[1, 1] * away**2 + deviation**2)
    seen, said, low, high = (np.exp(-np.exp(value)) for value in (depth, point, point + half, point - half))
    inside = (seen >= low) & (seen <= high)
    rows = tuple(
        {"k": k, "observed": one, "forecast": mean, "low": least, "high": most}
        for k, one, mean, least, most in zip(*(part.tolist() for part in (np.exp(log_k), seen, said, low, high)), strict=True)
    )
    return Holdout(log_k.size, float(np.sqrt(np.mean((seen - said) ** 2))), float(inside.mean()), rows)
