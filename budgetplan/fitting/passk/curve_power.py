"""The power law of coverage from a curve of k and success: ln(-ln success) = ln a - b ln k, a straight line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.result import Holdout, LawFit, forecast_rows
from budgetplan.fitting.rl.line import Line, fit_line
from budgetplan.fitting.rl.noise import reported
from budgetplan.fitting.rl.options import RESAMPLE, CurveOptions
from budgetplan.fitting.runs.run_checks import refuse_rows
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
    line = fit_line(log_k, depth, objective, options)
    if not line.best[1] < 0:
        raise FitError("Success does not rise with k, so that no power law fits.", "Check that `k` and `success` are not mixed up.")
    turn, residual = np.array([[1.0, -line.centre], [0.0, -1.0]]), line.residual  # from (level, slope) at the centre to (ln a, b)
    (log_a, b), spread = line.turned(turn)
    width, a = line.t * spread, float(np.exp(log_a))
    draws = None
    if options.bootstrap:
        turned = line.draws(options) @ turn.T
        draws = np.stack([np.exp(turned[:, 0]), turned[:, 1]], axis=1)
    errors = np.array([a, 1.0]) * spread if draws is None or len(draws) < 2 else draws.std(axis=0, ddof=1)
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
        diagnostics={"rms": float(np.sqrt(np.mean(residual**2))), "noise": line.deviation, "interval_method": "Student's t"},
        holdout=_holdout(line, options),
        warnings=(
            "Success at different k from the same samples moves together, which a curve cannot show: intervals are too narrow "
            "unless each k was sampled anew. Counts per problem (n_samples, n_correct) give right ones.",
        ),
        provenance={"seed": options.seed, "delta": options.delta, "resample": RESAMPLE, "bootstrap": options.bootstrap},
    )


def _read(runs: Mapping[str, Any]) -> tuple[Array, Array]:
    """Ln k and ln(-ln success) of shape (run,)."""
    if runs.get("k") is None or runs.get("success") is None:
        raise DataError("The form `passk-power` needs n_samples and n_correct, or k and success.", "Name them: --column k=NAME.")
    k, success = as_array(runs["k"]), as_array(runs["success"])
    if k.ndim != 1 or k.shape != success.shape:
        raise DataError(f"`k` has shape {k.shape} and `success` {success.shape}; both hold one value per run.")
    refuse_rows(runs, ~(np.isfinite(k) & (k >= 1)), "k", k, "samples per query are 1 or more")
    refuse_rows(runs, ~((success > 0) & (success < 1)), "success", success, "ln(-ln success) needs success above 0 and below 1")
    depth: Array = np.log(-np.log(success))
    return np.log(k), depth


def _holdout(line: Line, options: CurveOptions) -> Holdout | None:
    if options.holdout is None:
        return None
    log_k, depth = _read(options.holdout)
    point, half = line.forecast(log_k)
    seen, said, low, high = (np.exp(-np.exp(value)) for value in (depth, point, point + half, point - half))
    rows = forecast_rows({"k": np.exp(log_k), "observed": seen, "forecast": said, "low": low, "high": high})
    inside = (seen >= low) & (seen <= high)
    return Holdout(log_k.size, float(np.sqrt(np.mean((seen - said) ** 2))), float(inside.mean()), rows)
