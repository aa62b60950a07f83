"""`budgetplan rl-run`: RL as it is run: groups that teach, rollouts trained on, self-made tasks, breadth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from budgetplan.cli import figures
from budgetplan.cli.idle import SILENT, without
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.errors import ScenarioError
from budgetplan.units import parse_quantity

if TYPE_CHECKING:
    from budgetplan.workflow.questions.rl_run import RlRun

EXAMPLES = (
    "budgetplan rl-run --budget 1e24",
    "budgetplan rl-run --budget 1e24 --trained-share 50% --writing 0.3",
    "budgetplan rl-run --budget 1e25 --task-sets 1,30,1000 --group-size 64",
)
DETAILS = (
    "Which share of the groups teaches, what an RL token costs when only those are trained on or when the model writes its own "
    "tasks, and how many task sets it takes until RL is not used up."
)

_Group = Annotated[
    int | None, typer.Option("--group-size", metavar="G", min=2, help="Answers per problem. Default: 16.", show_default=False)
]
_Trained = Annotated[
    str | None, typer.Option("--trained-share", metavar="RATIO", help="Part of the rollouts trained on: 50%.", show_default=False)
]
_Writing = Annotated[
    str | None,
    typer.Option("--writing", metavar="X", help="Tokens that write and check tasks, per rollout token: 0.3.", show_default=False),
]
_Sets = Annotated[str, typer.Option("--task-sets", metavar="N,N,...", help="Numbers of task sets to plan with.")]


@plans
@without(*SILENT)
def run(
    request: Request,
    group_size: _Group = None,
    trained_share: _Trained = None,
    writing: _Writing = None,
    task_sets: _Sets = "1,10,100,1000",
) -> Result:
    """Look into the RL of a plan."""
    from budgetplan.workflow.questions.rl_run import rl_run

    sets = [parse_quantity(item, "count", "task-sets") for item in task_sets.split(",") if item.strip()]
    if not sets:
        raise ScenarioError("--task-sets names no number.", "Write --task-sets 1,10,100.")
    answer = rl_run(
        request.scenario,
        group_size,
        None if trained_share is None else parse_quantity(trained_share, "ratio", "trained-share", positive=True),
        None if writing is None else parse_quantity(writing, "count", "writing", minimum=0.0),
        sets,
        request.command,
    )
    aside = f"{figures.flop(answer.budget)} FLOP, {answer.method}, law {answer.provenance['law']}"
    lines = (
        (
            "success",
            f"of one sample: {figures.success(answer.success[0])} before RL, {figures.success(answer.success[1])} after it",
        ),
        *labelled("note", answer.notes),
    )
    page = Page(answer.headline, aside, (*_grids(answer), Lines(lines, request.command)))
    return Result(answer.to_dict(), answer.rows(), page, answer.headline)


def _grids(answer: RlRun) -> tuple[Grid, Grid, Grid]:
    """The three tables."""
    groups = tuple(
        (
            f"{row['group_size']:.0f}",
            *(figures.percent(row[name]) for name in ("before", "after")),
            f"{row['flop_per_param_token']:.3g}",
        )
        for row in answer.groups
    )
    plans_ = tuple(
        (
            str(row["run"]), f"{row['flop_per_param_token']:.3g}", figures.percent(row["rl_share"]),
            figures.amount(row["rl_tokens"]), figures.loss(row["loss"]),
        )
        for row in answer.plans
    )  # fmt: skip
    breadth = tuple(
        (
            f"{row['task_sets']:g}", figures.amount(row["midpoint"]), figures.percent(row["rl_share"]),
            figures.percent(row["gain"]), figures.percent(row["thirds_gain"]),
        )
        for row in answer.breadth
    )  # fmt: skip
    return (
        Grid(("group size", "groups that teach before RL", "after", "FLOP per param and token, those trained on"), groups),
        Grid(("plan with", "FLOP per param and token", "RL share", "RL tokens", "loss"), plans_),
        Grid(("task sets", "midpoint, tokens", "RL share of the plan", "of the rise reached", "at equal thirds"), breadth),
    )
