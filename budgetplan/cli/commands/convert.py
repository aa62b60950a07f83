"""`budgetplan convert`: a quantity in another unit."""

from __future__ import annotations

from typing import Annotated

import typer

from budgetplan.cli.layout import Page
from budgetplan.cli.options import reports
from budgetplan.cli.result import Result

EXAMPLES = (
    "budgetplan convert 1e25FLOP --to PFLOP-day",
    "budgetplan convert 21d --to h",
    "budgetplan convert 15T --to 'B tokens'",
)

_Quantity = Annotated[str, typer.Argument(metavar="QUANTITY", help="Number with its unit: 1e25FLOP, 21d, 2Musd.")]
_Unit = Annotated[str, typer.Option("--to", metavar="UNIT", help="Unit to write it in.")]


@reports
def run(quantity: _Quantity, to: _Unit) -> Result:
    """Convert one quantity."""
    from budgetplan.units import convert

    value, unit = convert(quantity, to)
    data = {"value": value, "unit": unit}
    shown = f"{value:.6g}".replace("e+", "e")
    return Result(data, [data], Page(f"{shown} {unit}"), f"{value!r}")
