"""Fitting the power law of the error in RL compute or RL tokens.

    log10(1 - success) = -slope log10 x + offset                                                            (Tan et al., Eq. 1)

A straight line in logarithms: residuals are those of ln error. Least squares is exact and its intervals are those of Student's t;
Huber and least absolute deviations are reweighted to their optimum, with the t interval of their own scale (see `rl.noise`).

References
----------
.. [1] Tan et al., "Scaling Behaviors of LLM Reinforcement Learning Post-Training", 2025, arXiv:2509.25300.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any

import numpy as np

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.result import Holdout, LawFit, forecast_rows
from budgetplan.fitting.rl.line import Line, fit_line
from budgetplan.fitting.rl.noise import reported
from budgetplan.fitting.rl.options import RESAMPLE, CurveOptions
from budgetplan.fitting.rl.read import Curve, need, read_curve
from budgetplan.numerics.arrays import Array

NAMES = ("slope", "offset")
_TEN = log(10.0)


def fit_rl_power(runs: Mapping[str, Any], options: CurveOptions | None = None) -> LawFit:
    """The power law of one RL curve's error.

    Parameters
    ----------
    runs : mapping of str to ndarray of shape (run,)
        `success` and `rl_compute` or `rl_tokens`. Runs at x = 0 have no logarithm and are left out.
    options : CurveOptions, optional
        Objective least-squares (the default), huber or lad, on ln error.

    Returns
    -------
    LawFit
        Coefficients slope, offset. [1]

    Raises
    ------
    DataError
        If columns are missing or hold impossible values, success 1 included, whose error has no logarithm.
    FitError
        If fewer than three runs or two amounts of RL are left.

    Examples
    --------
    >>> fit = fit_rl_power({"rl_compute": [1e18, 1e19, 1e20], "success": [0.2, 0.36, 0.488]})
    >>> round(fit.coefficients["slope"], 4)
    0.0969
    """
    options = options or CurveOptions()
    objective = options.chosen("least-squares", ("least-squares", "huber", "lad"), "rl-power")
    curve = _positive(read_curve(runs))
    need(curve, len(NAMES), "rl-power")
    line = fit_line(np.log(curve.x), np.log1p(-curve.success), objective, options)
    turn, residual = _turn(line.centre), line.residual
    values, spread = line.turned(turn)
    draws = line.draws(options) @ turn.T if options.bootstrap else None
    errors = spread if draws is None or len(draws) < 2 else draws.std(axis=0, ddof=1)
    return LawFit(
        form="rl-power",
        coefficients=dict(zip(NAMES, values.tolist(), strict=True)),
        standard_errors=dict(zip(NAMES, errors.tolist(), strict=True)),
        intervals={
            name: (float(value - line.t * width), float(value + line.t * width))
            for name, value, width in zip(NAMES, values, spread, strict=True)
        },
        level=options.level,
        objective_name=objective,
        objective=reported(residual, objective, options.delta),
        n_runs=curve.x.size,
        draws=draws,
        box={curve.role: (float(curve.x.min()), float(curve.x.max()))},
        diagnostics={
            "rms": float(np.sqrt(np.mean(residual**2))),
            "noise": line.deviation,
            "condition": float(np.linalg.cond(line.design)),
        },
        holdout=_holdout(curve.role, line, options),
        warnings=(*curve.warnings, *_beware(values, spread * line.t, options)),
        provenance={"seed": options.seed, "delta": options.delta, "resample": RESAMPLE, "bootstrap": options.bootstrap},
    )


def _turn(centre: float) -> Array:
    """From (mean ln error, d ln error/d ln x) at the centre to (slope, offset) in log10."""
    return np.array([[0.0, -1.0], [1.0 / _TEN, -centre / _TEN]])


def _positive(curve: Curve) -> Curve:
    some = curve.x > 0
    if not some.any():
        raise FitError("All runs have no RL: a power law needs amounts above 0.", "The form `rl-sigmoid` takes runs at 0.")
    full = np.flatnonzero(some & (curve.success >= 1.0))
    if full.size:
        raise DataError(
            f"`success` is 1 in {full.size} runs: an error of 0 has no logarithm.",
            "Leave them out with --where, or fit `rl-sigmoid`.",
        )
    left_out = int((~some).sum())
    note = (f"{left_out} runs at {curve.role} = 0 were left out: they have no logarithm.",) if left_out else ()
    return Curve(curve.role, curve.x[some], curve.success[some], (*curve.warnings, *note))


def _beware(values: Array, half: Array, options: CurveOptions) -> tuple[str, ...]:
    if values[0] - half[0] > 0:
        return ()
    return (
        f"{options.of('slope')} is anywhere in {values[0] - half[0]:.3g}-{values[0] + half[0]:.3g}: the error may not fall at all.",
    )


def _holdout(role: str, line: Line, options: CurveOptions) -> Holdout | None:
    if options.holdout is None:
        return None
    ahead = _positive(read_curve(options.holdout, role))
    point, half = line.forecast(np.log(ahead.x))
    said, low, high = (-np.expm1(end) for end in (point, point + half, point - half))
    rows = forecast_rows({role: ahead.x, "observed": ahead.success, "forecast": said, "low": low, "high": high})
    inside = (ahead.success >= low) & (ahead.success <= high)
    return Holdout(ahead.x.size, float(np.sqrt(np.mean((ahead.success - said) ** 2))), float(inside.mean()), rows)
