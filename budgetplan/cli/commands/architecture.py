"""`budgetplan architecture`: params by convention and FLOP per token by part, held against 6 N."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import reports
from budgetplan.cli.result import Result

EXAMPLES = (
    "budgetplan architecture",
    "budgetplan architecture deepseek-v3",
    "budgetplan architecture llama-3.1-405b --context 128k --count full",
)
DETAILS = "Attention counts the pairs of tokens that are looked at (causal), all of them (full), or none."

_Id = Annotated[str | None, typer.Argument(metavar="ID", help="Architecture, by id or alias.", show_default=False)]
_Context = Annotated[str, typer.Option("--context", metavar="TOKENS", help="Length of a sequence: 4096, 128k.")]
_Count = Annotated[str, typer.Option("--count", metavar="causal|full|none", help="Pairs of tokens that attention counts.")]


@reports
def run(architecture: _Id = None, context: _Context = "4096", count: _Count = "causal") -> Result:
    """List architectures, or show one."""
    from budgetplan.costs.architecture_record import architecture_record, architecture_row
    from budgetplan.costs.architecture_table import load_architectures
    from budgetplan.units import parse_quantity

    length = parse_quantity(context, "tokens", "context")
    if architecture is None:
        records = [architecture_record(item.id, length, count) for item in load_architectures()]
        rows = [architecture_row(record) for record in records]
        head = ("id", "active params", "total params", "training FLOP per token", "attention", "over 6 N")
        cells = tuple(
            (
                row["id"], _size(row["active_params"]), _size(row["total_params"]), f"{row['training_flop']:.4g}",
                f"{row['attention_share']:.1%}", f"{row['ratio_to_6n']:.3f}",
            )
            for row in rows
        )  # fmt: skip
        page = Page("", f"at a context of {length:,.0f} tokens", (Grid(head, cells),))
        return Result(rows, rows, page, "\n".join(row["id"] for row in rows))
    record = architecture_record(architecture, length, count)
    brief = f"{record['id']}: {record['training']['total']:.4g} FLOP per trained token at {length:,.0f} tokens"
    return Result(record, [architecture_row(record)], _page(record), brief)


def _page(record: dict[str, Any]) -> Page:
    params = tuple(
        (name, _size(record["params"]["active"][name]), _size(record["params"]["total"][name]), told)
        for name, told in record["conventions"].items()
    )
    parts = tuple(
        (name, f"{record['forward'][name]:.4g}", f"{record['training'][name]:.4g}")
        for name in ("blocks", "attention", "head", "total")
    )
    breaks = ", ".join(
        f"{share} at {'no context' if at is None else f'{at:,.0f} tokens'}" for share, at in record["attention_adds"].items()
    )
    lines = (
        ("embedding", f"{_size(record['params']['embedding'])} params, looked up at no cost"),
        ("over 6 N", ", ".join(f"{ratio:.3f} ({name})" for name, ratio in record["ratio_to_6n"].items())),
        ("attention", f"{record['attention_share']:.1%} at this context; adds {breaks}"),
        *labelled(
            "published", [f"{i['value']:.4g} at {i['context']:,} ({i['count']}): {i['source']}" for i in record["published"]]
        ),
        *labelled("notes", record["notes"]),
        *labelled("sources", record["sources"]),
    )
    grids = (Grid(("params", "active", "total", "counts"), params), Grid(("FLOP per token", "forward", "training"), parts))
    aside = f"context {record['context']:,.0f} tokens, attention {record['count']}"
    return Page(f"{record['id']}: {record['title']}", aside, (*grids, Lines(lines)))


def _size(params: float) -> str:
    return f"{params / 1e9:.4g}B"
