"""Getting a data set: what is there already is kept, what can be downloaded is, and for the rest it is said what goes where."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from budgetplan.datasets.download import DownloadError, MismatchError, Resuming
from budgetplan.datasets.entries import DataFile, DataSet
from budgetplan.datasets.places import BY_HAND, CACHE, Place, locate
from budgetplan.datasets.registry import find_dataset
from budgetplan.errors import DataError, OutputError
from budgetplan.parallel.progress import Progress


def fetch(data: str | DataSet, folder: Path | str | None = None, progress: Progress | None = None) -> list[Path]:
    """Return the files of a set, downloaded where they are not there yet.

    Parameters
    ----------
    data : str or DataSet
        An id, or an entry.
    folder : Path or str, optional
        Where to download to instead of the cache; the set gets a folder of its own in it.
    progress : callable, optional
        Told bytes that are there and bytes to download in all.

    Returns
    -------
    list of Path
        One per file, in the order of the entry; every one has the checksum of the entry.

    Raises
    ------
    UnknownNameError
        If there is no such set.
    DataError
        If a file cannot be downloaded, is not offered for download, arrives with another checksum, or another file stands in
        its place. The hint says which file to place where. Files that are right are kept.
    OutputError
        If the folder cannot be written.
    """
    entry = find_dataset(data) if isinstance(data, str) else data
    places = locate(entry, folder)
    for place in places:
        if place.status == "differs":
            raise _differs(place)
    wanted = [place for place in places if place.status == "absent" and place.file.url]
    total, done = sum(place.file.bytes for place in wanted), 0
    for at, place in enumerate(wanted):
        _download(place, [*wanted[at:], *_derived(places)], _telling(progress, done, total), folder is not None)
        done += place.file.bytes
    if derived := _derived(places):
        raise _not_offered(entry, derived, len(places))
    return [place.path for place in places]


def _derived(places: Sequence[Place]) -> list[Place]:
    """Files that are absent and have no address."""
    return [place for place in places if place.status == "absent" and not place.file.url]


def _telling(progress: Progress | None, done: int, total: int) -> Callable[[int], None]:
    """Progress of one file as progress of all."""
    return lambda size: progress(min(done + size, total), total) if progress else None


def _download(place: Place, missing: Sequence[Place], tell: Callable[[int], None], chosen: bool) -> None:
    """Download one file to its place through pooch; `chosen` says whether the caller named the folder."""
    import pooch  # type: ignore[import-untyped]  # it ships no types

    file, folder = place.file, place.path.parent
    resuming = Resuming(file, folder / f"{file.name}.part", tell)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _quiet(pooch.get_logger()):
            pooch.retrieve(file.url, f"sha256:{file.sha256}", fname=file.name, path=folder, downloader=resuming)
    except DownloadError as problem:
        raise DataError(f"`{file.name}` cannot be downloaded from {file.url}: {problem}.", _by_hand(missing)) from problem
    except MismatchError as problem:
        raise _mismatch(file, problem, missing) from problem
    except OSError as problem:
        raise OutputError(
            f"`{folder}` cannot be written: {problem.strerror or problem}.",
            f"Name another folder{'' if chosen else f' in {CACHE}'}.",
        ) from problem


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep pooch's notes of what it does off stderr, and its warnings on it."""

    def loud(record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING

    logger.addFilter(loud)
    try:
        yield
    finally:
        logger.removeFilter(loud)


def _differs(place: Place) -> DataError:
    file = place.file
    return DataError(
        f"`{place.path}` is not the `{file.name}` of the registry: its SHA-256 is {place.sha256}, and {file.sha256} is due.",
        "Remove or rename it, then fetch again.",
    )


def _mismatch(file: DataFile, problem: MismatchError, missing: Sequence[Place]) -> DataError:
    doubt = "" if file.verified else " The registry's sum is of a copy, and was never compared with this address."
    return DataError(
        f"{file.url} gives a file with SHA-256 {problem.sha256} ({problem.size:,} bytes); for `{file.name}`, {file.sha256} "
        f"({file.bytes:,} bytes) is due. Nothing of it is kept.{doubt}",
        f"Fetch again in case it was damaged on the way. {_by_hand(missing)}",
    )


def _not_offered(entry: DataSet, derived: Sequence[Place], count: int) -> DataError:
    names = ", ".join(f"`{place.file.name}`" for place in derived)
    how = "\n".join(f"`{place.file.name}` was made so: {place.file.derived}" for place in derived)
    return DataError(
        f"{len(derived)} of {count} files of `{entry.id}` cannot be downloaded, because they were made from other files of "
        f"{' and '.join(entry.origin)}: {names}.",
        f"{_by_hand(derived)}\n{how}",
    )


def _by_hand(missing: Sequence[Place]) -> str:
    """Say what to place where, a file a line."""
    told = [
        f"{place.path} ({place.file.bytes:,} bytes, SHA-256 {place.file.sha256})"
        + (f" from {place.file.url}" if place.file.url else "")
        for place in missing
    ]
    folder = missing[0].path.parent.name
    return "\n  ".join([f"Place by hand, or in the folder `{folder}` of a folder that {BY_HAND} names:", *told])
