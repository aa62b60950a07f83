"""One idea per file: no file is long, and none is named after nothing in particular."""

from __future__ import annotations

from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "budgetplan"
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 300  # lines
NAMELESS = {"util", "utils", "helper", "helpers", "common", "manager"}


def test_the_package_is_looked_at() -> None:
    assert PACKAGE / "errors.py" in FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_file_is_long(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{path.relative_to(PACKAGE)} has {lines} lines; split it into two ideas"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_name_says_something(path: Path) -> None:
    words = {word for part in path.relative_to(PACKAGE).with_suffix("").parts for word in part.lower().split("_")}
    assert not words & NAMELESS


def test_every_folder_is_a_package() -> None:
    """Import checks and doctests pass over a folder without `__init__.py` in silence."""
    assert {path.parent for path in FILES if not (path.parent / "__init__.py").exists()} == set()
