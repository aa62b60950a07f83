"""Shipped data is found in a source tree, in an installed package first, and missed with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from budgetplan import datafiles
from budgetplan.datafiles import data_path
from budgetplan.errors import DataError


def test_both_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "budgetplan"
    monkeypatch.setattr(datafiles, "_PACKAGE", package)
    beside, inside = tmp_path / "data", package / "_data"
    beside.mkdir()
    (beside / "a.yaml").touch()
    assert data_path("a.yaml") == beside / "a.yaml"
    inside.mkdir(parents=True)
    (inside / "a.yaml").touch()
    assert data_path("a.yaml") == inside / "a.yaml"
    with pytest.raises(DataError, match=r"`laws/b\.yaml`"):
        data_path("laws", "b.yaml")


def test_folders() -> None:
    assert data_path("laws").is_dir()
    assert data_path().is_dir()
