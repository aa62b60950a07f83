"""Plans with draws: the contract's intervals, regret and region, the same for the same seed."""

from __future__ import annotations

import json

import pytest

import budgetplan as bp

NAMES = {
    "loss", "params", "pretraining_tokens", "rl_tokens", "inference_tokens", "samples_per_query", "pretraining_share", "rl_share",
    "inference_share", "wasted_compute", "regret", "beats_equal_thirds",
}  # fmt: skip


def test_intervals_of_the_default_law() -> None:
    study = bp.plan(budget="1e25", draws=300, seed=0)
    assert study.intervals is not None
    assert set(study.intervals) == NAMES
    for name, item in study.intervals.items():
        if name != "beats_equal_thirds":
            assert item["q05"] <= item["q50"] <= item["q95"]
    assert study.intervals["params"]["q05"] < study.plan.params < study.intervals["params"]["q95"]
    assert 0.8 < study.intervals["beats_equal_thirds"] <= 1
    assert study.regret is not None
    assert study.regret["plan"]["expected"] < study.regret["equal-thirds"]["expected"]
    assert study.regret["plan"]["worst_tenth"] >= study.regret["plan"]["expected"]
    data = study.to_dict()
    assert {"tolerance", "ranges", "vertices", "equal_thirds_inside"} <= set(data["region"])
    assert json.dumps(data) == json.dumps(bp.plan(budget="1e25", draws=300, seed=0).to_dict())


@pytest.mark.parametrize(
    ("fields", "name", "amount"),
    [
        ({"queries": 1e8, "prompt_tokens": 20000, "fix": {"samples_per_query": 3}}, "inference_tokens", 3 * 1e8 * 2000),
        ({"checkpoint": "8B,15T", "fix": {"pretraining_tokens": 16e12}}, "pretraining_tokens", 16e12),
    ],
    ids=["prompts", "checkpoint"],
)
def test_intervals_count_tokens_as_the_plan_does(fields: dict[str, object], name: str, amount: float) -> None:
    study = bp.plan(budget=1e24, draws=20, **fields)
    assert study.plan.tokens[name.removesuffix("_tokens")] == pytest.approx(amount, rel=1e-7)
    assert study.intervals is not None
    assert list(study.intervals[name].values()) == pytest.approx([amount] * 3, rel=1e-6)


def test_pretraining_law_has_intervals_without_thirds() -> None:
    study = bp.plan(budget="1e23", law="besiroglu-2024", draws=500)
    assert study.intervals is not None
    assert "beats_equal_thirds" not in study.intervals
    assert study.region is None
    assert study.intervals["params"]["q05"] < study.plan.params < study.intervals["params"]["q95"]


def test_law_without_spread_is_refused() -> None:
    with pytest.raises(bp.errors.ScenarioError, match="states no spread"):
        bp.plan(budget="1e23", law="hoffmann-2022", draws=10)


def test_tolerance_alone_gives_the_region() -> None:
    study = bp.plan(budget="1e25", tolerance="5%")
    assert study.intervals is None
    assert study.region is not None
    assert study.region.tolerance == 0.05
