"""Fitting RL curves: the sigmoid of success here, the power law of the error beside it.

    success = floor + (ceiling - floor)/(1 + (midpoint/x)^steepness)                                  (Khatri et al., Eq. 1)

x is RL compute or RL tokens; runs at x = 0 measure the floor. The curve is fitted to success itself. Intervals are profile
intervals: they stay right where the plateau was not seen and the covariance means nothing. Draws, where asked for, are a bootstrap.

References
----------
.. [1] Khatri et al., "The Art of Scaling Reinforcement Learning Compute for LLMs", 2025, arXiv:2510.13786.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import stdtrit

from budgetplan.errors import FitError
from budgetplan.fitting.profile_end import Range
from budgetplan.fitting.result import Holdout, LawFit, forecast_rows
from budgetplan.fitting.rl.draws import draw_points, forecast
from budgetplan.fitting.rl.noise import noise, reported, rise_scale, widths
from budgetplan.fitting.rl.options import RESAMPLE, CurveOptions
from budgetplan.fitting.rl.power import fit_rl_power
from budgetplan.fitting.rl.profile import Profiler
from budgetplan.fitting.rl.read import Curve, need, read_curve
from budgetplan.fitting.rl.search import best_fit
from budgetplan.fitting.rl.sentences import undetermined
from budgetplan.fitting.rl.shape import NAMES, Axis, axis, jacobian, log_of, natural, rise, success
from budgetplan.numerics.arrays import Array

__all__ = ["fit_rl_power", "fit_rl_sigmoid"]

FORECAST_DRAWS = 400
"""Replicates behind a forecast where the fit itself asked for none."""


def fit_rl_sigmoid(runs: Mapping[str, Any], options: CurveOptions | None = None) -> LawFit:
    """The sigmoid of one RL curve, with profile intervals and on request draws and a forecast.

    Parameters
    ----------
    runs : mapping of str to ndarray of shape (run,)
        `success` and `rl_compute` or `rl_tokens`.
    options : CurveOptions, optional
        Objective least-squares (the default), huber or lad, on success.

    Returns
    -------
    LawFit
        Coefficients floor, ceiling [1], midpoint [unit of x], steepness [1].

    Raises
    ------
    DataError
        If columns are missing or hold impossible values.
    FitError
        If the runs are too few, all alike, or success falls along them.

    Examples
    --------
    >>> x = np.geomspace(1e8, 1e11, 12)
    >>> fit = fit_rl_sigmoid({"rl_tokens": x, "success": 0.2 + 0.4 / (1 + (2e9 / x) ** 1.5)})
    >>> [round(value, 3) for value in (fit.coefficients["ceiling"], fit.coefficients["midpoint"] / 1e9)]
    [0.6, 2.0]
    """
    options = options or CurveOptions()
    objective = options.chosen("least-squares", ("least-squares", "huber", "lad"), "rl-sigmoid")
    curve = read_curve(runs)
    need(curve, len(NAMES), "rl-sigmoid")
    where, ladder = axis(curve.x), widths(objective, options.delta)
    best = best_fit(where, curve.success, ladder)
    q = best.q[0]
    if not q[1] > q[0]:
        raise FitError(
            "Success does not rise along the runs, so that no sigmoid fits.", "Check that `success` and the axis are not mixed up."
        )
    residual = success(best.q, where.log_x)[0] - curve.success
    deviation = noise(residual, q.size, ladder[-1])
    free = curve.x.size - q.size
    allowed = 0.5 * rise_scale(deviation, ladder[-1]) * float(stdtrit(free, 0.5 + options.level / 2.0)) ** 2
    profiler = Profiler(where, curve.success, ladder, q, float(best.value[0]), allowed)
    ranges = {name: profiler.interval(which) for which, name in enumerate(NAMES)}
    draws = None
    if options.bootstrap:
        draws = draw_points(where, curve.success, ladder, q, options.bootstrap, options.seed)
    reached = float(rise(best.q, where.log_x).max())
    errors, condition = _errors(q, where, deviation, draws, ranges)
    intervals = {name: _ends(name, found) for name, found in ranges.items()}
    return LawFit(
        form="rl-sigmoid",
        coefficients=dict(zip(NAMES, natural(q).tolist(), strict=True)),
        standard_errors=errors,
        intervals=intervals,
        level=options.level,
        objective_name=objective,
        objective=reported(residual, objective, options.delta),
        n_runs=curve.x.size,
        draws=None if draws is None else natural(draws),
        box={curve.role: (float(curve.x.min()), float(curve.x.max()))},
        diagnostics={
            "rms": float(np.sqrt(np.mean(residual**2))),
            "noise": deviation,
            "condition": condition,
            "rise_seen": reached,
            "interval_method": "profile",
        },
        holdout=_holdout(curve, where, ladder, q, deviation, draws, options),
        warnings=(*curve.warnings, *undetermined(ranges, intervals, reached, options)),
        provenance={"seed": options.seed, "delta": options.delta, "resample": RESAMPLE, "bootstrap": options.bootstrap},
    )


def _ends(name: str, found: Range) -> tuple[float, float]:
    if name in ("midpoint", "steepness"):
        return float(np.exp(found.low)), float(np.exp(found.high))
    return found.low, found.high


def _errors(
    q: Array, where: Axis, deviation: float, draws: Array | None, ranges: Mapping[str, Range]
) -> tuple[dict[str, float | None], float]:
    """Standard errors in natural units, None where an end is open, and the condition number of the scaled Jacobian."""
    slopes = jacobian(q[None, :], where.log_x)[0]
    sizes = np.maximum(np.linalg.norm(slopes, axis=0), 1e-300)
    values = np.linalg.svd(slopes / sizes, compute_uv=False)
    condition = float(values[0] / max(float(values[-1]), 1e-300))
    if draws is not None and len(draws) > 1:
        spread = natural(draws).std(axis=0, ddof=1)
    else:
        spread = deviation * np.sqrt(np.diag(np.linalg.pinv(slopes.T @ slopes))) * np.concatenate([[1.0, 1.0], np.exp(q[2:])])
    return {
        name: None if ranges[name].low_open or ranges[name].high_open else float(spread[which]) for which, name in enumerate(NAMES)
    }, condition


def _holdout(
    curve: Curve, where: Axis, ladder: tuple[float, ...], q: Array, deviation: float, draws: Array | None, options: CurveOptions
) -> Holdout | None:
    if options.holdout is None:
        return None
    ahead = read_curve(options.holdout, curve.role)
    if draws is None:
        draws = draw_points(where, curve.success, ladder, q, FORECAST_DRAWS, options.seed)
    log_x = log_of(ahead.x, float(where.log_x[curve.x > 0].min()))
    low, high = forecast(draws, log_x, deviation, curve.x.size - q.size, options.level)
    point = success(q[None, :], log_x)[0]
    rows = forecast_rows({curve.role: ahead.x, "observed": ahead.success, "forecast": point, "low": low, "high": high})
    inside = (ahead.success >= low) & (ahead.success <= high)
    return Holdout(ahead.x.size, float(np.sqrt(np.mean((ahead.success - point) ** 2))), float(inside.mean()), rows)
