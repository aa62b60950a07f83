"""Scores of named splits, and one question under several laws."""

from __future__ import annotations

import csv
import io
import re

import pytest

SPLIT = "budgetplan score --budget 1e25 --share pretraining=60%,rl=20%,inference=20%"


def test_a_score_has_the_agreed_shape(call) -> None:
    done = call(f"{SPLIT} --format json")
    assert done.data["schema"] == "budgetplan/score/1"
    assert done.data["plan"]["share"] == pytest.approx({"pretraining": 0.6, "rl": 0.2, "inference": 0.2}, abs=1e-9)
    assert set(done.data["plan"]["regret"]) == {"loss", "wasted_compute", "usd"}
    assert done.data["optimum"]["loss"] < done.data["plan"]["loss"]


def test_a_score_shows_the_split_beside_the_optimum(call) -> None:
    wasted = float(call(f"{SPLIT} --get plan.regret.wasted_compute -q").out)
    out = call(SPLIT).out
    assert out.startswith(f"This split wastes {100 * wasted:.0f} % of the compute against the optimum.")
    assert re.search(r"^pre-training +\S+ T +6.0e24 +60 % +\d+ %", out, re.MULTILINE)
    assert "optimum" in out.split("\n\n")[1].splitlines()[0]


def test_the_optimum_scores_zero(call) -> None:
    share = call("budgetplan plan --budget 1e25 --format json").data["plan"]["share"]
    split = ",".join(f"{stage}={value!r}" for stage, value in share.items())
    assert float(call(f"budgetplan score --budget 1e25 --share {split} --get plan.regret.wasted_compute -q").out) < 1e-6


def test_params_are_fixed_in_a_score(call) -> None:
    assert float(call(f"{SPLIT} --params 70B --get plan.params -q").out) == pytest.approx(70e9, rel=1e-9)


def test_a_score_takes_its_split_from_the_file(tmp_path, call) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("budget: 1e25\nshare:\n  pretraining: 60%\n  rl: 20%\n  inference: 20%\n", encoding="utf-8")
    assert call(f"budgetplan score {file} --get plan -q").out == call(f"{SPLIT} --get plan -q").out


def test_laws_are_compared_row_by_row(call) -> None:
    line = "budgetplan plan --budget 1e24 --law besiroglu-2024,default,llama3-2024"
    data = call(f"{line} --format json").data
    assert data["schema"] == "budgetplan/laws-compared/1"
    assert [row["law"]["id"] for row in data["rows"]] == ["besiroglu-2024", "default", "llama3-2024"]
    rows = list(csv.DictReader(io.StringIO(call(f"{line} --format csv").out)))
    assert [float(row["params"]) for row in rows] == pytest.approx([row["plan"]["params"] for row in data["rows"]], rel=1e-9)
    assert [row["loss"] == "" for row in rows] == [False, False, True]
    lines = call(line).out.split("\n\n")[1].splitlines()
    assert [line.split()[0] for line in lines] == ["law", "besiroglu-2024", "default", "llama3-2024"]


def test_a_compared_law_answers_as_it_does_alone(call) -> None:
    alone = call("budgetplan plan --budget 1e24 --law hoffmann-2022 --format json").data["plan"]
    (compared,) = call("budgetplan plan --budget 1e24 --law hoffmann-2022, --format json").data["rows"]
    assert compared["plan"] == alone


def test_all_laws_are_compared(call) -> None:
    data = call("budgetplan plan --budget 1e24 --law all --format json").data
    answered = {row["law"]["id"] for row in data["rows"]}
    assert {"default", "additive", "shen-2026-chess", "besiroglu-2024", "kaplan-2020", "llama3-2024"} <= answered


def test_a_law_that_cannot_answer_is_told_and_the_others_stand(call) -> None:
    done = call("budgetplan plan --law all --target-loss 1.9")
    assert done.status == 0
    assert re.search(r"^kaplan-2020 +no answer: ", done.out, re.MULTILINE)
    assert re.search(r"^besiroglu-2024 +\d", done.out, re.MULTILINE)


def test_minimax_over_laws(call) -> None:
    line = "budgetplan plan --budget 1e23 --objective minimax-law --law besiroglu-2024,sardana-2024,hoffmann-2022 --format json"
    data = call(line).data
    regret = data["robust"]["regret"]
    assert regret["robust"]["greatest"] < regret["plan"]["greatest"]
    assert data["law"]["id"] == "besiroglu-2024"
