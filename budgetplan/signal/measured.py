"""Measured claims about training signals, where the lab's table is shipped: the formulas' neighbours, not their inputs."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from math import isfinite
from pathlib import Path

from budgetplan.datafiles import data_path
from budgetplan.errors import DataError

Claim = dict[str, str | float | int | None]

COLUMNS = ("claim", "part", "verdict", "value", "low", "high", "unit", "formula", "seeds", "measured", "command")
"""Of the table; `low` and `high` are a 90 % interval over seeds, `formula` what the accounting expects."""
NUMBERS = ("value", "low", "high", "formula")
"""Columns of numbers, empty where there is none."""


def measured_claims(path: Path | None = None) -> list[Claim]:
    """Return the rows of the lab's table of claims; none where the table is not there.

    Parameters
    ----------
    path : Path, optional
        Of a table with `COLUMNS`; default: `lab/signal.csv` among the shipped data.

    Returns
    -------
    list of dict
        One per claim, by column; numbers in their `unit`, None where there is none.

    Raises
    ------
    DataError
        Where there is a file that is no such table.
    """
    place = data_path() / "lab" / "signal.csv" if path is None else path
    if not place.is_file():
        return []
    try:
        with place.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise DataError(f"{place}: it cannot be read as CSV: {problem}.") from problem
    claims = []
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise DataError(f"{place}:{number}: the row has another number of fields than the header.")
        missing = [name for name in COLUMNS if name not in row] or ["claim"] * (not row["claim"])
        if missing:
            raise DataError(
                f"{place}:{number}: the column `{missing[0]}` is missing or empty.", "Write the table again: budgetplan lab signal."
            )
        try:
            claims.append(typed(row))
        except ValueError as problem:
            raise DataError(f"{place}:{number}: {problem}.", "Write the table again: budgetplan lab signal.") from problem
    return claims


def typed(row: Mapping[str, str]) -> Claim:
    """Return a row of the table with its numbers as numbers.

    Parameters
    ----------
    row : mapping of str to str

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        Where a column of numbers holds something else.
    """
    found: Claim = dict(row)
    for name in NUMBERS:
        number = float(row[name]) if row[name] else None
        if number is not None and not isfinite(number):
            raise ValueError(f"`{name}` is {row[name]}, which is no finite number")
        found[name] = number
    found["seeds"] = int(row["seeds"])
    return found
