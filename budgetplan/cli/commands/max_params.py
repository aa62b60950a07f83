"""`budgetplan max-params`: the largest model that a price or a latency allows."""

from __future__ import annotations

from typing import Annotated

import typer

from budgetplan.cli import figures
from budgetplan.cli.idle import SILENT, TARGETS, without
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.units import parse_quantity

EXAMPLES = (
    "budgetplan max-params --price-per-million 0.5usd --gpu H100",
    "budgetplan max-params --latency 0.01s --chips 8 --precision fp8 --gpu H200",
    "budgetplan max-params --price-per-million 0.3usd --budget 1e25",
)
DETAILS = "With a budget, what the limit wastes is told too. A latency is a floor: context, network and queueing come on top."

_Price = Annotated[
    str | None,
    typer.Option("--price-per-million", metavar="MONEY", help="Of a million generated tokens: 0.5usd.", show_default=False),
]
_Latency = Annotated[
    str | None, typer.Option("--latency", metavar="TIME", help="Of one generated token: 0.02s.", show_default=False)
]
_Chips = Annotated[int, typer.Option("--chips", metavar="N", min=1, help="Devices that share one copy of the model.")]
_Precision = Annotated[str, typer.Option("--precision", metavar="bf16|fp8|int4", help="Of the weights when served.")]


@plans
@without("objective", *SILENT, *TARGETS)
def run(
    request: Request, price_per_million: _Price = None, latency: _Latency = None, chips: _Chips = 1, precision: _Precision = "bf16"
) -> Result:
    """Turn a price and a latency into a size."""
    from budgetplan.workflow.questions.size_limit import size_limit

    answer = size_limit(
        request.scenario,
        None if price_per_million is None else parse_quantity(price_per_million, "money", "price-per-million"),
        None if latency is None else parse_quantity(latency, "duration", "latency"),
        chips,
        precision,
        request.command,
    )
    named = (("price", answer.by_price), ("latency", answer.by_latency))
    cells = tuple((name, figures.amount(value)) for name, value in named if value is not None)
    lines = (*labelled("formula", answer.formulas), *labelled("assumed", answer.assumptions))
    page = Page(answer.headline, "", (Grid(("limit", "largest N"), cells), Lines(lines, request.command)))
    rows = [{"limit": name, "params": value} for name, value in named if value is not None]
    return Result(answer.to_dict(), rows, page, answer.headline)
