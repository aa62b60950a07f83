"""`budgetplan datasets`: the list, one set in full, and fetching."""

from __future__ import annotations

import csv
import hashlib
import io
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from budgetplan.datasets import DataSet, dataset_rows, load_datasets
from budgetplan.datasets.places import BY_HAND, CACHE
from tests.datasets.loopback import CONTENT, Origin, serving

Call = Callable[[str], Any]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(BY_HAND, raising=False)
    monkeypatch.setattr("budgetplan.datasets.download.time.sleep", lambda seconds: None)
    return tmp_path / "cache"


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Callable[[DataSet], None]:
    """Put one set on a loopback address in the place of the registry."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def register(data: DataSet) -> None:
        for module in ("registry", "describe"):
            monkeypatch.setattr(f"budgetplan.datasets.{module}.load_datasets", lambda: (data,))

    return register


def test_the_list(call: Call) -> None:
    rows = call("budgetplan datasets --format json").data
    assert rows == dataset_rows()
    assert all(set(row) == {"id", "title", "licence", "files", "rows", "fits"} for row in rows)
    table = call("budgetplan datasets").out
    assert all(row["id"] in table for row in rows)
    assert call("budgetplan datasets -q").out.split() == [row["id"] for row in rows]
    (first, *_) = csv.DictReader(io.StringIO(call("budgetplan datasets --format csv").out))
    assert first["fits"] == "chinchilla"


@pytest.mark.parametrize("data", load_datasets(), ids=lambda data: data.id)
def test_one_set_says_everything(data: DataSet, call: Call, cache: Path) -> None:
    record = call(f"budgetplan datasets {data.id} --format json").data
    assert [file["status"] for file in record["files"]] == ["absent"] * len(data.files)
    text = " ".join(call(f"budgetplan datasets {data.id}").out.split()).replace(" \\ ", " ")
    for word in (data.title, *data.origin, data.licence, str(data.citation), *data.published, *data.notes):
        assert " ".join(word.split()) in text
    for file in data.files:
        assert file.sha256 in text
        assert (file.url or file.derived) in text
        assert str(cache / data.id / file.name) in text
        assert file.verified or file.derived or "not verified" in text
    for fit in data.fits:
        assert fit.command(cache / data.id / fit.file) in text
    assert data.fits or "no form of `budgetplan fit`" in text


def test_every_format(call: Call) -> None:
    shown = {name: call(f"budgetplan datasets rl-qwen3-gsm8k --format {name}") for name in ("table", "json", "csv", "md")}
    assert {done.status for done in shown.values()} == {0}
    assert len({done.out for done in shown.values()}) == 4
    rows = list(csv.DictReader(io.StringIO(shown["csv"].out)))
    assert [row["name"] for row in rows] == ["rl_curves.csv", "final_evals.csv", "base_wikitext2_loss.csv", "export.csv"]
    assert rows[0]["columns"].startswith("model; n_params_nonembed")


def test_tables_fit_eighty_columns(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = call("budgetplan datasets").out.splitlines()
    assert [line for line in lines if len(line) > 80] == []


def test_an_unknown_id_is_a_malformed_question(call: Call) -> None:
    done = call("budgetplan datasets chinchilla-epcoh --format json")
    assert (done.status, done.out) == (2, "")
    assert done.error["code"] == "unknown-name"
    assert "`chinchilla-epoch`" in done.error["hint"]
    assert call("budgetplan datasets chinchilla-epcoh --fetch").status == 2


def test_fetch_needs_an_id(call: Call) -> None:
    done = call("budgetplan datasets --fetch")
    assert done.status == 2
    assert "chinchilla-epoch" in done.err


def test_offline_names_the_place_and_then_finds_the_file(call: Call, registered: Callable[[DataSet], None], cache: Path) -> None:
    with socket.socket() as bound:  # and not listening: connections are refused
        bound.bind(("127.0.0.1", 0))
        data = Origin(url=f"http://127.0.0.1:{bound.getsockname()[1]}").data()
        registered(data)
        done = call("budgetplan datasets tiny --fetch --format json")
    assert (done.status, done.out) == (2, "")
    place = cache / "tiny" / "runs.csv"
    assert done.error["code"] == "data"
    assert data.files[0].url in done.error["message"]
    assert str(place) in done.error["hint"]
    assert data.files[0].sha256 in done.error["hint"]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(CONTENT)
    done = call("budgetplan datasets tiny --fetch -q")
    assert (done.status, done.out, done.err) == (0, f"{place}\n", "")
    assert call("budgetplan datasets tiny --get files.0.status -q").out == "present\n"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_on_a_terminal_only(
    terminal: bool, call: Call, registered: Callable[[DataSet], None], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("budgetplan.cli.progress.PATIENCE", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with serving() as origin:
        registered(origin.data())
        done = call("budgetplan datasets tiny --fetch -q")
    assert (done.status, done.out) == (0, f"{cache / 'tiny' / 'runs.csv'}\n")
    assert ("bytes of tiny" in done.err) == terminal
    assert bool(done.err) == terminal


def test_a_damaged_file_is_refused_with_both_sums(call: Call, registered: Callable[[DataSet], None], cache: Path) -> None:
    with serving() as origin:
        origin.content = b"params,loss\n"
        data = origin.data()
        registered(data)
        done = call("budgetplan datasets tiny --fetch")
    assert (done.status, done.out) == (2, "")
    assert data.files[0].sha256 in done.err
    assert hashlib.sha256(origin.content).hexdigest() in done.err
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_files_placed_by_hand_are_fetched_already(
    call: Call, shared_data: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    folder = shared_data("repeated-datablations")
    monkeypatch.setenv(BY_HAND, str(folder.parent))
    done = call("budgetplan datasets repeated-datablations --fetch --format json")
    assert (done.status, done.err) == (0, "")
    assert [file["path"] for file in done.data["files"]] == [str(folder / file["name"]) for file in done.data["files"]]
    assert not cache.exists()
    assert call(done.data["fits"][0]["command"]).status == 0
