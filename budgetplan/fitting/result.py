"""What a fit hands back: coefficients with their uncertainty, how well they are determined, and what to be warned of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from budgetplan.numerics.arrays import Array

SCHEMA = "budgetplan/fit/1"
"""Form of `LawFit.to_dict`."""


@dataclass(frozen=True)
class Holdout:
    """Forecast of runs that the fit did not see.

    Attributes
    ----------
    n : int
        Runs forecast.
    rms : float
        Root mean square of ln(observed/forecast), or of the difference in success for laws of success. [1]
    coverage : float
        Part of them inside their forecast interval, which is of the fit's `level`. [1]
    rows : tuple of mapping
        Per run: its roles, `observed`, `forecast`, `low`, `high`.
    """

    n: int
    rms: float
    coverage: float
    rows: tuple[Mapping[str, float], ...]


@dataclass(frozen=True)
class LawFit:
    """A fitted law.

    Attributes
    ----------
    form : str
        One of the names in `budgetplan.fitting.forms`.
    coefficients : mapping of str to float
        By name. [of the coefficient]
    standard_errors : mapping of str to float or None
        None where the data do not determine the coefficient. [of the coefficient]
    intervals : mapping of str to (float, float)
        At `level`. [of the coefficient]
    level : float
        Of the intervals. [1]
    objective_name : str
        huber, lad, least-squares or likelihood.
    objective : float
        Its value at the optimum. [1]
    n_runs : int
    draws : ndarray of shape (draw, coefficient) or None
        Joint bootstrap draws, columns in the order of `coefficients`. [of the coefficient]
    box : mapping of str to (float, float)
        Measured range per axis. [SI]
    diagnostics : mapping
        rms, condition number, residuals by size and by tokens, influence, as the form has them.
    holdout : Holdout or None
    warnings : tuple of str
    groups : mapping of str to LawFit
        One fit per group, where groups were asked for.
    provenance : mapping
        Version, data hash, command, seed, objective's delta.
    """

    form: str
    coefficients: Mapping[str, float]
    standard_errors: Mapping[str, float | None]
    intervals: Mapping[str, tuple[float, float]]
    level: float
    objective_name: str
    objective: float
    n_runs: int
    draws: Array | None
    box: Mapping[str, tuple[float, float]]
    diagnostics: Mapping[str, Any]
    holdout: Holdout | None
    warnings: tuple[str, ...]
    groups: Mapping[str, LawFit] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The fit in the JSON shape `budgetplan/fit/1`."""
        out: dict[str, Any] = {
            "schema": SCHEMA,
            "form": self.form,
            "coefficients": dict(self.coefficients),
            "standard_errors": dict(self.standard_errors),
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            "level": self.level,
            "objective_name": self.objective_name,
            "objective": self.objective,
            "n_runs": self.n_runs,
            "box": {axis: list(ends) for axis, ends in self.box.items()},
            "diagnostics": dict(self.diagnostics),
            "groups": None,
            "holdout": None,
            "warnings": list(self.warnings),
            "provenance": dict(self.provenance),
        }
        if self.groups:
            out["groups"] = [{"group": name, **_short(fit)} for name, fit in self.groups.items()]
        if self.holdout is not None:
            rows = [dict(row) for row in self.holdout.rows]
            out["holdout"] = {"n": self.holdout.n, "rms": self.holdout.rms, "coverage": self.holdout.coverage, "rows": rows}
        return out

    def _repr_html_(self) -> str:
        from budgetplan.fitting.fit_html import fit_html

        return fit_html(self)


def forecast_rows(columns: Mapping[str, Array]) -> tuple[dict[str, float], ...]:
    """Columns of a forecast as the rows of a `Holdout`.

    Parameters
    ----------
    columns : mapping of str to ndarray of shape (run,)
        Roles, `observed`, `forecast`, `low`, `high`.

    Examples
    --------
    >>> import numpy as np
    >>> forecast_rows({"k": np.array([1.0, 2.0]), "observed": np.array([0.25, 0.5])})
    ({'k': 1.0, 'observed': 0.25}, {'k': 2.0, 'observed': 0.5})
    """
    return tuple(dict(zip(columns, row, strict=True)) for row in zip(*(part.tolist() for part in columns.values()), strict=True))


def percent(level: float) -> str:
    """A level of intervals as text; digits of a fraction of a per cent are kept, since draws are scaled by them.

    Examples
    --------
    >>> percent(0.9), percent(0.975)
    ('90%', '97.5%')
    """
    return f"{100 * level:.6g}%"


def _short(fit: LawFit) -> dict[str, Any]:
    whole = fit.to_dict()
    return {name: whole[name] for name in whole if name not in ("schema", "groups", "provenance", "form")}
