"""Arguments of the functions: a number out of range is refused, a scenario's own words hold, and one value is not many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import budgetplan as bp
from budgetplan.scenario import Scenario

LAW = "besiroglu-2024"

REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: bp.max_params(latency="0.01s", gpu="H100", chips=-1), "chips: `-1` is negative"),
    (lambda: bp.max_params(latency="0.01s", gpu="H100", chips=float("nan")), "chips: `nan` is not a finite number"),
    (lambda: bp.pilot(budget=1e24, pilot=1e21, law=LAW, noise=0), "noise: `0` is zero"),
    (lambda: bp.rl_run(budget=1e24, group_size=1), "`group_size` is 1"),
    (lambda: bp.rl_run(budget=1e24, task_sets=[]), "`task_sets` names no number"),
    (lambda: bp.rl_run(budget=1e24, trained_share=2), "trained_share: `2` is 2"),
    (lambda: bp.break_even(params=("8B",), target_loss=2.02), "`params` has 1 sizes"),  # type: ignore[arg-type]
    (lambda: bp.crossover(when="params>70B", tolerance=0), "tolerance: `0` is zero"),
    (lambda: bp.crossover(when="params>70B", target_loss=2.0), "`target_loss` asks for the least compute"),
    (lambda: bp.thirds_condition(target_success=0.9), "`target_success` asks for the least compute"),
    (lambda: bp.thirds_condition(budget=[]), "No budget is named"),
    (lambda: bp.compare_laws(budget=1e23, laws=[]), "No law is named"),
    (lambda: bp.region(budget=1e25, law="additive", tolerance=1), "tolerance: `1` leaves nothing"),
]


@pytest.mark.parametrize(("ask", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_is_out_of_range_is_refused(ask: Callable[[], Any], said: str) -> None:
    with pytest.raises(bp.errors.BudgetPlanError) as caught:
        ask()
    assert said in str(caught.value)


def test_numbers_may_be_text() -> None:
    found = bp.crossover(law=LAW, when="params>70B", span=("1e22", "1e26"), tolerance="10%")  # type: ignore[arg-type]
    assert found.tolerance == 0.1


def test_the_scenario_says_at_which_budget_and_how_strictly_thirds_are_asked_about() -> None:
    scenario = Scenario(budget=1e24, law="additive", tolerance=0.3)
    found = bp.thirds_condition(scenario, coefficients=["gamma"])
    assert [row.budget for row in found.rows] == [1e24]
    assert found.tolerance == 0.3
    assert found.rows[0].within


def test_thirds_are_asked_about_at_the_budget_that_money_buys() -> None:
    bought = bp.thirds_condition(law="additive", usd="2Musd", gpu="H100", coefficients=["gamma"]).rows[0].budget
    assert bought == bp.plan(law=LAW, usd="2Musd", gpu="H100").budget.flop


def test_the_scenario_says_how_wide_the_region_is() -> None:
    narrow, wide = (bp.region(Scenario(budget=1e25, law="additive", tolerance=part)) for part in (0.01, 0.1))
    spread = [float(table["rl_share"].max() - table["rl_share"].min()) for table in (narrow, wide)]
    assert spread[0] < 0.7 * spread[1]


def test_a_checkpoint_is_one_value_and_a_dotted_field_a_field() -> None:
    table = bp.sweep(law=LAW, budget=[1e23], checkpoint=(8e9, 1e12))
    assert table["params"].tolist() == pytest.approx([8e9])
    names = bp.sweep(law=LAW, budget=1e23, checkpoint=["llama-3-8b", "olmo-2-7b"])
    assert names["checkpoint"].tolist() == ["llama-3-8b", "olmo-2-7b"]
    limited = bp.sweep(law="additive", budget=[1e24], **{"max.rl_share": 0.05})
    assert limited["rl_share"].tolist() == pytest.approx([0.05])
