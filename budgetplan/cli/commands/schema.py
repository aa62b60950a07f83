"""`budgetplan schema`: the JSON Schema of what a command writes with `--format json`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from budgetplan.cli.layout import Grid, Page, Verbatim
from budgetplan.cli.options import reports
from budgetplan.cli.result import Result, as_json
from budgetplan.datafiles import data_path
from budgetplan.errors import UnknownNameError

EXAMPLES = (
    "budgetplan schema",
    "budgetplan schema plan",
    "budgetplan schema error --format json",
)
DETAILS = "JSON Schema 2020-12. `error` is what stderr gets instead of an answer, `config` what --explain-config answers."

_Name = Annotated[str | None, typer.Argument(metavar="NAME", help="Command, error or config.", show_default=False)]


@reports
def run(name: _Name = None) -> Result:
    """List schemas, or show one."""
    files = {path.stem: path for path in sorted(data_path("schemas").glob("*.json"))}
    if name is None:
        rows = []
        for stem, path in files.items():
            rows.append({"name": stem, "describes": json.loads(path.read_text(encoding="utf-8"))["description"]})
        cells = tuple((row["name"], row["describes"]) for row in rows)
        return Result(rows, rows, Page("", "", (Grid(("name", "describes"), cells),)), "\n".join(files))
    if name not in files:
        raise UnknownNameError("schema", name, files)
    data = json.loads(files[name].read_text(encoding="utf-8"))
    row = {"name": name, "describes": data["description"]}
    return Result(data, [row], Page("", "", (Verbatim(as_json(data)),)), row["describes"])
