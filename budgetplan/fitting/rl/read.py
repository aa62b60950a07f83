"""Runs of RL as a curve: the axis in RL compute or RL tokens, and success from 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.runs.run_checks import refuse_rows
from budgetplan.numerics.arrays import Array, as_array

AXES = ("rl_compute", "rl_tokens")
"""Roles that may be the axis; the first that is there is used."""


@dataclass(frozen=True)
class Curve:
    """One curve of success.

    Attributes
    ----------
    role : str
        `rl_compute` or `rl_tokens`.
    x : ndarray of shape (run,)
        [FLOP, GPU-hour or token, as given]
    success : ndarray of shape (run,)
        [1]
    warnings : tuple of str
    """

    role: str
    x: Array
    success: Array
    warnings: tuple[str, ...]


def read_curve(runs: Mapping[str, Any], role: str | None = None) -> Curve:
    """The curve in columns named after roles, checked.

    Parameters
    ----------
    runs : mapping of str to ndarray of shape (run,)
    role : str, optional
        The axis to use; the first of `AXES` that is there otherwise.

    Raises
    ------
    DataError
        If a column is missing, unequal in length, or holds values that are no success or no amount of RL.
    """
    present = [name for name in ((role,) if role else AXES) if runs.get(name) is not None]
    if not present:
        raise DataError(
            f"A curve of RL needs the column {' or '.join((role,) if role else AXES)}.", "Name it: --column rl_tokens=NAME."
        )
    if runs.get("success") is None:
        raise DataError("A curve of RL needs the column success.", "Name it: --column success=NAME.")
    x, success = as_array(runs[present[0]]), as_array(runs["success"])
    if x.ndim != 1 or x.shape != success.shape:
        raise DataError(f"`{present[0]}` has shape {x.shape} and `success` {success.shape}; both hold one value per run.")
    refuse_rows(runs, ~(np.isfinite(x) & (x >= 0)), present[0], x, "amounts of RL are finite and 0 or more")
    off = ~((success >= 0) & (success <= 1))
    percent = bool(off.any() and np.all(success[np.isfinite(success)] <= 100) and np.nanmax(success) > 1.5)
    right = "success lies between 0 and 1" + (", and per cent are to be divided by 100" if percent else "")
    refuse_rows(runs, off, "success", success, right)
    warnings = []
    sizes = runs.get("params")
    if sizes is not None and np.unique(as_array(sizes)).size > 1:
        warnings.append(
            f"One curve was fitted to runs of {np.unique(as_array(sizes)).size} model sizes; `group` gives one curve per size."
        )
    return Curve(present[0], x, success, tuple(warnings))


def need(curve: Curve, coefficients: int, form: str) -> None:
    """Refuse a curve that cannot determine so many coefficients.

    Raises
    ------
    FitError
        If there are too few runs, too few amounts of RL, or no difference in success.
    """
    size, amounts = curve.x.size, np.unique(curve.x).size
    if size < coefficients + 1 or amounts < coefficients:
        raise FitError(
            f"The form `{form}` has {coefficients} coefficients: it needs {coefficients + 1} runs at {coefficients} amounts of RL; "
            f"there are {size} runs at {amounts}.",
            "Add evaluations along the run.",
        )
    if np.ptp(curve.success) == 0:
        raise FitError(
            f"Success is {curve.success[0]:g} in all {size} runs: there is no rise to fit.", "Add runs with more RL or less."
        )
