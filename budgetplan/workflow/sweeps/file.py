"""A sweep's table as a file: CSV, JSON or Parquet by suffix, written block by block, so that a large table is not held twice."""

from __future__ import annotations

import csv
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetplan.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".json", ".parquet")
"""Files that a table can be written to."""
BLOCK = 10_000
"""Rows turned into text at a time."""


def require_writer(suffix: str) -> None:
    """Refuse a kind of file that nothing here can write, before anything is computed.

    Parameters
    ----------
    suffix : str
        One of `SUFFIXES`.

    Raises
    ------
    MissingExtraError
        For `.parquet` without `pyarrow`.
    """
    if suffix == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        raise MissingExtraError("A .parquet file", "parquet")


def records(table: pd.DataFrame) -> Iterator[list[dict[str, Any]]]:
    """The rows of a table as mappings of plain values, a block at a time; None where there is no value.

    Parameters
    ----------
    table : pandas.DataFrame
        From `sweep`.

    Yields
    ------
    list of dict
    """
    for start in range(0, len(table), BLOCK):
        block = table.iloc[start : start + BLOCK].to_dict("records")
        yield [{str(key): None if value != value else value for key, value in row.items()} for row in block]


def write_table(table: pd.DataFrame, path: Path, suffix: str) -> None:
    """Write a table; CSV and JSON are the text that `--format csv` and `--format json` give.

    Parameters
    ----------
    table : pandas.DataFrame
        From `sweep`.
    path : Path
        Of the file, whatever its own suffix; what it holds is replaced.
    suffix : {".csv", ".json", ".parquet"}
        Kind of file.
    """
    if suffix == ".parquet":
        table.to_parquet(path, index=False)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if suffix == ".csv":
            writer = csv.DictWriter(file, [str(name) for name in table.columns], lineterminator="\n")
            writer.writeheader()
            for rows in records(table):
                writer.writerows(rows)
            return
        between = "[\n"
        for rows in records(table):
            file.write(between + json.dumps(rows, indent=2, allow_nan=False)[2:-2])
            between = ",\n"
        file.write("\n]\n")
