"""Runs beside what a fitted law of loss says of them: the data of the `fit` figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.errors import DataError
from budgetplan.fitting.loss.chinchilla import CHINCHILLA
from budgetplan.fitting.loss.curve import Chart
from budgetplan.fitting.loss.data_constrained import DATA_CONSTRAINED
from budgetplan.fitting.loss.form import AbstractForm
from budgetplan.fitting.loss.overtrained import OVERTRAINED
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.runs.runs import FLOP_PER_PARAM_TOKEN, Runs
from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.units import format_quantity
from budgetplan.workflow.charts.chart_words import fitted_caption, law_caption
from budgetplan.workflow.charts.loss_surface import loss_at, pretraining_of, record_of

if TYPE_CHECKING:
    import pandas as pd

LOSS_FORMS: Mapping[str, AbstractForm] = {form.name: form for form in (CHINCHILLA, DATA_CONSTRAINED, OVERTRAINED)}
"""Forms of loss in params and tokens."""


@dataclass(frozen=True)
class FitChart:
    """Observed and fitted losses, run by run; held-out runs come last.

    Attributes
    ----------
    params, tokens : ndarray of shape (run,)
        [param], [token]
    observed, fitted : ndarray of shape (run,)
        Loss; for held-out runs the forecast. [nat/token]
    low, high : ndarray of shape (run,)
        Interval of the forecast, nan where a run was fitted. [nat/token]
    held : ndarray of bool of shape (run,)
        Which runs the fit did not see.
    residual : ndarray of shape (run,)
        observed/fitted - 1. [1]
    names : (str, str)
        Of the runs that are not held out, and of those that are.
    headline, caption : str
    """

    params: Array
    tokens: Array
    observed: Array
    fitted: Array
    low: Array
    high: Array
    held: Bools
    residual: Array
    names: tuple[str, str]
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float | bool | None]]:
        """One row per run, as it is drawn."""
        return [
            {
                "params": float(self.params[at]),
                "tokens": float(self.tokens[at]),
                "observed_loss": float(self.observed[at]),
                "fitted_loss": float(self.fitted[at]),
                "forecast_low": float(self.low[at]),
                "forecast_high": float(self.high[at]),
                "residual": float(self.residual[at]),
                "held_out": bool(self.held[at]),
            }
            for at in range(len(self.params))
        ]

    def to_frame(self) -> pd.DataFrame:
        """The rows as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def fit_chart(runs: Runs, fit: LawFit) -> FitChart:
    """The fitted runs beside their fitted losses, and the held-out ones beside their forecasts.

    Parameters
    ----------
    runs : Runs
        Those that were fitted.
    fit : LawFit
        Of a form of loss, without groups.

    Returns
    -------
    FitChart

    Raises
    ------
    DataError
        If the fit is of another form, or of groups.
    """
    if fit.groups:
        raise DataError(f"A figure of a fit shows one fit, got {len(fit.groups)} groups.", "Choose one of them with --where.")
    if fit.form not in LOSS_FORMS:
        raise DataError(
            f"The figure `fit` shows losses: the form `{fit.form}` has none.",
            f"Forms: {', '.join(LOSS_FORMS)}. Curves of success are drawn by `plot rl-curve` and `plot pass-at-k`.",
        )
    fitted = fitted_loss(runs, fit)
    ahead = () if fit.holdout is None else fit.holdout.rows
    there = np.array([[row[name] for name in ("params", "tokens", "observed", "forecast", "low", "high")] for row in ahead])
    ahead_columns = there.reshape(len(ahead), 6).T
    unknown = np.full(runs.count, np.nan)
    seen = (runs["params"], runs["tokens"], runs["loss"], fitted, unknown, unknown)
    params, tokens, observed, said, low, high = (
        np.concatenate([mine, more]) for mine, more in zip(seen, ahead_columns, strict=True)
    )
    held = np.arange(len(params)) >= runs.count
    residual = observed / said - 1.0
    names = ("fitted", "held out")
    return FitChart(params, tokens, observed, said, low, high, held, residual, names, _headline(fit), fitted_caption(fit))


def chart_beside_law(runs: Runs, law: Law) -> FitChart:
    """Runs beside the losses of a law that was not fitted to them; those outside its measured box count as held out.

    Parameters
    ----------
    runs : Runs
        With `params`, `tokens` and `loss`.
    law : Law
        With a pre-training link.

    Returns
    -------
    FitChart

    Raises
    ------
    DataError, ScenarioError
        If the runs lack a role, or the law has no pre-training link.
    """
    runs.require("fit", "params", "tokens", "loss")
    n, d, observed = runs["params"], runs["tokens"], runs["loss"]
    said = loss_at(pretraining_of(law), n, d)
    box = record_of(law).box
    axes = {"params": n, "pretraining_tokens": d, "training_flop": FLOP_PER_PARAM_TOKEN * n * d, "tokens_per_param": d / n}
    outside = np.zeros(runs.count, dtype=bool)
    for axis, values in axes.items():
        low, high = box.get(axis, (0.0, np.inf))
        outside |= (values < low * (1 - 1e-9)) | (values > high * (1 + 1e-9))
    order = np.argsort(outside, kind="stable")
    nothing = np.full(runs.count, np.nan)
    residual = observed / said - 1.0
    rms = format_quantity(float(np.sqrt((np.log(observed / said) ** 2).mean())), "ratio", 2)
    where = f", {int(outside.sum())} of them beyond where it was measured" if outside.any() else ""
    headline = f"{law.id} misses {runs.count} runs by {rms} (rms){where}"
    caption = law_caption(law, "not fitted to these runs", f"data {runs.digest[:12]}")
    n, d, observed, said, residual = (column[order] for column in (n, d, observed, said, residual))
    return FitChart(n, d, observed, said, nothing, nothing, outside[order], residual, ("in its range", "beyond"), headline, caption)


def fitted_loss(runs: Mapping[str, Array], fit: LawFit) -> Array:
    """Loss that a fit gives for runs, shape (run,). [nat/token]

    Parameters
    ----------
    runs : mapping of str to ndarray
        With the roles that the form needs.
    fit : LawFit
        Of one of `LOSS_FORMS`.
    """
    form = LOSS_FORMS[fit.form]
    values = np.array([fit.coefficients[name] for name in form.coefficients])
    whole = Chart(np.zeros(values.size), np.eye(values.size))
    said: Array = form.curve(runs, whole, True).evaluate(form.theta(values)[None])[0][0]
    return np.exp(said)


def _headline(fit: LawFit) -> str:
    """How far the law lies from what it was fitted to, and from what it was not."""
    within = format_quantity(float(fit.diagnostics["rms"]), "ratio", 2)
    said = f"The {fit.form} law misses its {fit.n_runs} runs by {within} (rms)"
    if fit.holdout is None:
        return said
    count = f"{fit.holdout.n} held-out run{'' if fit.holdout.n == 1 else 's'}"
    return f"{said} and {count} by {format_quantity(fit.holdout.rms, 'ratio', 2)}"
