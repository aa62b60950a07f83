"""`budgetplan laws`: the scaling laws, or one with its coefficients and their sources."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any

import typer

from budgetplan.cli.completion import completes
from budgetplan.cli.law_page import law_page
from budgetplan.cli.layout import Grid, Page
from budgetplan.cli.options import reports
from budgetplan.cli.result import Result

EXAMPLES = (
    "budgetplan laws",
    "budgetplan laws besiroglu-2024",
    "budgetplan laws default --format json",
)

_Id = Annotated[
    str | None, typer.Argument(metavar="ID", help="Law, or a law file.", show_default=False, autocompletion=completes("laws"))
]


@reports
def run(law: _Id = None) -> Result:
    """List laws, or show one."""
    from budgetplan.laws.describe import law_record, law_rows

    if law is None:
        rows = law_rows()
        return Result(rows, rows, _list(rows), "\n".join(row["id"] for row in rows))
    record = law_record(law)
    coefficients = [{"coefficient": name, **item} for name, item in record["coefficients"].items()]
    warning = (record["warning"],) if record["warning"] else ()
    return Result(record, coefficients, law_page(record), f"{record['id']}: {record['title']}", warning)


def _list(rows: list[dict[str, Any]]) -> Page:
    """Group the laws by the link that they describe, which is named once."""
    cells: list[tuple[str, ...]] = []
    for link, group in groupby(rows, key=lambda row: str(row["link"])):
        cells += [("" if index else link, row["id"], row["title"]) for index, row in enumerate(group)]
    return Page("", "", (Grid(("link", "id", "title"), tuple(cells)),))
