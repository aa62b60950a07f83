"""Leaving out the largest: which rows a joint law has to forecast, and how well it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from budgetplan.errors import FitError
from budgetplan.fitting.joint.candidate import AbstractCandidate
from budgetplan.fitting.joint.solve import covered, forecast, solve
from budgetplan.fitting.joint.table import LEAST, table_of
from budgetplan.numerics.arrays import Array, Bools

LEFT_OUT = (("params",), ("tokens",), ("rl_tokens",), ("params", "tokens"))
"""Axes whose largest value laws forecast when they are compared: N, D and R alone, then N and D together."""


@dataclass(frozen=True)
class Fold:
    """Forecast of rows that were left out.

    Attributes
    ----------
    name : str
        Axes whose largest value was left out, joined by +.
    miss : ndarray of shape (inner,)
        ln of forecast over measured task loss, rows with success 0 or 1 left out.
    inside : ndarray of bool of shape (row,)
        Whether the measured lies in the forecast interval.
    """

    name: str
    miss: Array
    inside: Bools


def largest(columns: Mapping[str, Array], axes: Sequence[str]) -> Bools:
    """Rows at the largest value of any of the axes.

    Parameters
    ----------
    columns : mapping of str to ndarray
    axes : sequence of str
    """
    out = np.zeros(len(columns["params"]), dtype=bool)
    for axis in axes:
        out |= columns[axis] == columns[axis].max()
    return out


def leave_out(
    candidate: AbstractCandidate,
    columns: Mapping[str, Array],
    near: Array,
    sets: Sequence[Sequence[str]],
    level: float,
    width: float = inf,
) -> tuple[Fold, ...]:
    """Forecasts of a candidate for each set of axes; a set that would leave an axis without a spread is passed over.

    Parameters
    ----------
    candidate : AbstractCandidate
    columns : mapping of str to ndarray
    near : ndarray of shape (coordinate,)
        Fit of all rows, one of the places from which each refit begins.
    sets : sequence of sequences of str
        Axes, each with its largest value left out.
    level : float
        Of the intervals. [1]
    width : float
        Huber's.

    Returns
    -------
    tuple of Fold

    Raises
    ------
    FitError
        If a refit does not settle.
    """
    folds = []
    for axes in sets:
        away = largest(columns, axes)
        kept = {name: columns[name][~away] for name in LEAST}
        if any(len(np.unique(column)) < LEAST[name] for name, column in kept.items()):
            continue
        unseen = table_of(columns, away)
        solved = solve(candidate, table_of(columns, ~away), width, near)
        said, low, high = forecast(solved, unseen, level)
        folds.append(Fold("+".join(axes), (said - unseen.log_task_loss)[unseen.inner], covered(unseen, low, high)))
    if not folds:
        names = " or ".join(sorted({axis for axes in sets for axis in axes}))
        raise FitError(f"Nothing can be left out: no axis of {names} has a value to spare.", "Add runs at another size.")
    return tuple(folds)


def rms(folds: Sequence[Fold]) -> float:
    """Root mean square of ln(forecast/measured) over folds, every fold alike. [1]"""
    return float(np.sqrt(np.mean([np.mean(fold.miss**2) for fold in folds])))
