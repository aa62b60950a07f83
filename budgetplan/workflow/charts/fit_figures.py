"""From a table of runs, or from a law alone, to what one of the figures of fits draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from budgetplan.errors import ScenarioError, UnknownNameError
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.runs.read_runs import chosen, read_table, runs_of
from budgetplan.fitting.runs.runs import Runs
from budgetplan.laws.law import Law
from budgetplan.parallel.progress import Progress
from budgetplan.workflow.charts.coefficient_chart import CoefficientChart, coefficients_of_law
from budgetplan.workflow.charts.contour_chart import ContourChart, contour_chart, contours_of_law
from budgetplan.workflow.charts.fit_chart import FitChart, chart_beside_law, fit_chart
from budgetplan.workflow.charts.isoflop_chart import IsoflopChart, isoflop_chart, isoflop_of_law
from budgetplan.workflow.charts.pass_chart import pass_chart, pass_of_law
from budgetplan.workflow.charts.rl_chart import rl_chart
from budgetplan.workflow.charts.rl_law_chart import rl_of_law
from budgetplan.workflow.charts.success_chart import SuccessChart

if TYPE_CHECKING:
    import pandas as pd

FitFigure: TypeAlias = FitChart | CoefficientChart | IsoflopChart | ContourChart | SuccessChart
"""What a figure of a fit draws."""


@dataclass(frozen=True)
class Figure:
    """How one kind of figure is computed.

    Attributes
    ----------
    form : str
        What is fitted where nothing is said.
    of_runs : callable
        (runs, fit) to what is drawn.
    of_law : callable
        Law to what is drawn of it without runs.
    bootstrap : int
        Replicates where nothing is said: as many as the figure's bands need.
    """

    form: str
    of_runs: Callable[[Runs, LawFit], FitFigure]
    of_law: Callable[[Law], FitFigure]
    bootstrap: int = 0


FIGURES: Mapping[str, Figure] = {
    "fit": Figure("chinchilla", fit_chart, coefficients_of_law),
    "isoflop": Figure("isoflop", isoflop_chart, isoflop_of_law, 1000),
    "contours": Figure("chinchilla", contour_chart, contours_of_law),
    "rl-curve": Figure("rl-sigmoid", rl_chart, rl_of_law, 400),
    "pass-at-k": Figure("passk-beta", pass_chart, pass_of_law),
}
"""Kinds by name."""


def figure_of_runs(
    kind: str,
    source: Path | str | pd.DataFrame,
    form: str | None = None,
    columns: Mapping[str, str] | None = None,
    where: str | None = None,
    holdout: str | None = None,
    objective: str | None = None,
    bootstrap: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[FitFigure, LawFit]:
    """Fit a law to runs, and compute what the figure of this kind draws of both.

    Parameters
    ----------
    kind : str
        One of `FIGURES`.
    source : Path, str or DataFrame
        A CSV file or a frame, one row per run.
    form : str, optional
        What to fit; the kind's own form by default, and for pass@k the power law where there are no counts.
    columns, where, holdout, objective, seed, progress
        As for `fit_law`.
    bootstrap : int, optional
        Replicates; as many as the figure's bands need by default.

    Returns
    -------
    figure : FitChart, IsoflopChart, ContourChart or SuccessChart
    fit : LawFit
        The fit that is drawn.

    Raises
    ------
    UnknownNameError, DataError, FitError
        If there is no such kind, or the runs cannot be used or cannot determine the law.
    """
    figure = _figure(kind)
    runs = fitted_runs(source, columns, where, holdout)
    if form is None:
        form = "passk-power" if kind == "pass-at-k" and "n_samples" not in runs else figure.form
    options: dict[str, Any] = {"columns": columns, "where": where, "holdout": holdout, "objective": objective}
    replicates = figure.bootstrap if bootstrap is None else bootstrap
    fit = fit_law(source, form, **options, bootstrap=replicates, seed=seed, progress=progress)
    return figure.of_runs(runs, fit), fit


def figure_of_law(kind: str, law: Law) -> FitFigure:
    """What the figure of this kind draws of a law without runs.

    Parameters
    ----------
    kind : str
        One of `FIGURES`.
    law : Law

    Returns
    -------
    CoefficientChart, IsoflopChart, ContourChart or SuccessChart

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    ScenarioError
        If the figure needs a link that the law does not have.
    """
    return _figure(kind).of_law(law)


def figure_of_both(
    kind: str, source: Path | str | pd.DataFrame, law: Law, columns: Mapping[str, str] | None = None, where: str | None = None
) -> FitFigure:
    """What the figure of this kind draws of runs beside a law that was not fitted to them.

    Parameters
    ----------
    kind : {"fit", "contours"}
    source, columns, where
        As for `fit_law`.
    law : Law

    Returns
    -------
    FitChart or ContourChart

    Raises
    ------
    UnknownNameError, DataError
        If there is no such kind, or the runs cannot be used.
    ScenarioError
        If the figure fits its own law to runs, or the law has no pre-training link.
    """
    _figure(kind)
    if kind == "fit":
        return chart_beside_law(fitted_runs(source, columns, where), law)
    if kind == "contours":
        return contours_of_law(law, fitted_runs(source, columns, where))
    raise ScenarioError(f"`plot {kind}` takes runs or a law, and was given both.", "Leave out --law, or the file of runs.")


def fitted_runs(
    source: Path | str | pd.DataFrame,
    columns: Mapping[str, str] | None = None,
    where: str | None = None,
    holdout: str | None = None,
) -> Runs:
    """The runs that `fit_law` fits for the same arguments: those chosen, less those held out.

    Parameters
    ----------
    source, columns, where, holdout
        As for `fit_law`.
    """
    table, digest = read_table(source)
    table = chosen(table, where, "where", columns)
    if holdout is not None:
        table = table.drop(index=chosen(table, holdout, "holdout", columns).index)
    return runs_of(table, columns, digest)


def _figure(kind: str) -> Figure:
    if kind not in FIGURES:
        raise UnknownNameError("figure of a fit", kind, FIGURES)
    return FIGURES[kind]
