"""Files that commands write are whole or not there, and nothing is overwritten without being asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from budgetplan.cli.output import write_file
from budgetplan.errors import OutputError
from budgetplan.scenario import load_scenario, template


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_result_goes_to_the_file_and_not_to_stdout(tmp_path: Path, call) -> None:
    done = call("budgetplan convert 21d --to h --format json -o hours.json")
    assert (done.status, done.out, done.err) == (0, "", "")
    assert json.loads((tmp_path / "hours.json").read_text(encoding="utf-8")) == {"value": 504.0, "unit": "h"}
    assert [item.name for item in tmp_path.iterdir()] == ["hours.json"]


def test_a_dash_is_stdout(call) -> None:
    assert call("budgetplan convert 21d --to h -o -").out == "504 h\n"


def test_an_older_file_is_replaced_and_a_link_followed(tmp_path: Path, call) -> None:
    (tmp_path / "real.txt").write_text("old and longer than the new", encoding="utf-8")
    (tmp_path / "link.txt").symlink_to("real.txt")
    call("budgetplan convert 21d --to h -o link.txt")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text(encoding="utf-8") == "504 h\n"


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("old", encoding="utf-8")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match=r"`a.txt` cannot be written: No space left on device"):
        write_file("a.txt", "new")
    assert [(item.name, item.read_text(encoding="utf-8")) for item in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_failed_question_writes_no_file(tmp_path: Path, call) -> None:
    assert call("budgetplan plan --budget -1 -o plan.txt").status == 2
    assert list(tmp_path.iterdir()) == []


def test_init_writes_a_scenario_that_plans(tmp_path: Path, call) -> None:
    done = call("budgetplan init s.yaml")
    assert done.status == 0
    assert "budgetplan plan s.yaml" in done.out
    assert (tmp_path / "s.yaml").read_text(encoding="utf-8") == template()
    assert call("budgetplan plan s.yaml --get budget.flop -q").out == f"{load_scenario('s.yaml').budget!r}\n"


def test_init_overwrites_only_when_forced(tmp_path: Path, call) -> None:
    (tmp_path / "s.yaml").write_text("budget: 1e20\n", encoding="utf-8")
    done = call("budgetplan init s.yaml")
    assert done.status == 2
    assert done.err.splitlines()[0] == "error: `s.yaml` exists already."
    assert (tmp_path / "s.yaml").read_text(encoding="utf-8") == "budget: 1e20\n"
    assert call("budgetplan init s.yaml --force --format json").data == {"file": "s.yaml"}
    assert (tmp_path / "s.yaml").read_text(encoding="utf-8") == template()


def test_init_cannot_write_over_a_folder(tmp_path: Path, call) -> None:
    (tmp_path / "folder").mkdir()
    assert call("budgetplan init folder --force").status == 2
    assert [item.name for item in tmp_path.iterdir()] == ["folder"]


def test_plot_writes_the_figure_and_its_data(tmp_path: Path, call) -> None:
    done = call("budgetplan plot split --budget 1e25 -o split.svg --format json")
    assert done.status == 0
    assert done.data == {"kind": "split", "figure": "split.svg", "data": "split.svg.csv"}
    assert sorted(item.name for item in tmp_path.iterdir()) == ["split.svg", "split.svg.csv"]
    assert (tmp_path / "split.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")
