"""`budgetplan pilot`: which runs to do next, beside an IsoFLOP grid of the same cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetplan.cli import figures
from budgetplan.cli.idle import without
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.errors import ScenarioError

if TYPE_CHECKING:
    from budgetplan.workflow.questions.pilot_study import Measured, PilotStudy

EXAMPLES = (
    "budgetplan pilot --budget 1e25 --law besiroglu-2024 --pilot 1e22",
    "budgetplan pilot --budget 1e25 --pilot 1e22 --runs 6 --draws 100",
    "budgetplan pilot --budget 1e24 --law additive --pilot 1e21 --noise 1%",
)
DETAILS = (
    "The law's draws say what is not known; the runs are those after which the plan of the main budget is expected to waste least "
    "compute. Both pilots are tried on simulated truths (--draws, default 200): noisy runs, a fit, a plan, its regret in truth."
)

_Pilot = Annotated[
    str | None, typer.Option("--pilot", metavar="Q", help="Compute for all runs together: 1e22.", show_default=False)
]
_Runs = Annotated[int, typer.Option("--runs", metavar="N", help="Most runs.")]
_Noise = Annotated[
    str,
    typer.Option("--noise", metavar="RATIO", help="How far runs that should agree differ, in ln loss: a fit's residuals."),
]
_Problems = Annotated[int, typer.Option("--problems", metavar="N", help="Problems on which success is counted, for joint laws.")]
_HEAD = ("N", "D", "R", "D/N", "FLOP", "regret without it")


@plans
@without("certify", "tolerance")
def run(request: Request, pilot: _Pilot = None, runs: _Runs = 8, noise: _Noise = "0.005", problems: _Problems = 1319) -> Result:
    """Design a pilot."""
    from budgetplan.uncertainty.pilot_observe import Telling
    from budgetplan.units import parse_quantity
    from budgetplan.workflow.questions.pilot_study import pilot_study, rows_of

    if pilot is None:
        raise ScenarioError("There is no budget for the pilot.", "Give it beside the main budget: --budget 1e25 --pilot 1e22.")
    if problems < 1:
        raise ScenarioError(f"`problems` is {problems}; success is counted on at least one.", "Write --problems 1319.")
    telling = Telling(parse_quantity(noise, "ratio", "noise", positive=True), problems)
    study = pilot_study(request.scenario, parse_quantity(pilot, "compute", "pilot"), runs, telling, request.command)
    rows: list[dict[str, Any]] = [{"design": "pilot", **row} for row in rows_of(study.chosen)]
    rows += [{"design": "isoflop", **row} for row in rows_of(study.grid)]
    warnings = tuple(item.message for item in study.warnings)
    title = _headline(study)
    return Result(study.to_dict(), rows, _page(study, title, request.command), title, warnings)


def _headline(study: PilotStudy) -> str:
    before, after, grid = (figures.percent(item.expected) for item in (study.before, study.after, study.after_grid))
    count = study.chosen.runs.size
    runs = "1 run lowers" if count == 1 else f"{count} runs lower"
    return f"{runs} the plan's expected waste from {before} to {after}; an IsoFLOP grid, to {grid}."


def _page(study: PilotStudy, title: str, command: str) -> Page:
    from budgetplan.workflow.questions.pilot_study import rows_of

    spent, gridded = float(study.chosen.runs.cost.sum()), float(study.grid.runs.cost.sum())
    aside = f"{figures.flop(study.budget)} FLOP, pilot {figures.flop(study.pilot)}, law {study.law}"
    runs = Grid(_HEAD, tuple(_cells(row) for row in rows_of(study.chosen)))
    compared = Grid(
        ("", "runs", "FLOP", "expected waste", "worst tenth", "linearised"),
        (
            _compared("no pilot", 0, 0.0, study.before, study.predicted["before"]),
            _compared("pilot", study.chosen.runs.size, spent, study.after, study.predicted["pilot"]),
            _compared("IsoFLOP grid", study.grid.runs.size, gridded, study.after_grid, study.predicted["isoflop"]),
        ),
    )
    lines = Lines(
        (
            ("columns", "N params, D pre-training and R RL tokens; by how much the waste at stake would grow without the run"),
            ("measured", f"on {len(study.before.wasted)} simulated truths, in compute wasted against the optimum in truth"),
            (
                "worth",
                f"the pilot takes {figures.percent(spent / study.budget)} of the main budget and saves {_saved(study)} of it",
            ),
            *labelled("assumed", study.assumptions),
            *labelled("beware", [item.message for item in study.warnings]),
        ),
        command,
    )
    return Page(title, aside, (runs, compared, lines))


def _saved(study: PilotStudy) -> str:
    return figures.percent(max(study.before.expected - study.after.expected, 0.0))


def _cells(row: dict[str, float]) -> tuple[str, ...]:
    amounts = (figures.amount(row[name]) if row[name] else "" for name in ("params", "pretraining_tokens", "rl_tokens"))
    return (*amounts, f"{row['tokens_per_param']:.3g}", figures.flop(row["flop"]), f"{100 * (row['left_out'] - 1):+.0f} %")


def _compared(name: str, runs: int, flop: float, found: Measured, linear: float) -> tuple[str, ...]:
    shown = found.to_dict()
    waste = f"{100 * shown['expected']:.2g} +- {100 * shown['standard_error']:.1g} %"
    return (name, str(runs), figures.flop(flop), waste, figures.percent(shown["worst_tenth"]), figures.percent(linear))
