"""The text of a law file as plain data: nothing is executed, nothing grows beyond the file.

The safe loader builds numbers, text, lists and mappings only. What it leaves open is closed here: aliases of collections, with
which a file of a page can stand for billions of values, and nesting that no law file needs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetplan.errors import DataError

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

MOST_BYTES = 10_000_000
"""Largest law file that is read. [byte]"""
MOST_TEXT = 250_000
"""Largest law file without its draws, which need no YAML reader; those that ship have 7,000. [character]"""
MOST_VALUES = 10_000
"""Values of a law file beside its draws; those that ship have 400."""
DEEPEST = 12
"""Levels of lists and mappings in a law file; those that ship have 5."""
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys, what turns the direction of writing, and halves of characters."""


def read_text(path: Path) -> str:
    """The text of a law file.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    DataError
        If there is none, it cannot be read, is too large or no UTF-8.
    """
    try:
        if not path.is_file():
            what = f"`{path}` is {'a folder' if path.is_dir() else 'a pipe or a device'}, and a law is a file."
            hint = "Name a law id (`budgetplan laws` lists them) or a YAML file."
            raise DataError(what if path.exists() else f"There is no law file `{path}`.", hint)
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB, which no law file is.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        name = str(path) if len(str(path)) <= 200 else f"{str(path)[:200]}..."
        raise DataError(f"{name}: the law file cannot be read: {problem.strerror}.", "Check its name and permissions.") from None
    except UnicodeDecodeError as problem:
        raise DataError(f"{path}: not readable as YAML: byte {problem.start} is not UTF-8.", "Save it as UTF-8.") from None


def plain(path: Path, text: str, lines: Sequence[int] | None = None) -> Any:
    """The data of a YAML text.

    Parameters
    ----------
    path : Path
        For the message.
    text : str
        One document.
    lines : sequence of int, optional
        Where each line of the text stands in the file, for the message; without it they stand in order.

    Raises
    ------
    DataError
        If it is no YAML, has tags of objects, aliases of collections, a key twice, or nests without end.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer, MaxDepthExceededError
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.nodes import ScalarNode

    class Bounded(Composer):
        """Refuses more values than a law has, and an alias of a list or mapping: only text and numbers may be used twice."""

        made = 0

        def compose_node(self, parent: Node | None, index: int) -> Node | None:
            self.made += 1
            if self.made > MOST_VALUES:
                raise DataError(f"{path}: has more than {MOST_VALUES:,} values beside its draws, which no law file has.")
            node: Node | None = super().compose_node(parent, index)
            return node

        def return_alias(self, a: Node) -> Node:
            if not isinstance(a, ScalarNode):
                raise DataError(f"{path}: `*{a.anchor}` is an alias of a list or mapping.", "Write its contents out.")
            return a

    if len(text) > MOST_TEXT:
        raise DataError(f"{path}: has more than {MOST_TEXT:,} characters beside its draws, which no law file has.")
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = Bounded
    yaml.max_depth = DEEPEST
    try:
        return _legible(yaml.load(text))
    except MaxDepthExceededError:
        raise DataError(f"{path}: not readable as YAML: lists or mappings are nested deeper than {DEEPEST} levels.") from None
    except YAMLError as problem:
        told = [getattr(problem, key, None) or "" for key in ("context", "problem")]
        # "while scanning ..." is of no use to a reader, "expected one document" begins the sentence
        reason = (", ".join(filter(None, told if told[1].startswith("but ") else told[1:])) or str(problem)).strip().splitlines()[0]
        mark = getattr(problem, "problem_mark", None)
        # an end of the text stands on no line
        row = min(mark.line, len(lines or text.splitlines()) - 1) if mark else -1
        place = f"{path}:{lines[row] if lines else row + 1}" if row >= 0 else f"{path}"
        raise DataError(f"{place}: not readable as YAML: {legible(reason)}.") from None
    except (ValueError, OverflowError) as problem:  # dates of no calendar, whole numbers of thousands of digits
        if isinstance(problem, DataError):
            raise
        raise DataError(f"{path}: not readable as YAML: a value is no date or number: {str(problem)[:80]}.") from None


def legible(text: str) -> str:
    r"""Text without what a terminal obeys and does not show; a replacement character stands in its place.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> print(legible("a\x1b[2Jb"))
    a�[2Jb
    """
    return _OBEYED.sub("\N{REPLACEMENT CHARACTER}", text)


def _legible(content: Any) -> Any:
    """Data with all of its text legible: a file can write any character as an escape in quotes."""
    if isinstance(content, str):
        return legible(content)
    if isinstance(content, dict):
        return {_legible(key): _legible(value) for key, value in content.items()}
    return [_legible(item) for item in content] if isinstance(content, list) else content
