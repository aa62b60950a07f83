"""`budgetplan break-even`: the demand from which a smaller, longer-trained model is the cheaper one."""

from __future__ import annotations

from typing import Annotated

import typer

from budgetplan.cli import figures
from budgetplan.cli.idle import SILENT, without
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.units import parse_quantity

EXAMPLES = (
    "budgetplan break-even 8B 70B --target-loss 2.02",
    "budgetplan break-even 8B 13B --tokens 1.5T --gpu H100",
    "budgetplan break-even 8B 70B --law hoffmann-2022 --format json",
)
DETAILS = (
    "Both sizes are trained to one pre-training loss: --target-loss, or that of the larger on --tokens, or on its compute-optimal "
    "tokens. Tokens served before that demand favour the larger."
)

_One = Annotated[str, typer.Argument(metavar="PARAMS", help="One size: 8B.")]
_Other = Annotated[str, typer.Argument(metavar="PARAMS", help="The other size: 70B.")]
_Tokens = Annotated[
    str | None, typer.Option("--tokens", metavar="Q", help="Training tokens of the larger model: 15T.", show_default=False)
]
_HEAD = ("", "N", "training tokens", "training FLOP", "FLOP per served token", "usd per million")


@plans
@without("budget", "objective", *SILENT)
def run(request: Request, one: _One, other: _Other, tokens: _Tokens = None) -> Result:
    """Find the demand at which two sizes cost the same."""
    from budgetplan.workflow.questions.break_even import break_even

    sizes = [parse_quantity(text, "params", "params") for text in (one, other)]
    given = None if tokens is None else parse_quantity(tokens, "tokens", "tokens")
    answer = break_even(request.scenario, sizes[0], sizes[1], given, request.command)
    sides = {"smaller": answer.small, "larger": answer.large}
    cells = tuple(
        (
            name, figures.amount(side.params), figures.amount(side.tokens), figures.flop(side.training_flop),
            figures.flop(side.flop_per_served_token),
            "-" if side.usd_per_million_tokens is None else f"${side.usd_per_million_tokens:.3g}",
        )
        for name, side in sides.items()
    )  # fmt: skip
    told = []
    if answer.best_params is not None and answer.best_saves is not None:
        told.append(
            f"at that demand {figures.amount(answer.best_params)} params reach the loss with {figures.percent(answer.best_saves)} "
            "less compute than either"
        )
    lines = (*labelled("between", told), *labelled("assumed", answer.assumptions))
    priced = any(side.usd_per_million_tokens is not None for side in sides.values())
    kept = len(_HEAD) if priced else len(_HEAD) - 1  # nobody named a device or a price
    grid = Grid(_HEAD[:kept], tuple(row[:kept] for row in cells))
    page = Page(answer.headline, f"law {answer.law}", (grid, Lines(lines, request.command)))
    rows = [{"size": name, **vars(side), "break_even_tokens": answer.served} for name, side in sides.items()]
    return Result(answer.to_dict(), rows, page, answer.headline)
