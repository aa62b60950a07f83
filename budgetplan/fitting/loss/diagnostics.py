"""How good a fit of losses is, where it is wrong, and which runs it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from budgetplan.fitting.loss.covariance import one_step_influence
from budgetplan.fitting.loss.solve import Optimum
from budgetplan.numerics.arrays import Array, Index

MOST_BINS = 6
"""Bins along params and along tokens."""
MOST_INFLUENTIAL = 5
"""Runs named as the most influential."""
STRONG = 1.0
"""Shift of a coefficient in standard errors at which one run is worth a warning."""


def residuals_by(axis: Array, residual: Array) -> list[dict[str, float]]:
    """Residuals in bins of equal counts along params or tokens.

    Parameters
    ----------
    axis : ndarray of shape (run,)
    residual : ndarray of shape (run,)
        Fitted less observed, ln loss.

    Returns
    -------
    list of dict
        `low`, `high` of the bin, `n`, `mean`, `rms`.
    """
    values = np.unique(axis)
    if len(values) > MOST_BINS:
        edges = np.unique(np.quantile(values, np.linspace(0, 1, MOST_BINS + 1)))
        place = np.clip(np.searchsorted(edges, axis, side="right") - 1, 0, len(edges) - 2)
    else:
        place = np.searchsorted(values, axis)
    bins = []
    for number in np.unique(place):
        inside = place == number
        part = residual[inside]
        bins.append(
            {
                "low": float(axis[inside].min()),
                "high": float(axis[inside].max()),
                "n": int(inside.sum()),
                "mean": float(part.mean()),
                "rms": float(np.sqrt((part**2).mean())),
            }
        )
    return bins


def diagnose(
    optimum: Optimum, runs: Mapping[str, Array], rows: Index, names: tuple[str, ...], errors: Array, width: float, logarithmic: bool
) -> dict[str, Any]:
    """Diagnostics of a fit of losses.

    Parameters
    ----------
    optimum : Optimum
    runs : mapping of str to ndarray
    rows : ndarray of int
        Row numbers.
    names : tuple of str
        Coefficients.
    errors : ndarray of shape (coefficient,)
        Standard errors of the form's coordinates.
    width : float
        Huber width.
    logarithmic : bool
        Whether residuals are of ln loss.

    Returns
    -------
    dict
        `rms` (ln loss), `r2` (loss), `condition`, `by_params`, `by_tokens`, `influence`, `starts_agreeing`.
    """
    loss = runs["loss"]
    fitted = np.exp(optimum.residual + optimum.observed) if logarithmic else optimum.residual + optimum.observed
    log_residual = np.log(np.maximum(fitted, 1e-300) / loss)
    spread = float(((loss - loss.mean()) ** 2).sum())
    return {
        "rms": float(np.sqrt((log_residual**2).mean())),
        "median_absolute": float(np.median(np.abs(log_residual))),
        "r2": 1.0 - float(((fitted - loss) ** 2).sum()) / spread if spread > 0 else None,
        "condition": optimum.condition,
        "starts_agreeing": optimum.agreeing,
        "by_params": residuals_by(runs["params"], log_residual),
        "by_tokens": residuals_by(runs["tokens"], log_residual),
        "influence": most_influential(optimum, rows, names, errors, width, log_residual),
    }


def most_influential(
    optimum: Optimum, rows: Index, names: tuple[str, ...], errors: Array, width: float, log_residual: Array
) -> list[dict[str, Any]]:
    """The runs whose absence would move a coefficient most, in its standard errors, to first order.

    Parameters
    ----------
    optimum, rows, names, errors, width
        As in `diagnose`.
    log_residual : ndarray of shape (run,)
    """
    shift = one_step_influence(optimum, width) @ optimum.chart.basis.T
    known = (errors > 0) & np.isfinite(errors)
    relative = np.where(known, shift / np.where(known, errors, 1.0), 0.0)
    most = np.argmax(np.abs(relative), axis=1)
    size = np.abs(relative[np.arange(len(rows)), most])
    return [
        {
            "row": int(rows[at]),
            "coefficient": names[most[at]],
            "shift": float(relative[at, most[at]]),
            "residual": float(log_residual[at]),
        }
        for at in np.argsort(-size)[:MOST_INFLUENTIAL]
    ]


def strong_runs(influence: list[dict[str, Any]]) -> list[str]:
    """Warnings about runs that a fit rests on.

    Parameters
    ----------
    influence : list of dict
        From `most_influential`.
    """
    return [
        f"row {item['row']}: without this run `{item['coefficient']}` would move by about {abs(item['shift']):.1f} standard errors."
        for item in influence
        if abs(item["shift"]) > STRONG
    ]
