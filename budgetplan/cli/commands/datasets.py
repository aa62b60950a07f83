"""`budgetplan datasets`: public data sets with their sources, one of them in full, or its files fetched and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from budgetplan.cli.completion import completes
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import reports
from budgetplan.cli.progress import progress
from budgetplan.cli.result import Result
from budgetplan.errors import DataError

EXAMPLES = (
    "budgetplan datasets",
    "budgetplan datasets chinchilla-epoch",
    "budgetplan datasets isoflop-collection --format json",
)
DETAILS = (
    "--fetch downloads what is not there yet into BUDGETPLAN_CACHE, by default the user's cache folder; files placed by hand are "
    "found in BUDGETPLAN_DATA too, in a folder named after the set. Nothing is used whose SHA-256 differs from the registry's."
)

_Id = Annotated[
    str | None, typer.Argument(metavar="ID", help="Data set, by id.", show_default=False, autocompletion=completes("datasets"))
]
_Fetch = Annotated[bool, typer.Option("--fetch", help="Download its files, with checksum; a broken download goes on.")]


@reports
def run(dataset: _Id = None, fetch: _Fetch = False) -> Result:
    """List data sets, show one, or fetch one."""
    from budgetplan.datasets import dataset_record, dataset_rows
    from budgetplan.datasets import fetch as fetch_files

    if dataset is None:
        rows = dataset_rows()
        if fetch:
            raise DataError("`--fetch` needs the id of a data set.", f"Ids: {', '.join(row['id'] for row in rows)}.")
        head = ("id", "rows", "licence", "fits", "title")
        page = Page("", "", (Grid(head, tuple(_cells(row) for row in rows)),))
        flat = [{**row, "fits": "; ".join(row["fits"])} for row in rows]
        return Result(rows, flat, page, "\n".join(row["id"] for row in rows))
    if fetch:
        with progress(f"bytes of {dataset}") as tell:
            fetch_files(dataset, progress=tell)
    record = dataset_record(dataset)
    brief = "\n".join(file["path"] for file in record["files"]) if fetch else f"{record['id']}: {record['title']}"
    return Result(record, [_row(record["id"], file) for file in record["files"]], _page(record), brief)


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (row["id"], f"{row['rows']:,}", row["licence"], ", ".join(row["fits"]), row["title"])


def _row(name: str, file: Mapping[str, Any]) -> dict[str, Any]:
    """A file as a row; its columns by name."""
    columns = "; ".join(column["name"] for column in file["columns"])
    return {"id": name, **{key: value for key, value in file.items() if key != "columns"}, "columns": columns}


def _page(record: Mapping[str, Any]) -> Page:
    licence = f"{record['licence']}. {record['licence_note']}" if record["licence_note"] else record["licence"]
    about = [
        *labelled("origin", record["origin"]),
        ("licence", licence),
        ("cite", record["citation"]["text"]),
        *labelled("published", record["published"]),
        *labelled("beware", record["notes"]),
        *([] if record["fits"] else [("fits", "no form of `budgetplan fit`")]),
    ]
    files, fits = map(_file, record["files"]), map(_fit, record["fits"])
    return Page(f"{record['id']}: {record['title']}", "", (*files, Lines(tuple(about)), *fits))


def _file(file: Mapping[str, Any]) -> Lines:
    """One file: its size, where it is, where it comes from, its columns."""
    state = {"present": "there, checked", "absent": "not there yet: --fetch brings it", "differs": "another file is there"}[
        file["status"]
    ]
    source = file["derived"] or file["url"]
    doubt = "" if file["derived"] or file["verified"] else " (not verified: the sum is of a copy, never compared with this address)"
    entries = [
        (file["name"], f"{file['rows']:,} rows, {file['bytes']:,} bytes"),
        ("sha256", file["sha256"]),
        ("place", f"{file['path']} ({state})"),
        ("derived" if file["derived"] else "url", f"{source}{doubt}"),
        *labelled("columns", [f"{column['name']} [{column['unit']}]: {column['meaning']}" for column in file["columns"]]),
    ]
    return Lines(tuple(entries))


def _fit(fit: Mapping[str, Any]) -> Lines:
    """One fit, with its command line to be copied."""
    return Lines((("fits", f"{fit['form']}. {fit['note']}" if fit["note"] else fit["form"]),), fit["command"])
