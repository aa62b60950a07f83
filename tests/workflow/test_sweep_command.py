"""`budgetplan sweep` on the command line: files by suffix, whole or not there; refusals with an exit code."""

from __future__ import annotations

import json
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from budgetplan.cli import main
from budgetplan.workflow.sweeps import file as sweep_file

QUESTION = "sweep --over budget=1e22..1e24:3 --over verifier=none,7"


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)

    def run(line: str) -> tuple[int, str, str]:
        capsys.readouterr()
        return main(shlex.split(line)), *capsys.readouterr()

    return run


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_file_holds_what_its_format_prints(call, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_file, "BLOCK", 4)
    printed = call(f"{QUESTION} --format {kind}")[1]
    assert call(f"{QUESTION} -o table.{kind}") == (0, "", "")
    assert call(f"{QUESTION} -o again.{kind} --format {kind} --workers 2")[0] == 0
    assert (tmp_path / f"table.{kind}").read_text(encoding="utf-8") == printed
    assert (tmp_path / f"again.{kind}").read_text(encoding="utf-8") == printed
    assert sorted(item.name for item in tmp_path.iterdir()) == [f"again.{kind}", f"table.{kind}"]


@pytest.mark.skipif(find_spec("pyarrow") is None, reason="pyarrow is not installed")
def test_parquet_holds_the_same_table(call, tmp_path: Path) -> None:
    rows = json.loads(call(f"{QUESTION} --format json")[1])
    assert call(f"{QUESTION} -o table.parquet") == (0, "", "")
    table = pd.read_parquet(tmp_path / "table.parquet")
    assert [str(name) for name in table.columns] == list(rows[0])
    for row, read in zip(rows, table.to_dict("records"), strict=True):
        assert {key: None if pd.isna(value) else value for key, value in read.items()} == row


def test_parquet_without_its_writer_says_what_to_install(call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_file.importlib.util, "find_spec", lambda name: None)
    status, out, err = call(f"{QUESTION} -o table.parquet")
    assert (status, out) == (2, "")
    assert "pip install 'budgetplan[parquet]'" in err
    assert list(tmp_path.iterdir()) == []


def test_another_suffix_and_another_format_are_obeyed(call, tmp_path: Path) -> None:
    assert call(f"{QUESTION} -o table.txt")[0] == 0
    assert (tmp_path / "table.txt").read_text(encoding="utf-8").startswith("6 plans, 3 of them without an answer.")
    assert call(f"{QUESTION} -o table.csv --format json")[0] == 0
    assert len(json.loads((tmp_path / "table.csv").read_text(encoding="utf-8"))) == 6
    assert call(f"{QUESTION} -o table.parquet --format json")[0] == 2


def test_a_place_that_cannot_be_written_is_told_before_the_sweep(call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("budgetplan.workflow.sweep", lambda *_: pytest.fail("the sweep was begun"), raising=False)
    (tmp_path / "folder.csv").mkdir()
    for place in ("nowhere/table.csv", "folder.csv"):
        status, out, err = call(f"{QUESTION} -o {place}")
        assert (status, out) == (2, "")
        assert f"`{place}` cannot be written" in err
    assert [item.name for item in tmp_path.iterdir()] == ["folder.csv"]


def test_an_interrupt_leaves_the_old_file_and_no_other(call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    (tmp_path / "table.csv").write_text("old", encoding="utf-8")
    monkeypatch.setattr("budgetplan.workflow.sweeps.sweeper.in_order", interrupted)
    assert call(f"{QUESTION} -o table.csv")[0] == 130
    assert [(item.name, item.read_text(encoding="utf-8")) for item in tmp_path.iterdir()] == [("table.csv", "old")]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("sweep --over verifier=none,oracle", "There is no budget and no target."),
        (f"{QUESTION} --workers 0", "There are 0 workers"),
        (f"{QUESTION} --cluster nonsense", "`nonsense` is no address of a cluster"),
        (f"{QUESTION} --cluster tcp://h:1 --workers 2", "Keep one of --workers and --cluster."),
    ],
)
def test_refusals(call, line: str, sentence: str) -> None:
    status, out, err = call(line)
    assert (status, out) == (2, "")
    assert sentence in err


def test_a_missing_extra_is_an_answer_for_machines_too(call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    status, out, err = call(f"{QUESTION} --cluster tcp://127.0.0.1:8786 --format json")
    assert (status, out) == (2, "")
    assert json.loads(err)["error"]["code"] == "missing-extra"
