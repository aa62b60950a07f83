"""Where the files of a data set are or belong: the cache, and a folder of files that were placed by hand."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from budgetplan.datasets.entries import DataFile, DataSet
from budgetplan.datasets.registry import find_dataset
from budgetplan.errors import OutputError

CACHE = "BUDGETPLAN_CACHE"
"""Environment variable that names the cache."""
BY_HAND = "BUDGETPLAN_DATA"
"""Environment variable that names a folder of data sets, one folder per id; nothing is written there."""


@dataclass(frozen=True)
class Place:
    """One file of a set, looked for.

    Attributes
    ----------
    file : DataFile
    path : Path
        Where it is; for an absent file, where it belongs.
    status : {"present", "absent", "differs"}
        `differs`: a file is there whose checksum is another.
    sha256 : str
        Of the file that is there; empty where none is.
    """

    file: DataFile
    path: Path
    status: str
    sha256: str = ""


def cache_folder() -> Path:
    """Return the folder into which data sets are downloaded.

    Returns
    -------
    Path
        `$BUDGETPLAN_CACHE`, else the user's cache folder of the operating system.
    """
    named = os.environ.get(CACHE)
    if named:
        return Path(named).expanduser()
    import pooch  # type: ignore[import-untyped]  # it ships no types

    return Path(pooch.os_cache("budgetplan"))


def locate(data: str | DataSet, folder: Path | str | None = None) -> tuple[Place, ...]:
    """Look for the files of a set and compare their checksums.

    Parameters
    ----------
    data : str or DataSet
        An id, or an entry.
    folder : Path or str, optional
        In the place of the cache. Files are in a folder of it that is named after the set's id.

    Returns
    -------
    tuple of Place
        One per file, in the order of the entry. A right file in the cache comes first, then a right one in
        `$BUDGETPLAN_DATA`, then a wrong one, in the same order.

    Raises
    ------
    UnknownNameError
        If there is no such set.
    OutputError
        If a file is there and cannot be read.
    """
    entry = find_dataset(data) if isinstance(data, str) else data
    roots = [cache_folder() if folder is None else Path(folder)]
    named = os.environ.get(BY_HAND)
    roots += [Path(named).expanduser()] if named else []
    return tuple(_best([_look(file, root / entry.id / file.name) for root in roots]) for file in entry.files)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _look(file: DataFile, path: Path) -> Place:
    try:
        if not path.is_file():
            return Place(file, path, "absent")
        digest = sha256_of(path)
    except OSError as problem:
        raise OutputError(f"`{path}` cannot be read: {problem.strerror}.", "Make it readable, or remove it.") from problem
    return Place(file, path, "present" if digest == file.sha256 else "differs", digest)


def _best(places: list[Place]) -> Place:
    for status in ("present", "differs"):
        for place in places:
            if place.status == status:
                return place
    return places[0]
