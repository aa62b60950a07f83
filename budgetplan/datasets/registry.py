"""The registry of public data sets, as shipped in `data/datasets.yaml`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from budgetplan.datafiles import data_path
from budgetplan.datasets.entries import DataFile, DataSet
from budgetplan.datasets.reading import build, read_yaml
from budgetplan.errors import DataError, UnknownNameError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@cache
def load_datasets(path: Path | None = None) -> tuple[DataSet, ...]:
    """Return all data sets of a registry.

    Parameters
    ----------
    path : Path, optional
        A registry of the same form; default: the shipped one.

    Returns
    -------
    tuple of DataSet
        In the order of the file.

    Raises
    ------
    DataError
        If the registry cannot be used, with the place.
    """
    source = data_path("datasets.yaml") if path is None else path
    content = read_yaml(source)
    entries = content.get("datasets") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise DataError(f"{source}: a list is due under `datasets` at the top.")
    found = []
    for at, entry in enumerate(entries):
        name = entry.get("id") if isinstance(entry, dict) else None
        place = f"{source.name}: {name or f'datasets[{at}]'}"
        found.append(build(DataSet, entry, place))
        _check(found[-1], place)
    _once([item.id for item in found], f"{source.name}: the id")
    return tuple(found)


def find_dataset(name: str) -> DataSet:
    """Return one data set of the shipped registry.

    Parameters
    ----------
    name : str
        Its id; case does not matter.

    Returns
    -------
    DataSet

    Raises
    ------
    UnknownNameError
        If there is none of that name, with close names.

    Examples
    --------
    >>> find_dataset("chinchilla-epoch").files[0].rows
    245
    """
    known = {item.id: item for item in load_datasets()}
    if name.casefold() not in known:
        raise UnknownNameError("data set", name, known)
    return known[name.casefold()]


def _check(data: DataSet, place: str) -> None:
    """Refuse an entry whose parts do not fit together."""
    if not _NAME.fullmatch(data.id):
        raise DataError(f"{place}: the id `{data.id}` is no plain name of a folder.")
    names = [file.name for file in data.files]
    _once(names, f"{place}: the file")
    for file in data.files:
        _check_file(file, f"{place}: {file.name}")
    for fit in data.fits:
        if fit.file not in names:
            raise DataError(f"{place}: a fit names the file `{fit.file}`, and the files are {', '.join(names)}.")


def _check_file(file: DataFile, place: str) -> None:
    if not _NAME.fullmatch(file.name):
        raise DataError(f"{place}: this is no plain name of a file.")
    if not _SHA256.fullmatch(file.sha256):
        raise DataError(f"{place}: `sha256` is `{file.sha256}`, and 64 hexadecimal digits are due.")
    if file.bytes < 1 or file.rows < 1:
        raise DataError(f"{place}: {file.bytes} byte and {file.rows} rows; both have to be at least 1.")
    if (file.url is None) != bool(file.derived):
        raise DataError(f"{place}: a file has either a `url` or, where it was made from others, `derived`.")
    if file.url is not None and not file.url.startswith("https://"):
        raise DataError(f"{place}: `url` is `{file.url}`, and an address that begins with https:// is due.")


def _once(names: Sequence[str], what: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{what} `{twice[0]}` is given twice.")
