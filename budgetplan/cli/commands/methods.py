"""`budgetplan methods`: what an RL token costs by training method, or one method part by part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from budgetplan.cli.completion import completes
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import reports
from budgetplan.cli.result import Result
from budgetplan.workflow.stage_names import WRITTEN

EXAMPLES = (
    "budgetplan methods",
    "budgetplan methods grpo",
    "budgetplan methods --decode-utilisation 50% --format csv",
)
DETAILS = "Costs are FLOP per param and token: as operations, and training-equivalent, where decoding counts by its time."

_Id = Annotated[str | None, typer.Argument(metavar="ID", help="Method.", show_default=False, autocompletion=completes("methods"))]
_Decoding = Annotated[
    str | None,
    typer.Option("--decode-utilisation", metavar="RATIO", help="Of decoding, relative to training: 25%.", show_default=False),
]


@reports
def run(method: _Id = None, decode_utilisation: _Decoding = None) -> Result:
    """List methods, or show one."""
    from budgetplan.costs import method_record, method_rows
    from budgetplan.units import parse_quantity

    share = None
    if decode_utilisation is not None:
        share = parse_quantity(decode_utilisation, "ratio", "decode_utilisation", positive=True)
    if method is None:
        rows = method_rows(share)
        head = ("id", "operations", "training-equivalent", "decoding at", "title")
        page = Page("", "FLOP per param and RL token", (Grid(head, tuple(_cells(row) for row in rows)),))
        return Result(rows, rows, page, "\n".join(row["id"] for row in rows))
    record = method_record(method, share)
    brief = f"{record['id']}: {record['training_equivalent_flop_per_param_token']:.4g} FLOP per param and RL token"
    return Result(record, record["parts"], _page(record), brief)


def _page(record: Mapping[str, Any]) -> Page:
    parts = tuple(
        (part["part"].replace("_", " "), f"{part['flop_per_param_token']:.4g}", _range(part), part["runs_at"])
        for part in record["parts"]
        if part["flop_per_param_token"] or part["high"]
    )
    stages = record["stages_flop_per_param_token"]
    whole = (
        f"{record['operations_flop_per_param_token']:.4g} operations, "
        f"{record['training_equivalent_flop_per_param_token']:.4g} training-equivalent with decoding at "
        f"{record['decode_utilisation']:.0%} of training utilisation"
    )
    lines = [
        ("together", whole),
        ("stages", ", ".join(f"{shown} {stages[name]:.4g}" for name, shown in WRITTEN.items()) + " FLOP per param and token"),
        *labelled("notes", record["notes"]),
        *labelled("sources", record["sources"]),
    ]
    grid = Grid(("part", "FLOP per param and token", "range", "runs at the utilisation of"), parts)
    return Page(f"{record['id']}: {record['title']}", "", (grid, Lines(tuple(lines))))


def _range(part: Mapping[str, Any]) -> str:
    return "" if part["low"] is None else f"{part['low']:.4g} to {part['high']:.4g}"


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        row["id"], f"{row['operations_flop_per_param_token']:.4g}",
        f"{row['training_equivalent_flop_per_param_token']:.4g}", f"{row['decode_utilisation']:.0%}", row["title"],
    )  # fmt: skip
