"""Measured claims about training signals, where the lab's table is shipped: the formulas' neighbours, not their inputs."""

from __future__ import annotations

import csv
from pathlib import Path

from budgetplan.datafiles import data_path
from budgetplan.errors import DataError


def measured_claims(path: Path | None = None) -> list[dict[str, str]]:
    """Return the rows of the lab's table of claims, as text; none where the table is not there.

    Parameters
    ----------
    path : Path, optional
        Of a table with a column `claim`; default: `lab/signal.csv` among the shipped data.

    Returns
    -------
    list of dict
        One per claim, by column.

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
    for number, row in enumerate(rows, start=2):
        if not row.get("claim"):
            raise DataError(
                f"{place}:{number}: the column `claim` is missing or empty.", "Write the table again: budgetplan lab signal."
            )
        if None in row or None in row.values():
            raise DataError(f"{place}:{number}: the row has another number of fields than the header.")
    return rows
