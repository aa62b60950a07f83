"""The first screen: the finding first, equal thirds beside it, every assumption named, within 80 columns."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace

import pytest

from budgetplan.cli.first_screen import first_screen
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow import Study, plan


@pytest.fixture(scope="module")
def study() -> Study:
    return plan(scenario_from_fields({"budget": "1e25"}), command="budgetplan plan --budget 1e25")


def _labels(text: str) -> list[str]:
    below = text.split("\n\n")[-1]
    return [line.split("  ")[0] for line in below.splitlines() if not line.startswith(" ")]


@pytest.mark.parametrize("width", [80, 100, 120])
def test_it_keeps_to_the_width(width: int, study: Study) -> None:
    lines = first_screen(study).text(width).splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0].startswith(study.headline[:40])
    assert all(line == line.rstrip() for line in lines)


def test_it_is_short(study: Study) -> None:
    assert len(first_screen(study).text(120).splitlines()) <= 22


def test_its_lines_come_in_order(study: Study) -> None:
    text = first_screen(study).text(120)
    assert _labels(text) == ["why", "cost", "proof", "assumed", "beware", "again"]
    names = [line.split("  ")[0] for line in text.split("\n\n")[1].splitlines()[1:]]
    assert names == ["model", "pre-training", "RL", "inference", "success", "task loss"]


def test_its_figures_are_those_of_the_study(study: Study) -> None:
    text = first_screen(study).text(120)
    thirds = study.baselines["equal-thirds"]
    row = re.split(r"\s{2,}", next(line for line in text.splitlines() if line.startswith("RL ")))
    assert float(row[1].removesuffix(" T")) * 1e12 == pytest.approx(study.plan.tokens["rl"], rel=5e-3)
    assert float(row[2]) == pytest.approx(study.plan.flop["rl"], rel=5e-2)
    assert float(row[3].removesuffix(" %")) / 100 == pytest.approx(study.plan.share["rl"], abs=5e-3)
    assert row[4] == "33 %"
    loss = re.split(r"\s{2,}", next(line for line in text.splitlines() if line.startswith("task loss")))
    assert float(loss[1]) == pytest.approx(study.plan.task_loss, rel=5e-4)
    assert float(loss[2]) == pytest.approx(thirds.task_loss, rel=5e-4)
    assert float(loss[3].split()[0]) == pytest.approx(thirds.regret.loss, rel=5e-2)


def test_every_assumption_is_named(study: Study) -> None:
    text = " ".join(first_screen(study).text(120).split())
    for sentence in study.assumptions:
        if sentence in study.budget.assumed:
            assert re.search(rf"assumed: [^;]*\b{sentence.partition(':')[0]}\b", text, re.IGNORECASE)
        else:
            assert sentence.rstrip(".") in text


def test_three_warnings_are_told_and_the_rest_counted(study: Study) -> None:
    text = " ".join(first_screen(study).text(120).split())
    told = [item.message for item in study.warnings if item.message in text]
    assert told == [item.message for item in study.warnings[:3]]
    assert f"And {len(study.warnings) - 3} more: --format json" in text
    assert " more: " not in first_screen(replace(study, warnings=study.warnings[:3])).text(120)


def test_certainty_is_told_only_where_there_are_draws(study: Study) -> None:
    assert "how sure" not in first_screen(study).text(120)
    ends = {"q05": 0.18, "q50": 0.3, "q95": 0.41}
    intervals = {"beats_equal_thirds": 0.83, "rl_share": ends, "params": {"q05": 60e9, "q50": 9e10, "q95": 170e9}}
    text = first_screen(replace(study, intervals=intervals)).text(120)
    assert "how sure  beats equal thirds in 83 % of draws; 90 %: RL 18-41 %, N 60-170 B" in text


def test_again_repeats_the_plan_whatever_was_quoted(call) -> None:
    line = "budgetplan plan --budget '1e25 FLOP' --fix samples_per_query=4 --max rl_share=50% --min 'pretraining_share=1 %'"
    text = call(line).out
    again = text[text.index("\nagain") + 6 :].replace("\\\n", " ")
    assert shlex.split(again) == shlex.split(line)
    assert call(shlex.join(shlex.split(again))).out == text


def test_a_pretraining_law_shows_only_its_rows(call) -> None:
    rows = call("budgetplan plan --budget 5.76e23 --law besiroglu-2024").out.split("\n\n")[1].splitlines()
    assert [row.split("  ")[0] for row in rows[1:]] == ["model", "pre-training", "loss"]
    assert "equal" not in rows[0]
    assert "72.2 B" in rows[1]


def test_served_tokens_get_a_row(call) -> None:
    done = call("budgetplan plan --budget 1e24 --law besiroglu-2024 --serve 1T")
    assert re.search(r"^inference +1 T ", done.out, re.MULTILINE)


def test_a_policy_shows_no_loss_and_claims_no_proof(call) -> None:
    out = call("budgetplan plan --budget 1e25 --law llama3-2024").out
    assert "\nloss" not in out
    assert "proof   none: a published policy" in out


def test_a_target_tells_the_least_compute(call) -> None:
    done = call("budgetplan plan --target-success 90%")
    budget = call("budgetplan plan --target-success 90% --get budget.flop -q")
    (shown,) = re.findall(r"least compute ([0-9.e]+) FLOP", done.out)
    assert float(shown) == pytest.approx(float(budget.out), rel=5e-3)
    assert re.search(r"^success +90.0 %", done.out, re.MULTILINE)


def test_limits_that_hold_are_told(call) -> None:
    out = call("budgetplan plan --budget 1e25 --max rl_share=20%").out
    assert "limits that hold: rl_share" in out
    assert re.search(r"^RL .* 20 % ", out, re.MULTILINE)


def test_a_certified_plan_tells_its_bound(call) -> None:
    line = "budgetplan plan --budget 1e24 --law besiroglu-2024 --certify"
    certificate = call(f"{line} --format json").data["certificate"]
    assert f"no plan reaches a loss below {certificate['lower_bound']:.4g} (proven)" in call(line).out
