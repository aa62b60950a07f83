"""Success along RL: runs, the fitted sigmoid or power law, its band, and the ceiling where it was not reached."""

from __future__ import annotations

import numpy as np

from budgetplan.errors import DataError
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.rl.read import read_curve
from budgetplan.fitting.rl.sentences import PLATEAU_SEEN
from budgetplan.fitting.runs.runs import Runs
from budgetplan.numerics.arrays import Array
from budgetplan.workflow.charts.chart_words import fitted_caption
from budgetplan.workflow.charts.success_chart import SuccessChart, SuccessCurve, spaced, unknown

FORMS = ("rl-sigmoid", "rl-power")
BEYOND = 5.0
"""How far past the last run the law is drawn. [1]"""
FORECAST = 2.0
"""How far past the last held-out run. [1]"""
AXES = {"rl_tokens": "RL tokens (token)", "rl_compute": "RL compute (unit of the runs)"}
SUCCESS = "Success (% of answers right)"


def rl_chart(runs: Runs, fit: LawFit) -> SuccessChart:
    """Runs of RL with their fitted curves.

    Parameters
    ----------
    runs : Runs
        Those that were fitted, with groups where the fit has some.
    fit : LawFit
        Of form rl-sigmoid or rl-power, of one curve or of groups.

    Returns
    -------
    SuccessChart

    Raises
    ------
    DataError
        If the fit is of another form.
    """
    if fit.form not in FORMS:
        raise DataError(f"The figure `rl-curve` shows RL curves, not the form `{fit.form}`.", f"Use --form {' or '.join(FORMS)}.")
    parts = runs.by_group()
    fits = dict(fit.groups) or {next(iter(parts)): fit}
    curves = tuple(_curve(parts[label], part, label or fit.form) for label, part in fits.items())
    role = read_curve(runs).role
    band = f"bands: {100 * fit.level:.4g} % of bootstrap fits" if any(np.isfinite(curve.low).any() for curve in curves) else ""
    unseen = any(curve.limit for curve in curves)
    bars = f"bars at the right: {100 * fit.level:.4g} % interval of a ceiling that was not seen" if unseen else ""
    return SuccessChart(curves, role, AXES[role], SUCCESS, _headline(curves, fit), fitted_caption(fit, band, bars))


def _curve(runs: Runs, fit: LawFit, label: str) -> SuccessCurve:
    """One curve with its runs and those that were held out."""
    seen = read_curve(runs)
    ahead = () if fit.holdout is None else fit.holdout.rows
    held_x, held, held_low, held_high = (np.array([row[name] for row in ahead]) for name in (seen.role, "observed", "low", "high"))
    measured = fit.box[seen.role]
    start = float(seen.x[seen.x > 0].min())
    farthest = max(measured[1] * BEYOND, float(held_x.max()) * FORECAST if len(ahead) else 0.0)
    x = spaced(start, farthest, measured)
    low, high = unknown(x.size), unknown(x.size)
    values = np.array([[fit.coefficients[name] for name in fit.coefficients]])
    if fit.draws is not None:
        spread = success_of(fit.form, fit.draws, x)
        low, high = np.quantile(spread, [(1 - fit.level) / 2, (1 + fit.level) / 2], axis=0)
    reached = fit.diagnostics.get("rise_seen", 1.0)
    return SuccessCurve(
        label,
        x,
        success_of(fit.form, values, x)[0],
        low,
        high,
        measured,
        np.concatenate([seen.x, held_x]),
        np.concatenate([seen.success, held]),
        np.concatenate([unknown(seen.x.size), held_low]),
        np.concatenate([unknown(seen.x.size), held_high]),
        np.arange(seen.x.size + len(ahead)) >= seen.x.size,
        fit.intervals["ceiling"] if fit.form == "rl-sigmoid" and reached < PLATEAU_SEEN else None,
    )


def success_of(form: str, values: Array, x: Array) -> Array:
    """Success of shape (draw, point) for coefficients of shape (draw, coefficient) as `LawFit` has them. [1]

    Parameters
    ----------
    form : {"rl-sigmoid", "rl-power"}
    values : ndarray of shape (draw, coefficient)
    x : ndarray of shape (point,)
        Above 0.

    Examples
    --------
    >>> success_of("rl-sigmoid", np.array([[0.2, 0.6, 1e9, 1.5]]), np.array([1e9])).round(3).tolist()
    [[0.4]]
    """
    if form == "rl-power":
        slope, offset = values[:, :1], values[:, 1:2]
        return 1.0 - 10.0 ** (offset - slope * np.log10(x))
    floor, ceiling, midpoint, steepness = (values[:, at : at + 1] for at in range(4))
    return floor + (ceiling - floor) / (1.0 + (midpoint / x) ** steepness)


def _headline(curves: tuple[SuccessCurve, ...], fit: LawFit) -> str:
    if fit.form == "rl-power":
        slopes = [part.coefficients["slope"] for part in (fit.groups or {"": fit}).values()]
        span = f"{min(slopes):.2g}" if len(slopes) == 1 else f"{min(slopes):.2g} to {max(slopes):.2g}"
        return f"The error falls as RL to the power -b, b = {span}" if min(slopes) > 0 else "The error does not fall in every curve"
    unseen = [curve.label for curve in curves if curve.limit is not None]
    if not unseen:
        ends = [part.coefficients["ceiling"] for part in (fit.groups or {"": fit}).values()]
        span = f"{min(ends):.0%}" if len(ends) == 1 else f"{min(ends):.0%} to {max(ends):.0%}"
        return f"RL levels off at {span} success".replace("%", " %")
    if len(curves) == 1 and curves[0].limit is not None:
        low, high = curves[0].limit
        return f"The plateau was not seen: the ceiling is anywhere in {100 * low:.0f} to {100 * high:.0f} %"
    return f"The plateau was not seen in {len(unseen)} of {len(curves)} curves: {', '.join(unseen)}"
