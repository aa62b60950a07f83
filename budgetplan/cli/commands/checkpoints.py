"""`budgetplan checkpoints`: which open model to start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from budgetplan.cli import figures
from budgetplan.cli.idle import SILENT, without
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result

if TYPE_CHECKING:
    from budgetplan.workflow.questions.checkpoint_table import CheckpointRow, CheckpointTable

EXAMPLES = (
    "budgetplan checkpoints --budget 1e23 --law besiroglu-2024",
    "budgetplan checkpoints --budget 1e22 --model qwen3-8b --model qwen3-32b",
    "budgetplan checkpoints --usd 500kusd --gpu H100 --model olmo-2-7b --format csv",
)
DETAILS = (
    "Pre-training of a checkpoint is sunk: the budget is split between more pre-training, RL and inference. `worth` is the budget "
    "that reaches the same loss from nothing, over this budget."
)

_Model = Annotated[
    list[str] | None,
    typer.Option("--model", metavar="NAME", help="Repeatable. Default: all open models with known tokens.", show_default=False),
]
_COLUMNS = (
    "N params, D pre-training tokens, k samples per query; shares of compute: pre-training/RL/inference; worth: the budget that "
    "reaches the same loss from nothing, over this one (none: no budget does)"
)
_HEAD = ("start", "N", "D so far", "more D", "shares %", "k", "loss", "success", "worth")


@plans
@without(*SILENT)
def run(request: Request, model: _Model = None) -> Result:
    """Plan from every checkpoint."""
    from budgetplan.workflow.questions.checkpoint_table import checkpoint_table

    answer = checkpoint_table(request.scenario, model, request.command)
    aside = f"{figures.flop(answer.budget)} FLOP, law {answer.law}"
    lines = [
        ("columns", _COLUMNS),
        *labelled("switch", _switches(answer)),
        *labelled("note", answer.notes),
        *labelled("assumed", answer.assumptions),
    ]
    page = Page(
        answer.headline, aside, (Grid(_HEAD, tuple(_cells(row) for row in answer.rows)), Lines(tuple(lines), request.command))
    )
    return Result(answer.to_dict(), [row.row() for row in answer.rows], page, answer.headline)


def _cells(row: CheckpointRow) -> tuple[str, ...]:
    size = "" if row.params is None else figures.amount(row.params)
    tokens = "0" if row.tokens is None else figures.amount(row.tokens)
    if row.plan is None:
        return (row.name, size, tokens, "-", "-", "-", "-", "-", "too large to serve")
    plan = row.plan
    more = plan.tokens["pretraining"] - (row.tokens or 0.0)
    worth = "" if row.worth is None else _worth(row.worth)
    return (
        row.name, size or figures.amount(plan.params), tokens, figures.amount(more) if plan.share["pretraining"] > 1e-4 else "0",
        figures.shares(plan.share), figures.samples(plan.samples_per_query), figures.loss(plan.loss),
        figures.success(plan.success), worth,
    )  # fmt: skip


def _switches(answer: CheckpointTable) -> list[str]:
    if not answer.switches:
        return ["none: the same start is best from a hundredth to a hundred times the budget"]
    return [f"from {at:.2g} FLOP on: `{after}` instead of `{before}`" for at, before, after in answer.switches]


def _worth(times: float) -> str:
    """A multiple of the budget in five characters: the table fits a narrow terminal."""
    if times == float("inf"):
        return "none"
    return figures.number(times, 3) if times >= 0.1 else f"{times:.2f}" if times >= 0.01 else "<0.01"
