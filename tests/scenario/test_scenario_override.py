"""The last word holds: overriding a field drops what it contradicts in the base, and nothing else."""

from __future__ import annotations

import pytest

from budgetplan.errors import ScenarioError
from budgetplan.scenario import Scenario, override, scenario_from_fields

GPUS = {"gpus": "256xH100", "duration": "21d", "mfu": "40%"}


def given(scenario: Scenario) -> set[str]:
    """Return the fields that differ from the defaults."""
    return {name for name in Scenario.model_fields if getattr(scenario, name) != getattr(Scenario(), name)}


@pytest.mark.parametrize(
    ("base", "update", "left"),
    [
        ({"budget": 1e25}, {"usd": 2e6}, {"usd"}),
        ({"usd": 2e6, "price": 2, "gpu": "H100"}, {"budget": 1e25}, {"budget", "price", "gpu"}),
        (GPUS, {"budget": 1e25}, {"budget", "mfu"}),
        (GPUS, {"usd": 2e6}, {"usd", "mfu"}),
        (GPUS, {"duration": "7d"}, {"gpus", "duration", "mfu"}),
        ({"budget": 1e25}, {"gpus": "8xH100", "duration": "1d"}, {"gpus", "duration"}),
        ({"budget": 1e25}, {"gpus": "8xH100", "mfu": "40%"}, {"budget", "gpus", "mfu"}),
        ({"budget": 1e25, "gpus": "8xH100", "mfu": 0.4}, {"budget": 2e25}, {"budget", "gpus", "mfu"}),
        ({"budget": 1e25, "gpus": "8xH100", "mfu": 0.4}, {"duration": "9d"}, {"gpus", "mfu", "duration"}),
        ({"budget": 1e25, "gpus": "8xH100", "duration": "1d"}, {"duration": "9d"}, {"budget", "gpus", "duration"}),
        ({"budget": 1e25, "gpus": "8xH100", "duration": "1d"}, {"mfu": 0.4}, {"gpus", "duration", "mfu"}),
        ({"budget": 1e25, **GPUS}, {"budget": 2e25}, {"budget", "gpus", "mfu"}),
        ({"usd": 2e6}, {"gpus": "8xH100", "duration": "1d"}, {"gpus", "duration"}),
        ({"target_loss": 0.2}, {"budget": 1e25}, {"budget"}),
        ({"target_loss": 0.2}, {"target_success": 0.9}, {"target_success"}),
        ({"budget": 1e25}, {"target_loss": 0.2}, {"target_loss"}),
        (GPUS, {"target_loss": 0.2}, {"gpus", "mfu", "target_loss"}),
        ({"target_loss": 0.2}, {"gpus": "8xH100", "duration": "1d"}, {"gpus", "duration"}),
        ({"params": 8e9}, {"fix": {"params": 7e9}}, {"fix"}),
        ({"fix": {"params": 8e9}}, {"params": 7e9}, {"params"}),
        ({"params": 8e9}, {"min": {"params": 7e9}}, {"min"}),
        ({"min": {"params": 8e9}, "max": {"params": 9e9}}, {"params": 7e9}, {"params"}),
        ({"fix": {"rl_share": 0.1}}, {"max": "rl_share=20%"}, {"max"}),
    ],
)
def test_a_new_field_drops_what_it_contradicts(base: dict[str, object], update: dict[str, object], left: set[str]) -> None:
    before = scenario_from_fields(base)
    assert given(scenario_from_fields(update, before)) == left
    assert given(override(before, update)) == left
    assert given(before) == set(base)


def test_limits_and_links_are_joined_and_not_replaced() -> None:
    base = scenario_from_fields({"fix": {"rl_share": 0.1}, "link": {"rl": "scalerl-8b"}})
    changed = scenario_from_fields({"fix": "params=8B", "link": {"task": "mine"}}, base)
    assert changed.fix == {"rl_share": 0.1, "params": 8e9}
    assert changed.link == {"rl": "scalerl-8b", "task": "mine"}


def test_dotted_paths_change_one_part() -> None:
    base = scenario_from_fields({"budget": "1e25", "min": {"params": "1B"}, "checkpoint": "8B,15T"})
    changed = override(base, {"max.rl_share": "5%", "min.rl_tokens": 0, "checkpoint.tokens": "2T", "budget": "2e24"})
    assert changed.budget == 2e24
    assert changed.max == {"rl_share": 0.05}
    assert changed.min == {"params": 1e9, "rl_tokens": 0.0}
    assert changed.checkpoint == (8e9, 2e12)
    assert base.budget == 1e25
    shared = scenario_from_fields({"share": {"pretraining": 0.5, "rl": 0.3, "inference": 0.2}})
    assert override(shared, {"share.rl": 0.5, "share.inference": 0}).share == {
        "pretraining": 0.5,
        "rl": 0.5,
        "inference": 0.0,
    }


def test_a_field_is_taken_back_by_null() -> None:
    base = scenario_from_fields({"budget": "1e25", "fix": {"rl_share": 0.1, "params": 1e9}, "method": "ppo"})
    changed = override(base, {"fix.params": "2B", "fix.rl_share": None, "method": "null"})
    assert changed.fix == {"params": 2e9}
    assert changed.method == "grpo"
    assert override(base, {"verifier": "none"}).verifier == "none"


@pytest.mark.parametrize(
    ("changes", "beginnings"),
    [
        ({"max.rl_shar": 0.1}, ["max.rl_shar: there is no such key. Did you mean `rl_share`"]),
        ({"budget.flop": 1}, ["budget.flop: there is no such key"]),
        ({"bugdet": 1, "mfu": 7}, ["bugdet: there is no such key. Did you mean `budget`", "mfu: `7`"]),
        ({"budget": 1e25, "usd": 1e6}, ["usd: the budget is given twice"]),
        ({"fix": "garbage"}, ["fix: `garbage` is not of the form KEY=VALUE"]),
        ({"checkpoint.params": "8B"}, ["checkpoint: "]),
        ({"share.rl": 0.5}, ["share: the shares sum to 0.5"]),
    ],
)
def test_wrong_overrides_are_all_told(changes: dict[str, object], beginnings: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        override(scenario_from_fields({"checkpoint": "llama-3-8b"}), changes)
    assert len(caught.value.problems) == len(beginnings)
    for problem, beginning in zip(caught.value.problems, beginnings, strict=True):
        assert problem.startswith(beginning)
