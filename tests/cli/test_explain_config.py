"""`--explain-config` names the source of every field, and what it overrode."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from budgetplan.scenario import Scenario

QUESTION = "budget: 1e21\nlaw: additive\nmfu: 30%\nseed: 1\nmax:\n  rl_share: 10%\n"


@pytest.fixture
def rows(call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "q.yaml").write_text(QUESTION, encoding="utf-8")

    def ask(options: str, command: str = "plan") -> dict[str, dict[str, Any]]:
        done = call(f"budgetplan {command} {options} --explain-config --format json")
        assert done.status == 0, done.err
        assert done.data["schema"] == "budgetplan/config/1"
        return {row["field"]: row for row in done.data["fields"]}

    return ask


def _won(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["value"], row["source"], row["where"], row["given"]


def test_every_source_in_its_turn(rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDGETPLAN_BUDGET", "1e23")
    monkeypatch.setenv("BUDGETPLAN_LAW", "default")
    found = rows("q.yaml --budget 1e25 --set budget=1e24 --set law=besiroglu-2024 --set mfu=35%")
    assert _won(found["budget"]) == (1e25, "flag", "--budget", "1e25")
    assert [item["source"] for item in found["budget"]["overrode"]] == ["file", "set", "environment"]
    assert [item["where"] for item in found["budget"]["overrode"]] == ["q.yaml:1", "--set budget", "BUDGETPLAN_BUDGET"]
    assert _won(found["law"]) == ("default", "environment", "BUDGETPLAN_LAW", "default")
    assert _won(found["mfu"]) == (0.35, "set", "--set mfu", "35%")
    assert _won(found["seed"]) == (1, "file", "q.yaml:4", "1")
    assert _won(found["method"]) == ("grpo", "default", None, None)


def test_every_field_is_there(rows) -> None:
    fields = {name.partition(".")[0] for name in rows("")}
    assert fields == set(Scenario.model_fields) - {"schema_version"}


def test_limits_add_up_part_by_part(rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDGETPLAN_MAX", "params=70B")
    found = rows("q.yaml --max rl_share=20%")
    assert _won(found["max.rl_share"]) == (0.2, "flag", "--max rl_share", "20%")
    assert found["max.rl_share"]["overrode"] == [{"source": "file", "where": "q.yaml:6", "given": "10%"}]
    assert _won(found["max.params"]) == (70e9, "environment", "BUDGETPLAN_MAX params", "70B")


def test_what_another_way_of_asking_took_out_is_told(rows) -> None:
    found = rows("q.yaml --usd 2Musd")
    assert (found["budget"]["value"], found["budget"]["source"]) == (None, "flag")
    assert found["budget"]["replaced_by"] == "--usd 2Musd"
    assert found["budget"]["overrode"] == [{"source": "file", "where": "q.yaml:1", "given": "1e21"}]


def test_null_takes_a_field_back(rows) -> None:
    found = rows("q.yaml --set seed=null")
    assert _won(found["seed"]) == (0, "set", "--set seed", "null")


def test_a_passed_over_amount_of_the_environment_is_told(rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDGETPLAN_BUDGET", "1e23")
    found = rows("--gpus 8xH100 --for 3d --mfu 40%")
    assert found["budget"]["value"] is None
    assert found["budget"]["overrode"] == [{"source": "environment", "where": "BUDGETPLAN_BUDGET", "given": "1e23"}]


def test_an_option_has_two_names_in_the_environment(rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDGETPLAN_FOR", "3d")
    assert _won(rows("")["duration"]) == (3 * 86400.0, "environment", "BUDGETPLAN_FOR", "3d")


def test_an_own_option_that_is_a_field(rows) -> None:
    found = rows("q.yaml --share pretraining=60%,rl=40%", "score")
    assert found["share"]["source"] == "flag"
    assert found["share"]["value"] == {"pretraining": 0.6, "rl": 0.4, "inference": 0.0}


@pytest.mark.parametrize("command", ["what-if", "sweep", "sensitivity", "thirds", "plot split -o s.svg", "report -o r.html"])
def test_every_command_that_takes_a_scenario_explains_it_and_does_nothing_else(command: str, rows, tmp_path: Path) -> None:
    assert rows("--budget 1e24", command)["budget"]["where"] == "--budget"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["q.yaml"]


def test_a_bad_value_of_the_environment_names_it(call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDGETPLAN_BUDGET", "much")
    done = call("budgetplan plan")
    assert done.status == 2
    assert "environment (BUDGETPLAN_*): budget: " in done.err


def test_table_and_csv(call, tmp_path: Path) -> None:
    file = tmp_path / "q.yaml"
    file.write_text(QUESTION, encoding="utf-8")
    table = call(f"budgetplan plan {file} --budget 1e24 --explain-config").out
    (line,) = (line for line in table.splitlines() if line.startswith("budget "))
    assert line.split()[1:4] == ["1e24", "option", "--budget"]
    rows = list(csv.DictReader(io.StringIO(call(f"budgetplan plan {file} --budget 1e24 --explain-config --format csv").out)))
    assert {row["field"]: row["value"] for row in rows}["budget"] == "1e+24"
