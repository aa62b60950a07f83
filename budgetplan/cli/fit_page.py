"""A fit as a page and as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from budgetplan.cli import figures
from budgetplan.cli.layout import Grid, Lines, Page, labelled

if TYPE_CHECKING:
    from budgetplan.fitting.result import LawFit

MOST_WARNINGS = 12
"""Warnings on a page; JSON has them all."""


def fit_rows(fit: LawFit) -> list[dict[str, Any]]:
    """One row per coefficient, and per group where there are any."""
    rows = []
    for group, part in (fit.groups or {"": fit}).items():
        for name, value in part.coefficients.items():
            low, high = part.intervals[name]
            error = part.standard_errors[name]
            row = {"coefficient": name, "value": value, "standard_error": error, "low": low, "high": high, "level": part.level}
            rows.append({"group": group, **row} if group else row)
    return rows


def fit_page(fit: LawFit, written: Sequence[str]) -> Page:
    """What a person reads.

    Parameters
    ----------
    fit : LawFit
    written : sequence of str
        Law files.
    """
    grid = _groups(fit) if fit.groups else _coefficients(fit)
    shown = list(fit.warnings[:MOST_WARNINGS])
    if len(fit.warnings) > MOST_WARNINGS:
        shown.append(f"{len(fit.warnings) - MOST_WARNINGS} more: --format json")
    lines = [
        ("objective", f"{fit.objective_name}, {fit.objective:.10g}"),
        *_diagnostics(fit.diagnostics),
        *_holdouts(fit),
        *(("measured in" if index == 0 else "", line) for index, line in enumerate(_box(fit))),
        *labelled("beware", shown),
        *labelled("law file", written),
    ]
    many = f"{len(fit.groups)} groups, " if fit.groups else ""
    title = f"{fit.form} fitted to {many}{fit.n_runs} runs."
    return Page(title, f"{100 * fit.level:.4g} % intervals", (grid, Lines(tuple(lines), str(fit.provenance.get("command", "")))))


def _coefficients(fit: LawFit) -> Grid:
    rows = []
    for name, value in fit.coefficients.items():
        low, high = fit.intervals[name]
        error = fit.standard_errors[name]
        rows.append((name, number(value), "undetermined" if error is None else number(error), f"{number(low)} to {number(high)}"))
    return Grid(("coefficient", "value", "standard error", f"{100 * fit.level:.4g} % interval"), tuple(rows))


def _groups(fit: LawFit) -> Grid:
    """One row per group: each coefficient with its interval."""
    names = list(next(iter(fit.groups.values())).coefficients)
    rows = []
    for group, part in fit.groups.items():
        ends = (part.intervals[name] for name in names)
        cells = (
            f"{number(part.coefficients[name], 4)} ({number(low, 3)} to {number(high, 3)})"
            for name, (low, high) in zip(names, ends, strict=True)
        )
        rows.append((group, *cells, str(part.n_runs)))
    return Grid(("group", *names, "runs"), tuple(rows))


def _diagnostics(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    lines = []
    plain = [f"{key.replace('_', ' ')} {number(value)}" for key, value in found.items() if isinstance(value, int | float)]
    if plain:
        lines.append(("diagnostics", ", ".join(plain)))
    return lines


def _holdouts(fit: LawFit) -> list[tuple[str, str]]:
    told = []
    for group, part in (fit.groups or {"": fit}).items():
        held = part.holdout
        if held is not None:
            of = f"{group}: " if group else ""
            told.append(f"{of}{held.n} runs forecast, rms {number(held.rms)}, {held.coverage:.0%} inside their interval")
    return list(labelled("held out", told))


def _box(fit: LawFit) -> list[str]:
    return [f"{axis} {number(low)} to {number(high)}" for axis, (low, high) in fit.box.items()]


def number(value: float, digits: int = 6) -> str:
    """A number with so many digits."""
    return figures.number(value, digits)
