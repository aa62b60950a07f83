"""A server of this process, and folders that no other test sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from budgetplan.datasets.places import BY_HAND, CACHE
from tests.datasets.loopback import Origin, serving


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Origin]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as state:
        yield state


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no folder of files placed by hand."""
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(BY_HAND, raising=False)
    return tmp_path / "cache"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow each other at once."""
    monkeypatch.setattr("budgetplan.datasets.download.time.sleep", lambda seconds: None)
