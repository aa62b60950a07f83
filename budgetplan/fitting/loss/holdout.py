"""Forecast of runs that a fit of losses did not see: value, interval with noise, and how often the interval held."""

from __future__ import annotations

import numpy as np

from budgetplan.errors import DataError
from budgetplan.fitting.loss.curve import Chart
from budgetplan.fitting.loss.form import AbstractForm
from budgetplan.fitting.result import Holdout, forecast_rows
from budgetplan.fitting.runs.runs import Runs
from budgetplan.numerics.arrays import Array

FORECAST_DRAWS = 2000
"""Draws behind an interval where the fit itself made none."""


def gaussian_draws(theta: Array, covariance: Array, seed: int) -> Array:
    """Normal draws of the form's coordinates, shape (draw, coordinate).

    Parameters
    ----------
    theta : ndarray of shape (coordinate,)
    covariance : ndarray of shape (coordinate, coordinate)
    seed : int
    """
    values, vectors = np.linalg.eigh(covariance)
    # A flat direction has no scale of its own; two e-folds of a coefficient are as much as a forecast can use.
    root = vectors * np.sqrt(np.clip(values, 0.0, 4.0))
    drawn: Array = theta + np.random.default_rng(seed).standard_normal((FORECAST_DRAWS, len(theta))) @ root.T
    return drawn


def forecast(
    form: AbstractForm,
    runs: Runs,
    theta: Array,
    draws: Array,
    residual: Array,
    free: int,
    logarithmic: bool,
    level: float,
    seed: int,
) -> Holdout:
    """Forecast runs from a fit.

    Parameters
    ----------
    form : AbstractForm
    runs : Runs
        Those held out.
    theta : ndarray of shape (coordinate,)
        The fit.
    draws : ndarray of shape (draw, coordinate)
        Its uncertainty.
    residual : ndarray of shape (run,)
        Of the fitted runs: the noise that a new run has too.
    free : int
        Coefficients fitted; the noise is scaled up for them.
    logarithmic : bool
        Whether residuals are of ln loss.
    level : float
        Of the interval. [1]
    seed : int
        Of the noise.

    Returns
    -------
    Holdout

    Raises
    ------
    DataError
        If no run is held out.
    """
    if not runs.count:
        raise DataError("No run is held out.", "`holdout` is a query that some rows satisfy: params > 1e9.")
    size = len(form.coefficients)
    curve = form.curve(runs, Chart(np.zeros(size), np.eye(size)), logarithmic)
    centre = curve.evaluate(theta[None])[0][0]
    spread = curve.evaluate(draws)[0]
    scale = np.sqrt(len(residual) / max(len(residual) - free, 1))
    noise = np.random.default_rng([seed, 1]).choice(residual - residual.mean(), spread.shape) * scale
    low, high = np.quantile(spread + noise, [(1 - level) / 2, (1 + level) / 2], axis=0)
    if logarithmic:
        centre, low, high = np.exp(centre), np.exp(low), np.exp(high)
    observed = runs["loss"]
    axes = {"row": runs.rows.astype(np.float64), **{role: runs[role] for role in form.roles if role != "loss"}}
    rows = forecast_rows({**axes, "observed": observed, "forecast": centre, "low": low, "high": high})
    rms = float(np.sqrt((np.log(observed / centre) ** 2).mean()))
    return Holdout(runs.count, rms, float(((observed >= low) & (observed <= high)).mean()), rows)
