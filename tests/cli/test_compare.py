"""Scenario files beside each other."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.yaml").write_text("budget: 1e24\nlaw: additive\n", encoding="utf-8")
    (tmp_path / "two.yaml").write_text("budget: 2e24\nlaw: additive\nmax:\n  rl_share: 3%\n", encoding="utf-8")
    (tmp_path / "none.yaml").write_text("budget: 1e24\nlaw: additive\nqueries: 1e22\n", encoding="utf-8")
    (tmp_path / "joint.yaml").write_text("budget: 1e24\n", encoding="utf-8")


@pytest.mark.usefixtures("files")
def test_plans_are_those_of_the_files_and_changes_are_against_the_first(call) -> None:
    data = call("budgetplan compare one.yaml two.yaml --format json").data
    alone = [call(f"budgetplan plan {name} --format json").data["plan"] for name in ("one.yaml", "two.yaml")]
    (other,) = data["scenarios"]
    assert data["schema"] == "budgetplan/compare/1"
    assert [data["base"]["plan"], other["plan"]] == alone
    assert [data["base"]["scenario"], other["scenario"]] == ["one.yaml", "two.yaml"]
    first, second = (plan["params"] for plan in alone)
    assert other["change"]["params"] == pytest.approx({"absolute": second - first, "relative": second / first - 1})
    assert other["change"]["flop"]["relative"] == pytest.approx(1.0)


@pytest.mark.usefixtures("files")
def test_differences_are_the_fields_that_differ(call) -> None:
    data = call("budgetplan compare one.yaml two.yaml --format json").data
    assert {row["field"]: row["values"] for row in data["differences"]} == {
        "budget": {"one.yaml": 1e24, "two.yaml": 2e24},
        "max.rl_share": {"one.yaml": None, "two.yaml": 0.03},
    }


@pytest.mark.usefixtures("files")
def test_options_override_every_file(call) -> None:
    data = call("budgetplan compare one.yaml two.yaml --budget 1e23 --format json").data
    assert data["base"]["budget"]["flop"] == data["scenarios"][0]["budget"]["flop"] == 1e23
    assert [row["field"] for row in data["differences"]] == ["max.rl_share"]


@pytest.mark.usefixtures("files")
def test_table_and_csv(call) -> None:
    out = call("budgetplan compare one.yaml two.yaml").out
    assert out.startswith("2 scenarios that differ in 2 fields.")
    assert "max.rl_share" in out
    rows = list(csv.DictReader(io.StringIO(call("budgetplan compare one.yaml two.yaml --format csv").out)))
    assert [row["scenario"] for row in rows] == ["one.yaml", "two.yaml"]
    assert float(rows[1]["flop_relative_change"]) == pytest.approx(1.0)


@pytest.mark.usefixtures("files")
def test_a_scenario_without_an_answer_does_not_keep_the_others_from_theirs(call) -> None:
    done = call("budgetplan compare one.yaml none.yaml two.yaml --format json")
    assert done.status == 0
    assert [item["scenario"] for item in done.data["failed"]] == ["none.yaml"]
    assert [item["scenario"] for item in done.data["scenarios"]] == ["two.yaml"]
    assert call("budgetplan compare none.yaml one.yaml").status == 3


@pytest.mark.usefixtures("files")
def test_losses_of_different_kinds_are_not_compared(call) -> None:
    data = call("budgetplan compare one.yaml joint.yaml --format json").data
    assert [item["code"] for item in data["warnings"]] == ["loss-kinds"]
    assert "loss" not in data["scenarios"][0]["change"]
    assert call("budgetplan compare one.yaml joint.yaml --strict").status == 5


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("names", ["one.yaml", "one.yaml one.yaml", "one.yaml missing.yaml", ""])
def test_a_comparison_takes_two_files(names: str, call) -> None:
    done = call(f"budgetplan compare {names}")
    assert (done.status, done.out) == (2, "")


def test_losses_of_two_kinds_and_large_changes(call, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {"one": "budget: 1e22\n", "two": "budget: 1e24\nlaw: besiroglu-2024\n", "three": "budget: 1e24\n"}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    rows = {line.split("  ")[0]: line for line in call("budgetplan compare one.yaml two.yaml").out.splitlines()}
    assert not rows["loss"].endswith("%")
    rows = {line.split("  ")[0]: line for line in call("budgetplan compare one.yaml three.yaml").out.splitlines()}
    assert rows["loss"].endswith("%")
    assert rows["compute [FLOP]"].endswith(" 100 x")
