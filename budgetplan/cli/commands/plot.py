"""`budgetplan plot`: one figure, and the data that it shows."""

from __future__ import annotations

from typing import Annotated

import typer

from budgetplan.cli.layout import Lines, Page
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.errors import UnknownNameError
from budgetplan.plots import KINDS, save

EXAMPLES = (
    "budgetplan plot split --budget 1e25 -o split.svg",
    "budgetplan plot ternary --budget 1e25 -o ternary.png",
    "budgetplan plot regret --budget 1e25 --law additive -o regret.pdf",
)
DETAILS = "The drawn data go to FILE.csv, such as split.svg.csv."

_Kind = Annotated[str, typer.Argument(metavar="KIND", help=f"What to draw: {', '.join(KINDS)}.")]
_File = Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Figure: .svg, .pdf or .png.")]


@plans
def run(request: Request, kind: _Kind, file: _File) -> Result:
    """Draw one figure."""
    from budgetplan.workflow import Study, figure_data

    if kind not in KINDS:
        raise UnknownNameError("plot", kind, KINDS)
    drawn = figure_data(kind, request.scenario, request.command)
    figure, data = map(str, save(kind, drawn, file))
    lines = Lines((("figure", figure), ("data", data)))
    warnings = tuple(item.message for item in drawn.warnings) if isinstance(drawn, Study) else ()
    rows = [{"holds": "figure", "file": figure}, {"holds": "data", "file": data}]
    return Result({"kind": kind, "figure": figure, "data": data}, rows, Page("", "", (lines,)), figure, warnings)
