"""The bytes of a table of runs: read whole within a bound, and the header looked at before pandas guesses.

pandas reads a file with the wrong separator as one column and renames a column that comes twice, without a word.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from budgetplan.errors import DataError

MOST_BYTES = 100_000_000
"""Largest table that is read. [byte]"""
MOST_COLUMNS = 1000
"""Columns of a table; a file with more has its rows and columns the wrong way round."""
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def read_bytes(path: Path) -> bytes:
    """The contents of a file.

    Parameters
    ----------
    path : Path

    Raises
    ------
    DataError
        If there is no such file, it cannot be read or is larger than `MOST_BYTES`.
    """
    try:
        if not path.is_file():
            raise DataError(f"There is no file of runs `{_short(path)}`.", "Name a CSV file with one row per run and a header.")
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB, which no table of runs is.", "Leave columns out.")
        return path.read_bytes()
    except DataError:
        raise
    except OSError as problem:
        raise DataError(
            f"{_short(path)}: the runs cannot be read: {problem.strerror}.", "Check its name and permissions."
        ) from None


def check_header(path: Path, content: bytes) -> None:
    """Refuse a header with another separator or a name twice, and a line with more fields than a table of runs has.

    Parameters
    ----------
    path : Path
        For the message.
    content : bytes
        Of the file. Bytes that are no UTF-8 are left to the reader, which says where they are.

    Raises
    ------
    DataError
    """
    line = content[:MOST_BYTES].partition(b"\n")[0].decode("utf-8-sig", "replace").strip("\r")
    for mark, called in _SEPARATORS.items():
        if mark in line and "," not in line:
            hint = f"Save it with commas between the fields and decimal points: pandas.read_csv({path.name!r}, sep={mark!r})."
            raise DataError(f"{path}: the fields are separated by {called}, and commas are due.", hint)
    if line.count(",") >= MOST_COLUMNS:
        raise DataError(f"{path}: the header has {line.count(',') + 1} columns, and {MOST_COLUMNS} are the most.")
    for number, row in enumerate(io.BytesIO(content)):  # pandas makes an index of the fields that have no name, which takes minutes
        if len(row) > MOST_COLUMNS and row.count(b",") >= MOST_COLUMNS:
            raise DataError(f"{path}: line {number + 1} has {row.count(b',') + 1} fields, and {MOST_COLUMNS} are the most.")
    try:
        names = next(csv.reader([line]), [])
    except csv.Error:
        return
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise DataError(f"{path}: the column `{twice[0]}` is there twice.", "Rename or remove one of them.")


def _short(path: Path) -> str:
    """A path as a message quotes it: what cannot be printed replaced, and cut where it is too long for any file."""
    text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(path))
    return text if len(text) <= 200 else f"{text[:200]}..."
