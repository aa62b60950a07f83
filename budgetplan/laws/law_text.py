"""The text of a law file as plain data: nothing is executed, nothing grows beyond the file.

The safe loader builds numbers, text, lists and mappings only. What it leaves open is closed here: aliases of collections, with
which a file of a page can stand for billions of values, and nesting that no law file needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetplan.errors import DataError

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

MOST_BYTES = 10_000_000
"""Largest law file that is read. [byte]"""
DEEPEST = 12
"""Levels of lists and mappings in a law file; those that ship have 5."""


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
            raise DataError(f"There is no law file `{path}`.", "Name a law id (`budgetplan laws` lists them) or a YAML file.")
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB, which no law file is.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        name = str(path) if len(str(path)) <= 200 else f"{str(path)[:200]}..."
        raise DataError(f"{name}: the law file cannot be read: {problem.strerror}.", "Check its name and permissions.") from None
    except UnicodeDecodeError as problem:
        raise DataError(f"{path}: not readable as YAML: byte {problem.start} is not UTF-8.", "Save it as UTF-8.") from None


def plain(path: Path, text: str) -> Any:
    """The data of a YAML text.

    Parameters
    ----------
    path : Path
        For the message.
    text : str
        One document.

    Raises
    ------
    DataError
        If it is no YAML, has tags of objects, aliases of collections, a key twice, or nests without end.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.nodes import ScalarNode

    class Bounded(Composer):
        """Refuses an alias of a list or mapping: only text and numbers may be written once and used twice."""

        def return_alias(self, a: Node) -> Node:
            if not isinstance(a, ScalarNode):
                raise DataError(f"{path}: `*{a.anchor}` is an alias of a list or mapping.", "Write its contents out.")
            return a

    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = Bounded
    yaml.max_depth = DEEPEST
    try:
        return yaml.load(text)
    except YAMLError as problem:
        reason = str(problem).strip().splitlines()[0]
        raise DataError(f"{path}: not readable as YAML: {reason}.") from None
    except (ValueError, OverflowError) as problem:  # dates of no calendar, whole numbers of thousands of digits
        if isinstance(problem, DataError):
            raise
        raise DataError(f"{path}: not readable as YAML: a value is no date or number: {str(problem)[:80]}.") from None
