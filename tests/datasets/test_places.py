"""Where files are looked for: the cache first, then the folder of files placed by hand."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from budgetplan.datasets import cache_folder, fetch, locate
from budgetplan.datasets.places import BY_HAND, CACHE
from budgetplan.errors import OutputError
from tests.datasets.loopback import CONTENT, Origin

DATA = Origin(url="https://example.org").data()


def _put(root: Path, content: bytes) -> Path:
    path = root / "tiny" / "runs.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def test_an_absent_file_belongs_into_the_cache(cache: Path) -> None:
    (place,) = locate(DATA)
    assert (place.status, place.path, place.sha256) == ("absent", cache / "tiny" / "runs.csv", "")


def test_a_file_placed_by_hand_is_found(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BY_HAND, str(tmp_path / "hand"))
    path = _put(tmp_path / "hand", CONTENT)
    (place,) = locate(DATA)
    assert (place.status, place.path, place.sha256) == ("present", path, DATA.files[0].sha256)
    assert fetch(DATA) == [path]
    assert not cache.exists()


def test_the_cache_comes_first_unless_its_file_is_wrong(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BY_HAND, str(tmp_path / "hand"))
    by_hand, cached = _put(tmp_path / "hand", CONTENT), _put(cache, CONTENT)
    assert locate(DATA)[0].path == cached
    cached.write_bytes(b"wrong")
    assert locate(DATA)[0].path == by_hand
    by_hand.write_bytes(b"wrong too")
    (place,) = locate(DATA)
    assert (place.status, place.path, place.sha256) == ("differs", cached, hashlib.sha256(b"wrong").hexdigest())


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_cannot_be_read_is_named(cache: Path) -> None:
    path = _put(cache, CONTENT)
    path.chmod(0)
    with pytest.raises(OutputError, match=r"runs\.csv` cannot be read"):
        locate(DATA)


def test_the_cache_is_the_users_unless_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv(CACHE)
    assert cache_folder().name == "budgetplan"
