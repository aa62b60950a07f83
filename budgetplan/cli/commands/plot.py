"""`budgetplan plot`: one figure, and the data that it shows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from budgetplan.cli.layout import Lines, Page
from budgetplan.cli.options import Request, plans
from budgetplan.cli.output import unwritable
from budgetplan.cli.result import Result
from budgetplan.errors import OutputError, UnknownNameError

EXAMPLES = (
    "budgetplan plot split --budget 1e25 -o split.svg",
    "budgetplan plot ternary --budget 1e25 -o ternary.png",
    "budgetplan plot regret --budget 1e25 --law additive -o regret.pdf",
)
DETAILS = "The drawn data go to FILE.csv, such as split.svg.csv."

_Kind = Annotated[str, typer.Argument(metavar="KIND", help="What to draw: split, ternary or regret.")]
_File = Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Figure: .svg, .pdf or .png.")]


@plans
def run(request: Request, kind: _Kind, file: _File) -> Result:
    """Draw one figure."""
    from budgetplan.plots import KINDS, save
    from budgetplan.workflow import Study, figure_data

    if kind not in KINDS:
        raise UnknownNameError("plot", kind, KINDS)
    drawn = figure_data(kind, request.scenario, request.command)
    target = Path(file)
    if target.is_dir():
        raise OutputError(f"`{file}` cannot be written: it is a folder.", f"Name a file in it, such as {target / kind}.svg.")
    with unwritable(file), tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        # Both files are complete before either takes its place.
        paths = [Path(path) for path in save(kind, drawn, Path(folder) / target.name)]
        written = [str(path.replace(target.with_name(path.name))) for path in paths]
    figure, data = written
    lines = Lines((("figure", figure), ("data", data)))
    warnings = tuple(item.message for item in drawn.warnings) if isinstance(drawn, Study) else ()
    rows = [{"holds": holds, "file": path} for holds, path in zip(("figure", "data"), written, strict=True)]
    return Result({"kind": kind, "figure": figure, "data": data}, rows, Page("", "", (lines,)), figure, warnings)
