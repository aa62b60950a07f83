"""`budgetplan trades`: what one kind of token is worth in another, and what one more GPU-day earns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from budgetplan.cli import figures
from budgetplan.cli.idle import SILENT, without
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result

if TYPE_CHECKING:
    from budgetplan.workflow.questions.trades import Trades

EXAMPLES = (
    "budgetplan trades --budget 1e25",
    "budgetplan trades --budget 1e25 --at equal-thirds",
    "budgetplan trades --budget 1e24 --share pretraining=80%,rl=10%,inference=10%",
)
DETAILS = (
    "All at equal loss and at the model size of the split. Where every GPU-day earns the same, tokens trade at what they cost; "
    "elsewhere compute should move to where it earns more."
)

_At = Annotated[str, typer.Option("--at", metavar="optimum|equal-thirds|equal-tokens", help="Split that is looked at.")]
_Share = Annotated[
    str | None, typer.Option("--share", metavar="STAGE=SHARE,...", help="A split of your own, instead.", show_default=False)
]
_HEAD = ("less", "more", "tokens for one token", "FLOP for one FLOP", "for half of the tokens")


@plans
@without(*SILENT)
def run(request: Request, at: _At = "optimum", share: _Share = None) -> Result:
    """Look at the exchanges of one split."""
    from budgetplan.workflow.questions.trades import trades
    from budgetplan.workflow.stage_names import WRITTEN

    answer = trades((request if share is None else request.replaced(share=share)).scenario, at, request.command)
    cells = tuple(
        (
            WRITTEN[item.given], WRITTEN[item.taken], f"{item.per_token:.3g}", f"{item.per_flop:.3g}",
            "never" if item.halved == float("inf") else f"{item.halved:.3g} x",
        )
        for item in answer.trades
    )  # fmt: skip
    earned = Grid(
        ("stage", "tokens", f"loss off per {answer.gpu}-day"),
        tuple((WRITTEN[s], figures.amount(answer.tokens[s]), f"{value:.3g}") for s, value in answer.earned.items()),
    )
    lines = (*labelled("columns", [_COLUMNS]), *labelled("assumed", answer.assumptions))
    page = Page(
        answer.headline,
        f"at {answer.at}, law {answer.provenance['law']}",
        (earned, Grid(_HEAD, cells), Lines(lines, request.command)),
    )
    return Result(answer.to_dict(), _rows(answer), page, answer.headline)


_COLUMNS = (
    "`less` gives up its last token, and so many tokens of `more` bring the loss back; the last column is the factor on the tokens "
    "of `more` that makes up for half the tokens of `less`"
)


def _rows(answer: Trades) -> list[dict[str, object]]:
    """One row per exchange, for CSV."""
    return [{**vars(item), "per_gpu_day_given": answer.earned[item.given]} for item in answer.trades]
