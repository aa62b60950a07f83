"""`budgetplan hardware`: accelerators with peak, memory and a dated price, or one with its sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from budgetplan.cli.completion import completes
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import reports
from budgetplan.cli.result import Result
from budgetplan.units import format_quantity

EXAMPLES = (
    "budgetplan hardware",
    "budgetplan hardware H100",
    "budgetplan hardware --format csv",
)

_Id = Annotated[
    str | None,
    typer.Argument(metavar="ID", help="Accelerator, by id or alias.", show_default=False, autocompletion=completes("hardware")),
]


@reports
def run(accelerator: _Id = None) -> Result:
    """List accelerators, or show one."""
    from budgetplan.costs import hardware_record, hardware_rows

    if accelerator is None:
        rows = hardware_rows()
        head = ("id", "bf16 peak", "fp8 peak", "memory", "bandwidth", "price", "title")
        page = Page("", "", (Grid(head, tuple(_cells(row) for row in rows)),))
        return Result(rows, rows, page, "\n".join(row["id"] for row in rows))
    record = hardware_record(accelerator)
    row = {key: "; ".join(value) if isinstance(value, list) else value for key, value in record.items()}
    return Result(record, [row], _page(record), f"{record['id']}: {_speed(record['bf16_flop_per_s'])} dense bf16")


def _page(record: Mapping[str, Any]) -> Page:
    peaks = [
        f"{key.removesuffix('_flop_per_s')} {_speed(value)}"
        for key, value in record.items()
        if key.endswith("_flop_per_s") and value
    ]
    if record["int8_op_per_s"]:
        peaks.append(f"int8 {_speed(record['int8_op_per_s']).replace('FLOP', 'op')}")
    price = "no source states one"
    if record["price_usd_per_h"] is not None:
        price = f"{_price(record)} ({record['price_source']})"
    lines = [
        ("dense peak", ", ".join(peaks)),
        ("memory", _bytes(record["memory_bytes"], 1e9, "GB")),
        ("bandwidth", _bytes(record["bandwidth_bytes_per_s"], 1e12, "TB/s")),
        ("price", price),
        *labelled("also called", [", ".join(record["aliases"])] if record["aliases"] else []),
        ("checked", f"{record['status']}; table of {record['as_of']}"),
        *labelled("notes", record["notes"]),
        *labelled("sources", record["sources"]),
    ]
    return Page(f"{record['id']}: {record['title']}", "", (Lines(tuple(lines)),))


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        row["id"], _speed(row["bf16_flop_per_s"]), _speed(row["fp8_flop_per_s"]), _bytes(row["memory_bytes"], 1e9, "GB"),
        _bytes(row["bandwidth_bytes_per_s"], 1e12, "TB/s"), _price(row), row["title"],
    )  # fmt: skip


def _speed(value: float | None) -> str:
    return "" if value is None else format_quantity(value, "throughput", 4)


def _bytes(value: float, size: float, unit: str) -> str:
    return f"{value / size:.4g} {unit}"


def _price(row: Mapping[str, Any]) -> str:
    if row["price_usd_per_h"] is None:
        return ""
    return f"{format_quantity(row['price_usd_per_h'], 'price')} ({row['price_date']})"
