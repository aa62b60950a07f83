"""Files that are whole or not there, whoever else writes them and whenever a process is killed.

A file is written under a name of its own beside its place and then renamed. A rename is atomic on every POSIX file system, so a
reader, a kill or a second writer finds the old file or a new one, never a part. What a killed process leaves is hidden,
ends in `.part`, and bears a random name: the number of a process is not enough, since a container gives every run the same one.
A writer holds a lock on its part, which a kill lets go: the next writer of the same file removes parts that nobody holds.
"""

from __future__ import annotations

import errno
import glob
import os
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LONGEST = 200
"""Letters of a file's name that its temporary name repeats: file systems allow 255 bytes."""
LEFT = 60.0
"""Age from which a part that nobody holds was left by a killed process: a new one is not locked yet for a moment. [s]"""


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Give a place to write to, which takes the file's name where the block ends without an error.

    Parameters
    ----------
    path : Path or str
        Of the file. Through a link, the file that it names is replaced; a device or a pipe is written as it is.

    Yields
    ------
    Path
        An empty file beside it.

    Raises
    ------
    OSError
        Where the place cannot be written, before the block begins, or where the name cannot be given. The old file is as it
        was, and nothing else is left behind.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, whole_file(Path(folder, "a.txt")) as part:
    ...     _ = part.write_text("all of it")
    """
    place = Path(path)
    if "\0" in str(place):
        raise OSError(errno.EINVAL, "a name cannot hold a null byte", str(place).replace("\0", "?"))
    if place.exists() and not place.is_file() and not place.is_dir():
        yield place
        return
    try:
        target = place.resolve()
    except RuntimeError as error:  # a loop of links, before Python 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(place)) from error
    mode = _replaceable(target)
    stem = f".{target.name.encode()[:LONGEST].decode(errors='ignore')}."
    _remove_left(target.parent, stem)
    part = target.with_name(f"{stem}{os.urandom(6).hex()}.part")
    try:
        part.touch(exist_ok=False)
        if mode is not None:
            part.chmod(mode)
        with _held(part):
            yield part
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Write several files; none takes its name before all are written.

    Parameters
    ----------
    contents : mapping of Path to bytes
        They take their names in this order, one right after the other.

    Raises
    ------
    OSError
        Where one cannot be written; then all are as they were.
    """
    with ExitStack() as stack:
        for path, content in reversed(list(contents.items())):
            stack.enter_context(whole_file(path)).write_bytes(content)


def _remove_left(folder: Path, stem: str) -> None:
    """Remove what killed writers of the same file left."""
    for part in folder.glob(f"{glob.escape(stem)}????????????.part"):
        try:
            with part.open("rb") as found:
                if time.time() - os.fstat(found.fileno()).st_mtime > LEFT and _locked(found.fileno()):
                    part.unlink(missing_ok=True)
        except OSError:  # gone meanwhile, or somebody else's: not ours to judge
            continue


@contextmanager
def _held(part: Path) -> Iterator[None]:
    """Hold a lock on a part while it is written."""
    if sys.platform == "win32":  # an open file has no other name there, and there are no such locks
        yield
        return
    with part.open("rb") as held:
        _locked(held.fileno())
        yield


def _locked(descriptor: int) -> bool:
    """Lock an open file, and say whether that went: not where another process holds it, or where the file system has no locks."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _replaceable(target: Path) -> int | None:
    """Refuse what a rename would do and a write would not; return the mode of the old file, which the new one keeps."""
    if not target.exists():
        return None
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected", str(target))
    return stat.S_IMODE(target.stat().st_mode)
