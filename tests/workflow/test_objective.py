"""A robust objective is planned for or refused, and never passed over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from budgetplan.errors import ScenarioError
from budgetplan.scenario import Scenario, scenario_from_fields
from budgetplan.workflow import plan, regret_curve, score, sensitivity, ternary_map, thirds_condition
from budgetplan.workflow.charts.figure_kinds import figure_data
from budgetplan.workflow.questions.checkpoint_table import checkpoint_table
from budgetplan.workflow.questions.condition import read_condition
from budgetplan.workflow.questions.crossover import crossover
from budgetplan.workflow.questions.data_value import data_value
from budgetplan.workflow.questions.pilot_study import pilot_study
from budgetplan.workflow.questions.rl_run import rl_run
from budgetplan.workflow.questions.trades import trades

QUESTIONS: dict[str, Callable[[Scenario], Any]] = {
    "trades": trades,
    "score": score,
    "sensitivity": sensitivity,
    "ternary": ternary_map,
    "regret": regret_curve,
    "thirds": lambda scenario: thirds_condition(scenario, [1e24]),
    "checkpoints": checkpoint_table,
    "crossover": lambda scenario: crossover(scenario, when=read_condition("params>70B")),
    "epochs": data_value,
    "rl-run": rl_run,
    "pilot": lambda scenario: pilot_study(scenario, 1e21),
} | {
    kind: lambda scenario, kind=kind: figure_data(kind, scenario)
    for kind in ("waterfall", "region", "shares", "marginal", "frontier")
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_told_at_the_laws_optimum_refuses_another(name: str) -> None:
    fields = {"budget": 1e24, "objective": "expected", "share": {"pretraining": 0.4, "rl": 0.3, "inference": 0.3}}
    with pytest.raises(ScenarioError, match="is told at the optimum of the law itself, and `objective` is expected") as caught:
        QUESTIONS[name](scenario_from_fields(fields))
    assert "plan --objective expected" in caught.value.hint


def test_a_policy_has_no_robust_plan_and_says_what_it_cannot_tell() -> None:
    with pytest.raises(ScenarioError, match="without a loss there is no regret"):
        plan(scenario_from_fields({"budget": 1e24, "law": "llama3-2024", "objective": "cvar10"}))
    study = plan(scenario_from_fields({"budget": 1e24, "law": "llama3-2024", "draws": 100, "certify": True, "serve": "1T"}))
    (said,) = [item.message for item in study.warnings if item.code == "policy"]
    assert "nothing for `draws` and `certify` to tell" in said
    assert any("decoding at 0.25" in line for line in study.assumptions)
