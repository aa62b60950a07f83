"""The table of bad inputs: pages of YAML in `cases`, one row per input, read as calls with the file that they need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Bad:
    """One bad input.

    Attributes
    ----------
    call : str
        The command line, as a shell would split it, without the program's name.
    says : str
        Part of the message.
    status : int
        Exit code.
    file, content : str, bytes
        A file that is written beforehand; no name, no file.
    needs : str
        `permissions` where the case rests on rights, which root does not have to obey.
    open : str
        Why the input is not refused yet: an expected failure, which has to be taken off the row once it is.
    """

    call: str
    says: str
    status: int
    file: str
    content: bytes
    needs: str
    open: str


def read_cases() -> dict[str, Bad]:
    """Every row of every page, by page and name; a page states what its rows have in common."""
    found: dict[str, Bad] = {}
    for path in sorted(CASES.glob("*.yaml")):
        page = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        for row in page["cases"]:
            key = f"{path.stem}: {row['name']}"
            assert key not in found, f"two rows are called `{key}`"
            call = _repeated(row["repeat_call"]) if "repeat_call" in row else row.get("call", page.get("call"))
            file = row.get("file", page.get("file", ""))
            found[key] = Bad(call, row["says"], row.get("exit", 2), file, _content(row), row.get("needs", ""), row.get("open", ""))
    return found


def _content(row: dict[str, Any]) -> bytes:
    """What the file holds: `bytes` with one character per byte, `repeat` as before, what, times, after, or `text`."""
    if "bytes" in row:
        return str(row["bytes"]).encode("latin-1")
    text = _repeated(row["repeat"]) if "repeat" in row else row.get("text", "")
    return str(text).encode("utf-8")


def _repeated(parts: list[Any]) -> str:
    before, what, times, *after = parts
    return before + what * times + "".join(after)
