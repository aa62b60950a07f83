"""`budgetplan plot`: one figure, and the data that it shows."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetplan.cli.layout import Lines, Page
from budgetplan.cli.options import Request, plans
from budgetplan.cli.pairs import pairs_of
from budgetplan.cli.progress import progress
from budgetplan.cli.result import Result
from budgetplan.errors import DataError, ScenarioError, UnknownNameError
from budgetplan.plots import KINDS, save

if TYPE_CHECKING:
    from budgetplan.workflow.charts.fit_figures import FitFigure

OF_FITS = ("fit", "isoflop", "contours", "rl-curve", "pass-at-k")
"""Kinds that draw runs with their fit, or a law."""
EXAMPLES = (
    "budgetplan plot split --budget 1e25 -o split.svg",
    "budgetplan plot ternary --budget 1e25 -o ternary.png",
    "budgetplan plot regret --budget 1e25 --law additive -o regret.pdf",
    "budgetplan plot shares --budget 1e25 --draws 200 -o shares.pdf",
    "budgetplan plot tornado --budget 1e25 -o tornado.svg",
    "budgetplan plot thirds --budget 1e25 --law additive -o thirds.svg",
    "budgetplan plot contours --law besiroglu-2024 -o contours.svg",
    "budgetplan plot fit runs.csv --holdout 'params > 2e9' -o fit.pdf",
    "budgetplan plot rl-curve curves.csv --column group=model -o rl-curve.svg",
)
DETAILS = (
    "The drawn data go to FILE.csv, such as split.svg.csv. "
    f"{', '.join(OF_FITS[:-1])} and {OF_FITS[-1]} draw runs, a RUNS.csv in the place of the scenario, with the law that is fitted "
    "to them as `budgetplan fit` does; or, without runs, the law that --law names, of which fit shows the coefficients. With both, "
    "fit and contours show the runs beside that law."
)

_Kind = Annotated[str, typer.Argument(metavar="KIND", help=f"What to draw: {', '.join(KINDS)}.")]
_File = Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Figure: .svg, .pdf or .png.")]
_PANEL = "Runs"
_Runs = Annotated[
    str | None,
    typer.Option("--runs", metavar="RUNS.csv", help="One row per run; the argument may be this file too.", rich_help_panel=_PANEL),
]
_Form = Annotated[str | None, typer.Option("--form", metavar="FORM", help="What to fit.", rich_help_panel=_PANEL)]
_Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column", metavar="ROLE=NAME", help="Which column holds what; repeatable.", show_default=False, rich_help_panel=_PANEL
    ),
]
_Where = Annotated[
    str | None, typer.Option("--where", metavar="EXPR", help="A pandas query that chooses rows.", rich_help_panel=_PANEL)
]
_Holdout = Annotated[
    str | None, typer.Option("--holdout", metavar="EXPR", help="Rows to leave out and forecast.", rich_help_panel=_PANEL)
]
_Objective = Annotated[
    str | None,
    typer.Option("--objective", metavar="huber|lad|least-squares", help="What is minimised.", rich_help_panel=_PANEL),
]
_Bootstrap = Annotated[
    int | None,
    typer.Option("--bootstrap", metavar="N", help="Replicates behind bands.", show_default=False, rich_help_panel=_PANEL),
]


@plans
def _draw(
    request: Request,
    kind: _Kind,
    file: _File,
    runs: _Runs = None,
    form: _Form = None,
    column: _Columns = None,
    where: _Where = None,
    holdout: _Holdout = None,
    objective: _Objective = None,
    bootstrap: _Bootstrap = None,
) -> Result:
    """Draw one figure."""
    from budgetplan.workflow import Study, figure_data

    if kind not in KINDS:
        raise UnknownNameError("plot", kind, KINDS)
    given = {"--runs": runs, "--form": form, "--column": column, "--where": where, "--holdout": holdout, "--objective": objective}
    drawn: Any
    if kind in OF_FITS:
        if runs is None and any(value for value in given.values()):
            used = ", ".join(option for option, value in given.items() if value)
            raise DataError(f"{used}: there are no runs to fit.", f"Name their file: budgetplan plot {kind} RUNS.csv.")
        columns = pairs_of(column or (), "--column", "ROLE=NAME")
        fitting = {"form": form, "columns": columns, "where": where, "holdout": holdout, "objective": objective}
        drawn, warnings = _of_fit(kind, request, runs, {**fitting, "bootstrap": bootstrap})
    else:
        used = ", ".join(option for option, value in given.items() if value)
        if used:
            raise ScenarioError(f"{used}: `plot {kind}` draws a plan, not runs.", f"Runs are drawn by {', '.join(OF_FITS)}.")
        drawn = figure_data(kind, request.scenario, request.command)
        warnings = tuple(item.message for item in drawn.warnings) if isinstance(drawn, Study) else ()
    figure, data = map(str, save(kind, drawn, file))
    lines = Lines((("figure", figure), ("data", data)))
    rows = [{"holds": "figure", "file": figure}, {"holds": "data", "file": data}]
    return Result({"kind": kind, "figure": figure, "data": data}, rows, Page("", "", (lines,)), figure, warnings)


def _of_fit(kind: str, request: Request, runs: str | None, fitting: dict[str, Any]) -> tuple[FitFigure, tuple[str, ...]]:
    """What a figure of runs or of a law draws, and the warnings of the fit."""
    from budgetplan.laws.catalogue import load_law
    from budgetplan.workflow.charts.fit_figures import figure_of_both, figure_of_law, figure_of_runs

    scenario = request.scenario
    if runs is None or "law" in scenario.model_fields_set:
        law = load_law(scenario.law, scenario.link or None).with_options(unique_tokens=scenario.unique_tokens)
        if runs is None:
            return figure_of_law(kind, law), ()
        idle = [f"--{name}" for name in ("form", "holdout", "objective", "bootstrap") if fitting[name] is not None]
        if idle:
            raise ScenarioError(f"{', '.join(idle)}: with --law nothing is fitted.", "Leave out --law, or these.")
        return figure_of_both(kind, runs, law, fitting["columns"], fitting["where"]), ()
    with progress("bootstrap") as tell:
        drawn, fit = figure_of_runs(kind, runs, seed=scenario.seed, progress=tell, **fitting)
    return drawn, fit.warnings


def _with_runs(command: Callable[..., None]) -> Callable[..., None]:
    """Let a CSV file stand where the scenario stands: it is the file of runs."""

    def run(**values: Any) -> None:
        place = values.get("scenario")
        if place is not None and str(place).lower().endswith(".csv"):
            if values.get("runs"):
                raise DataError(f"`{place}` and --runs {values['runs']} both name runs.", "Give one of them.")
            values |= {"runs": place, "scenario": None}
        command(**values)

    run.__signature__ = inspect.signature(command)  # type: ignore[attr-defined]  # read by inspect
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run


run = _with_runs(_draw)
