"""The shipped scenarios run as they are, and Pope's own numbers come out of his."""

from __future__ import annotations

from typing import Any

import pytest

from budgetplan.datafiles import data_path
from tests.cli.conftest import Call

NAMES = ("academic", "frontier-lab", "national-lab", "pope", "startup")


def planned(call: Call, name: str) -> Any:
    done = call(f"budgetplan plan '{data_path('scenarios', f'{name}.yaml')}' --draws 0 --format json")
    assert done.status == 0, done.err
    return done.data


def test_every_shipped_scenario_is_named_here() -> None:
    assert sorted(path.stem for path in data_path("scenarios").glob("*.yaml")) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_is_planned_and_no_worse_than_equal_thirds(call: Call, name: str) -> None:
    answer = planned(call, name)
    assert answer["certificate"]["status"] == "optimal"
    assert answer["plan"]["flop"]["total"] == pytest.approx(answer["budget"]["flop"], rel=1e-9)
    assert answer["plan"]["loss"] <= answer["baselines"]["equal-thirds"]["loss"]


@pytest.mark.parametrize(
    ("name", "flop"),
    [
        ("academic", 4 * 165e12 * 0.35 * 30 * 86400),
        ("national-lab", 2048 * 989.5e12 * 0.38 * 90 * 86400),
        ("startup", 500_000 / 2.5 * 3600 * 989.5e12 * 0.40),
    ],
)
def test_devices_and_money_give_the_budget_by_hand(call: Call, name: str, flop: float) -> None:
    assert planned(call, name)["budget"]["flop"] == pytest.approx(flop, rel=2e-3)


def test_the_start_up_keeps_its_checkpoint(call: Call) -> None:
    plan = planned(call, "startup")["plan"]
    assert plan["params"] == pytest.approx(8e9, rel=0.01)
    assert plan["tokens"]["pretraining"] >= 15e12


def test_popes_cost_factors_tokens_and_over_training(call: Call) -> None:
    """His beta = (2/6)/0.3 and alpha of 1.11 to 3.33 relative to a pre-training token; 2e14 tokens are 100 x 20N."""
    thirds = planned(call, "pope")["baselines"]["equal-thirds"]
    stages = ("pretraining", "rl", "inference")
    per_token = {stage: thirds["flop"][stage] / (thirds["params"] * thirds["tokens"][stage]) for stage in stages}
    beta = per_token["inference"] / per_token["pretraining"]
    alpha = per_token["rl"] / per_token["pretraining"]
    assert beta == pytest.approx(2 / 6 / 0.3, rel=1e-9)
    assert beta == pytest.approx(1, rel=0.12)
    assert 2 / 6 / 0.3 <= alpha <= 6 / 6 / 0.3
    assert thirds["params"] == pytest.approx(1e11, rel=1e-9)
    assert thirds["tokens"]["pretraining"] / (20 * thirds["params"]) == pytest.approx(100, rel=1e-9)
    assert thirds["tokens"]["inference"] == pytest.approx(2e14, rel=0.30)
