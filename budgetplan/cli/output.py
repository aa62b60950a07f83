"""Where an answer goes: stdout, or a file that is whole or not there."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from budgetplan.cli.result import Result, as_csv, as_json, value_at
from budgetplan.errors import BudgetPlanError, OutputError, UnknownNameError
from budgetplan.parallel.whole_file import write_all

FORMATS = ("table", "json", "csv", "md")
PIPED_WIDTH = 120
"""Columns where nobody says how wide the output is."""


@dataclass(frozen=True)
class Output:
    """How and where to write.

    Attributes
    ----------
    format : {"table", "json", "csv", "md"}
        Shape of the result.
    file : str or None
        Instead of stdout; `-` is stdout.
    quiet : bool
        Nothing on stderr, and a table shrinks to its finding.
    get : str or None
        Path of the one value to write.
    """

    format: str = "table"
    file: str | None = None
    quiet: bool = False
    get: str | None = None

    def __post_init__(self) -> None:
        """Refuse an unknown format before anything is computed."""
        if self.format not in FORMATS:
            raise UnknownNameError("format", self.format, FORMATS)

    def emit(self, result: Result) -> None:
        """Write a result, and its warnings to stderr where the format has no place for them.

        Raises
        ------
        OutputError
            Where the file or stdout cannot be written.
        UnknownNameError
            Where `get` names nothing.
        """
        text = self._text(result)
        if self.file in (None, "-"):
            _to_stdout(text)
        else:
            write_file(str(self.file), text)
        if self.format in ("csv", "md") or self.get is not None:
            for sentence in result.warnings:
                self.note(f"warning: {sentence}")

    def note(self, sentence: str) -> None:
        """Write a sentence to stderr, unless that is to stay quiet."""
        if not self.quiet:
            to_stderr(sentence + "\n")

    def _text(self, result: Result) -> str:
        if self.get is not None:
            return self._one_value(value_at(result.data, self.get), self.get)
        if self.format == "json":
            return as_json(result.data)
        if self.format == "csv":
            return as_csv(result.rows)
        if self.quiet:
            return result.brief + "\n"
        if self.format == "md":
            return result.page.markdown()
        return result.page.text(_width(self.file))

    def _one_value(self, value: object, path: str) -> str:
        if self.format == "json":
            return as_json({path: value})
        shown = value if isinstance(value, str) else as_json(value).strip()
        if self.format == "csv":
            return as_csv([{path: shown}])
        return f"{shown}\n" if self.quiet else f"{path} {shown}\n"


def _width(file: str | None) -> int:
    """Return $COLUMNS, else the terminal's width, else a width at which little is wrapped."""
    if file not in (None, "-") and "COLUMNS" not in os.environ:
        return PIPED_WIDTH
    return shutil.get_terminal_size((PIPED_WIDTH, 24)).columns


def to_stderr(text: str) -> None:
    """Write to stderr where that is open; an answer and its exit code do not depend on it.

    Parameters
    ----------
    text : str
        Ends with its line.
    """
    with suppress(OSError):  # a full or closed stderr: there is no place left to say so
        if sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()


def _to_stdout(text: str) -> None:
    if sys.stdout is None:  # so Python calls a stdout that was closed before it began
        raise OutputError("stdout is closed.", "Write to a file with -o FILE.")
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"stdout cannot be written: {error.strerror}.", "Write to a file with -o FILE.") from error


def write_file(path: str, text: str) -> None:
    """Write a text file, whole or not at all.

    Parameters
    ----------
    path : str
        Of the file; a device or pipe is written as it is.
    text : str
        Its contents.

    Raises
    ------
    OutputError
        Where that is not possible; nothing is left behind.
    """
    with unwritable(path):
        write_all({Path(path): text.encode("utf-8")})


@contextmanager
def unwritable(path: str) -> Iterator[None]:
    """Turn what the system says about a file that cannot be written into an `OutputError`.

    Parameters
    ----------
    path : str
        As the user gave it.

    Raises
    ------
    OutputError
        With what to do.
    """
    try:
        yield
    except BudgetPlanError:
        raise  # some of them are OSErrors too, and say already what to do
    except OSError as error:
        folder = Path(path).parent
        why, hint = error.strerror or str(error), "Choose another file, or make its folder writable."
        if error.errno == errno.EISDIR:
            why, hint = "it is a folder", "Name a file in it."
        elif error.errno == errno.ENOENT:
            why, hint = f"there is no folder `{folder}`", f"Create it first: mkdir -p {shlex.quote(str(folder))}."
        raise OutputError(f"`{path}` cannot be written: {why}.", hint) from error
