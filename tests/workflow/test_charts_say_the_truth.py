"""Captions and labels of figures: what they say holds for the plan that is drawn."""

from __future__ import annotations

import pytest

from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow.charts.frontier_chart import frontier_chart
from budgetplan.workflow.charts.marginal_chart import marginal_chart
from budgetplan.workflow.charts.waterfall_chart import waterfall_chart
from budgetplan.workflow.plans.planner import plan


def test_stages_earn_the_same_only_without_limits() -> None:
    assert "every stage earns the same per FLOP" in marginal_chart(scenario_from_fields({"budget": 1e24})).caption
    limited = marginal_chart(scenario_from_fields({"budget": 1e24, "max": {"rl_share": 0.05}}))
    assert "do not earn the same per FLOP" in limited.caption


def test_no_state_of_the_waterfall_beats_the_optimum_by_serving_less() -> None:
    scenario = scenario_from_fields({"budget": 1e24, "queries": 1e9})
    study = plan(scenario)
    thirds = study.baselines["equal-thirds"]
    assert study.plan.samples_per_query == pytest.approx(1.0, rel=1e-9)
    assert thirds.params > study.plan.params  # at the plan's share such a model could not serve all queries
    loss = waterfall_chart(scenario).loss
    assert loss[0] == pytest.approx(thirds.loss, rel=1e-9)
    assert loss[-1] == pytest.approx(study.plan.loss, rel=1e-9)
    assert loss[2] >= study.plan.loss * (1 - 1e-12)


@pytest.mark.parametrize(
    ("law", "label"),
    [("default", "Task loss (nat)"), ("additive", "Loss (nat)"), ("besiroglu-2024", "Pre-training loss (nat/token)")],
)
def test_a_loss_is_called_what_it_is(law: str, label: str) -> None:
    assert frontier_chart(scenario_from_fields({"budget": 1e24, "law": law})).loss_name == label
