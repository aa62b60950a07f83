"""Files that are whole or absent: written under another name first, then renamed; and tables that are read with care."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from budgetplan.errors import DataError, OutputError

_AGAIN = "Mend it, or delete it and run the lab again to make it anew."
"""What to do about a file that is broken."""


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that a kill at any moment leaves the old one or the new one, never a part.

    Parameters
    ----------
    path : Path
        Folders above are made.
    write : callable
        Writes to the open file.

    Raises
    ------
    OutputError
        Where the place cannot be written.
    """
    # The process's number keeps two that write the same file apart; both would write the same bytes.
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"`{path}` cannot be written: {error.strerror}.", "Name another folder: --out DIR.") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """Write JSON: the same content gives the same bytes."""
    text = json.dumps(content, indent=1, allow_nan=False) + "\n"
    write_whole(path, lambda file: file.write(text.encode()))


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises
    ------
    DataError
        Where the file is none.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"`{path}` cannot be read as JSON: {error}.", _AGAIN) from error


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a table with a line feed after each row."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, lambda file: file.write(text.getvalue().encode()))


def read_csv(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a table, every field as text.

    Parameters
    ----------
    path : Path
    needed : sequence of str
        Columns that have to be there; others may be.

    Raises
    ------
    DataError
        Where the file is no such table, or has no row.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"`{path}` cannot be read as CSV: {error}.", _AGAIN) from error
    if not rows:
        raise DataError(f"`{path}` has no row.", _AGAIN)
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise DataError(f"{path}:{line}: the row has another number of fields than the header.", _AGAIN)
    if missing := [name for name in needed if name not in rows[0]]:
        raise DataError(f"`{path}` lacks the column `{missing[0]}`.", _AGAIN)
    return rows


def number(text: str, place: str) -> float | None:
    """A field as a number, None where it is empty.

    Raises
    ------
    DataError
        Where it holds something else; `place` says where.
    """
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataError(f"{place} is `{text}`, and a finite number is due.", _AGAIN)
    return value


def pack(values: npt.NDArray[Any]) -> str:
    """Numbers as text, little-endian; `unpack` needs their type.

    Examples
    --------
    >>> unpack(pack(np.array([1, 2, 64], dtype=np.uint8)), np.uint8).tolist()
    [1, 2, 64]
    """
    return base64.b64encode(values.astype(values.dtype.newbyteorder("<")).tobytes()).decode()


def unpack(text: str, kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """Numbers from `pack`."""
    return np.frombuffer(base64.b64decode(text), dtype=np.dtype(kind).newbyteorder("<"))
