"""`budgetplan init`: a commented scenario file to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from budgetplan.cli.layout import Lines, Page
from budgetplan.cli.options import reports
from budgetplan.cli.output import write_file
from budgetplan.cli.result import Result
from budgetplan.errors import OutputError

EXAMPLES = (
    "budgetplan init scenario.yaml",
    "budgetplan init scenario.yaml --force",
    "budgetplan init scenario.yaml --force --format json",
)

_File = Annotated[str, typer.Argument(metavar="FILE", help="Where to write it.")]
_Force = Annotated[bool, typer.Option("--force", help="Overwrite the file where it exists.")]


@reports
def run(scenario_file: _File, force: _Force = False) -> Result:
    """Write the template."""
    from budgetplan.scenario import template

    if not force and Path(scenario_file).is_file():
        raise OutputError(f"`{scenario_file}` exists already.", "Name another file, or overwrite it with --force.")
    write_file(scenario_file, template())
    data = {"file": scenario_file}
    page = Page("", "", (Lines((("wrote", scenario_file), ("next", f"budgetplan plan {scenario_file}"))),))
    return Result(data, [data], page, scenario_file)
