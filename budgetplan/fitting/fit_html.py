"""A fit as it shows itself in a notebook: coefficients with standard errors and intervals, group by group."""

from __future__ import annotations

from budgetplan.fitting.result import LawFit
from budgetplan.markup import block, table

MOST_GROUPS = 20
"""Groups that are shown."""


def fit_html(fit: LawFit) -> str:
    """The fit as HTML.

    Parameters
    ----------
    fit : LawFit

    Returns
    -------
    str
        One `<div>`.
    """
    title = f"{fit.form}: {fit.n_runs} runs, {fit.objective_name} {fit.objective:.4g}"
    level = f"{100 * fit.level:.3g} % interval"
    if fit.groups:
        shown = dict(list(fit.groups.items())[:MOST_GROUPS])
        rows = [(name, *row) for name, part in shown.items() for row in _rows(part)]
        tables = [table(("group", "coefficient", "value", "standard error", level), rows)]
    else:
        tables = [table(("coefficient", "value", "standard error", level), _rows(fit))]
    left = len(fit.groups) - MOST_GROUPS
    notes = [f"And {left} more groups: `to_dict()` has all." if left > 0 else ""]
    if fit.holdout is not None:
        held = fit.holdout
        notes.append(f"Held out: {held.n} runs, rms {held.rms:.3g}, {100 * held.coverage:.0f} % of them inside their {level}.")
    digest = str(fit.provenance.get("data_sha256", ""))[:12]
    return block(title, tables, [*notes, *fit.warnings, f"Data {digest}." if digest else ""])


def _rows(fit: LawFit) -> list[tuple[str, str, str, str]]:
    """One row per coefficient."""
    rows = []
    for name, value in fit.coefficients.items():
        error, ends = fit.standard_errors.get(name), fit.intervals.get(name)
        interval = "not determined" if ends is None else f"{ends[0]:.4g} to {ends[1]:.4g}"
        rows.append((name, f"{value:.6g}", "not determined" if error is None else f"{error:.2g}", interval))
    return rows
