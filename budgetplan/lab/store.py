"""Files that are whole or absent: written under another name first, then renamed."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from budgetplan.errors import DataError, OutputError


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
        raise DataError(
            f"`{path}` cannot be read as JSON: {error}.", "Delete it, and run the lab again to make it anew."
        ) from error


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
