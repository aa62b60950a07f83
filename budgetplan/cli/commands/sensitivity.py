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

if TYPE_CHECKING:
    from budgetplan.uncertainty.flips import Flip
    from budgetplan.workflow.sensitivity_study import Sensitivity

EXAMPLES = (
    "budgetplan sensitivity --budget 1e25",
    "budgetplan sensitivity --budget 1e24 --law additive --draws 500",
    "budgetplan sensitivity --budget 1e24 --method pope --against grpo",
)
DETAILS = (
    "Ranges are those that the law states; for assumptions, utilisation 0.1 to 0.5, demand a factor of 3 either way, verifier none "
    "to oracle. With --draws N, the value of knowing each group of coefficients is told too."
)

_Against = Annotated[
    str | None,
    typer.Option("--against", metavar="METHOD", help="RL method to compare with: where is it better?", show_default=False),
]
_SHOWN = 10
"""Levers in the tables on a terminal; other formats have all."""
_STAGES = ("pretraining", "rl", "inference")


@plans
def run(request: Request, against: _Against = None) -> Result:
    """Differentiate and re-plan around one plan."""
    from budgetplan.workflow.sensitivity_study import sensitivity

    answer = sensitivity(request.scenario, against, request.command)
    warnings = tuple(item.message for item in answer.study.warnings)
    aside = f"{format_quantity(answer.study.budget.flop, 'compute')}, law {answer.study.law.id}"
    lines = [
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
        for end, name in ((swing.low, swing.lever), (swing.high, "")):
            shares = "-" if end.loss is None else "/".join(f"{100 * end.share[stage]:.0f}" for stage in _STAGES)
            loss = "no plan" if end.loss is None else figures.loss(end.loss)
            size = "-" if end.loss is None else figures.amount(end.params)
            shown = f"{end.said} ({end.value:.3g})" if end.said else f"{end.value:.3g}"
            rows.append((name, f"{swing.value:.3g}" if name else "", shown, loss, size, shares, figures.percent(end.regret)))
    return Grid(("over its range", "now", "if it is", "loss", "N", "shares %", "this plan wastes"), tuple(rows))


def _slopes(answer: Sensitivity) -> Grid:
    """What one percent more of each lever does, to first order: loss and N in percent, shares in points."""
    ordered = sorted(answer.elasticities.rows, key=lambda row: -abs(row.by_log["loss"] or 0.0))
    rows = []
    for row in ordered[:_SHOWN]:
        by = row.by_log
        moves = [by["loss"], by["params"], *(by[f"{stage}_share"] for stage in _STAGES)]
        told = ["-" if value is None else f"{value:+.2g}" if abs(value) > 1e-9 else "0" for value in moves]
        more = by["samples_per_query"]
        rows.append((row.lever, *told, "-" if more is None else f"{0.01 * more:+.2g}" if abs(more) > 1e-9 else "0"))
    return Grid(("1 % more of it", "loss %", "N %", "pre-training", "RL", "inference points", "k"), tuple(rows))


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
