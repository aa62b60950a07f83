"""`budgetplan lab run`: train tiny models over a grid of sizes and tokens, and write the joint table."""

from __future__ import annotations

import importlib.util
import shlex
from pathlib import Path
from typing import Annotated

import typer

from budgetplan.cli.layout import Lines, Page
from budgetplan.cli.options import reports
from budgetplan.cli.progress import progress
from budgetplan.cli.result import Result
from budgetplan.errors import MissingExtraError, UnitError

EXAMPLES = (
    "budgetplan lab run --preset smoke --out lab-smoke",
    "budgetplan lab run --preset tiny --workers 2",
    "budgetplan lab run --preset full --workers 2 --out lab",
)
DETAILS = (
    "A run that was stopped at any moment goes on with the same command: finished cells are kept, and the others end with the "
    "same bytes. On one core: smoke under a minute, tiny about 40 minutes, full about 4 hours; two workers take half."
)

_Preset = Annotated[str, typer.Option("--preset", metavar="smoke|tiny|full", help="How much is measured.")]
_Out = Annotated[str, typer.Option("--out", metavar="DIR", help="Folder of the results.")]
_Workers = Annotated[int, typer.Option("--workers", metavar="N", help="Processes, each on one core.")]


@reports
def run(preset: _Preset = "tiny", out: _Out = "lab", workers: _Workers = 1) -> Result:
    """Measure every cell that is not measured yet, and collect the table."""
    if importlib.util.find_spec("torch") is None:
        raise MissingExtraError("`lab run`", "lab")
    if workers < 1:
        raise UnitError(f"--workers: {workers} processes can do nothing.", "Give 1 or more.")
    from budgetplan.lab.grid import find_grid
    from budgetplan.lab.run import Progress, run_grid
    from budgetplan.lab.table import collect, read_rows

    grid, folder = find_grid(preset), Path(out)
    with progress(f"lab {preset}: seconds of one core") as tell:

        def show(step: Progress) -> None:
            tell(round(step.done), round(step.total))

        run_grid(grid, folder, workers, show)
    path = collect(folder)
    rows = read_rows(path)
    cells = {(row["params"], row["pretraining_tokens"], row["seed"]) for row in rows}
    data = {"preset": grid.name, "cells": len(cells), "rows": len(rows), "file": str(path)}
    title = f"{len(cells)} cells measured: {len(rows)} rows in {path}."
    following = Lines((("next", f"budgetplan lab fit {shlex.quote(out)}"),))
    return Result(data, rows, Page(title, f"preset {grid.name}", (following,)), str(path))
