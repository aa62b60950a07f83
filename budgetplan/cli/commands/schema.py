"""`budgetplan schema`: the JSON Schema of what a command writes with `--format json`."""

from __future__ import annotations

from typing import Annotated

import typer

from budgetplan.cli.layout import Grid, Page, Verbatim
from budgetplan.cli.options import reports
from budgetplan.cli.result import Result, as_json

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
    from budgetplan.api.documents import load_schema, schema_names

    if name is None:
        rows = [{"name": known, "describes": load_schema(known)["description"]} for known in schema_names()]
        cells = tuple((row["name"], row["describes"]) for row in rows)
        return Result(rows, rows, Page("", "", (Grid(("name", "describes"), cells),)), "\n".join(schema_names()))
    data = load_schema(name)
    row = {"name": name, "describes": data["description"]}
    return Result(data, [row], Page("", "", (Verbatim(as_json(data)),)), row["describes"])
