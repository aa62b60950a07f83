"""`budgetplan sensitivity`: what a plan rests on, and where its advice turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from budgetplan.cli import figures
from budgetplan.cli.first_screen import ending
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.units import format_quantity
from budgetplan.workflow.stage_names import WRITTEN

if TYPE_CHECKING:
    from budgetplan.uncertainty.flips import Flip
    from budgetplan.workflow.questions.sensitivity_study import Sensitivity

EXAMPLES = (
    "budgetplan sensitivity --budget 1e25",
    "budgetplan sensitivity --budget 1e24 --law additive --draws 500",
    "budgetplan sensitivity --budget 1e24 --method pope --against grpo",
)
DETAILS = (
    "Ranges are those that laws and methods state; for assumptions, demand a factor of 3 either way, verifier none "
    "to oracle. With --draws N, the value of knowing each group of coefficients is told too."
)

_Against = Annotated[
    str | None,
    typer.Option("--against", metavar="METHOD", help="RL method to compare with: where is it better?", show_default=False),
]
_SHOWN = 10
"""Levers in the tables on a terminal; other formats have all."""


@plans
def run(request: Request, against: _Against = None) -> Result:
    """Differentiate and re-plan around one plan."""
    from budgetplan.workflow.questions.sensitivity_study import sensitivity

    answer = sensitivity(request.scenario, against, request.command)
    warnings = tuple(item.message for item in answer.study.warnings)
    aside = f"{format_quantity(answer.study.budget.flop, 'compute')}, law {answer.study.law.id}"
    lines = [
        ("columns", "N params, k samples per query; shares of compute: pre-training/RL/inference"),
        *labelled("turns", [_turn(flip) for flip in answer.turning]),
        *labelled("stays", _steady(answer)),
        *labelled("worth", _worth(answer)),
        *labelled("no range", [", ".join(f"`{name}`" for name in answer.unranged)] if answer.unranged else []),
        *labelled("note", answer.notes),
        *ending([said for said in answer.study.assumptions if said not in answer.study.budget.assumed], warnings),
    ]
    page = Page(answer.headline, aside, (_ends(answer), _slopes(answer), Lines(tuple(lines), request.command)))
    return Result(answer.to_dict(), answer.rows(), page, answer.headline, warnings)


def _ends(answer: Sensitivity) -> Grid:
    """Both ends of the ranges that matter most."""
    rows = []
    for swing in answer.tornado[:_SHOWN]:
        for end, name in ((swing.low, swing.lever), (swing.high, f"now {figures.number(swing.value, 3)}")):
            shares = "-" if end.loss is None else figures.shares(end.share)
            loss = "no plan" if end.loss is None else figures.loss(end.loss)
            size = "-" if end.loss is None else figures.amount(end.params)
            value = figures.number(end.value, 3)
            shown = f"{end.said} ({value})" if end.said else value
            rows.append((name, shown, loss, size, shares, figures.percent(end.regret)))
    return Grid(("over its range", "if it is", "loss", "N", "shares %", "this plan wastes"), tuple(rows))


def _slopes(answer: Sensitivity) -> Grid:
    """What one percent more of each lever does, to first order: loss and N in percent, shares in points."""
    ordered = sorted(answer.elasticities.rows, key=lambda row: -abs(row.by_log["loss"] or 0.0))
    rows = []
    for row in ordered[:_SHOWN]:
        by = row.by_log
        points = "/".join(_moved(by[f"{stage}_share"]) for stage in WRITTEN)
        more = by["samples_per_query"]
        rows.append((row.lever, _moved(by["loss"]), _moved(by["params"]), points, _moved(None if more is None else 0.01 * more)))
    return Grid(("1 % more of it", "loss %", "N %", "shares, points", "k"), tuple(rows))


def _moved(value: float | None) -> str:
    """By how much something moves; what is rounding is none."""
    return "-" if value is None else f"{value:+.2g}" if abs(value) > 1e-9 else "0"


def _turn(flip: Flip) -> str:
    places = " and ".join(f"{value:.4g}" for value in flip.at)
    return f"{flip.question} {'yes' if flip.answer else 'no'}, until `{flip.lever}` (now {flip.value:.3g}) is {places}"


def _steady(answer: Sensitivity) -> list[str]:
    """Advices that no lever turns within its range."""
    turning = {flip.advice for flip in answer.turning}
    answers = {flip.question: flip.answer for flip in answer.flips if flip.advice not in turning}
    return [f"{question} {'yes' if yes else 'no'}, over every range" for question, yes in answers.items()]


def _worth(answer: Sensitivity) -> list[str]:
    if answer.information is None:
        return []
    parts = [
        f"{row.group} {figures.percent(max(row.value, 0.0))} +- {figures.percent(row.standard_error)}"
        for row in answer.information.rows
    ]
    return [f"compute saved by knowing it: {'; '.join(parts)} ({answer.information.draws} draws)"]
