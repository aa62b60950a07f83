"""`docs/api` says what the docstrings say, every public name has its place there, and griffe reads them all without a warning."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

import budgetplan
from scripts.api_pages.write import pages

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "api"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """The pages; whatever is logged on the way is an error."""
    told: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("griffe")
    logger.addHandler(handler)
    try:
        found = pages()
    finally:
        logger.removeHandler(handler)
    assert told == []
    return found


def test_the_pages_are_those_of_the_docstrings(made: dict[str, str]) -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    stale = sorted(name for name in set(made) | set(kept) if made.get(name) != kept.get(name))
    assert not stale, f"{', '.join(stale)} in docs/api: write them anew with `python -m scripts.api_pages`"


def test_every_public_name_has_a_place(made: dict[str, str]) -> None:
    heads = {line.strip("# `") for text in made.values() for line in text.splitlines() if line.startswith("#")}
    assert set(budgetplan.__all__) - {"__version__", "errors", "plots"} <= heads
    assert {"BudgetPlanError", "draw_split", "Study", "Law", "loss", "to_frame"} <= heads


def test_a_docstring_that_cannot_be_read_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    import griffe

    text = "Double.\n\nParameters\n----------\nother : float\n    Nobody's. [1]"
    function = griffe.Function("told", docstring=griffe.Docstring(text), parameters=griffe.Parameters(griffe.Parameter("size")))
    function.docstring.parent = function
    with caplog.at_level(logging.WARNING, logger="griffe"):
        function.docstring.parse("numpy")
    assert "other" in caplog.text
