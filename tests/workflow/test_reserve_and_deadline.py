"""Reserve, goodput, deadline and prompts from the scenario to the study."""

from __future__ import annotations

import json

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.errors import ScenarioError

PEAK = 9.894e14  # FLOP/s, H100 dense bf16
DAY = 86400.0
PROMPTS = {"budget": 1e22, "queries": 1e8, "tokens_per_sample": 500}


@pytest.fixture(scope="module")
def kept() -> bp.Study:
    return bp.plan(budget="1e25", gpus="4096xH100", deadline="60d", reserve="30%", goodput="90%")


def test_the_final_run_is_planned_and_the_project_is_told(kept: bp.Study) -> None:
    plain = bp.plan(budget=0.7 * 1e25)
    assert kept.plan.flop["total"] == pytest.approx(7e24, rel=1e-9)
    assert kept.plan.loss == pytest.approx(plain.plan.loss, rel=1e-9)
    told = json.loads(json.dumps(kept.to_dict(), allow_nan=False))["budget"]
    assert told["flop"] == told["final_run"]["flop"] == pytest.approx(7e24)
    assert told["project"]["flop"] == 1e25
    assert told["project"]["gpu_hours"] == pytest.approx(1e25 / (PEAK * 0.4 * 0.9 * 3600), rel=1e-12)
    assert told["final_run"]["gpu_hours"] == pytest.approx(0.7 * told["project"]["gpu_hours"], rel=1e-12)
    assert told["project"]["usd"] == pytest.approx(2.0 * told["project"]["gpu_hours"], rel=1e-12)
    assert (told["price_date"], told["reserve"], told["goodput"]) == ("2024", 0.3, 0.9)
    assert "of 2024" in told["money"]
    assert "the final run's" in told["money"]
    assert "Budget 7.0e24 FLOP of a project of 1.0e25 FLOP" in kept.caption


def test_regret_in_money_is_of_the_final_run(kept: bp.Study) -> None:
    lost = kept.baselines["equal-thirds"].regret
    assert lost is not None
    assert kept.budget.usd is not None
    assert lost.usd == pytest.approx(lost.wasted_compute * kept.budget.usd, rel=1e-12)


def test_goodput_changes_hours_and_no_plan() -> None:
    plain, failing = bp.plan(budget="1e24"), bp.plan(budget="1e24", goodput="50%")
    assert failing.plan.to_dict() == plain.plan.to_dict()
    assert failing.budget.gpu_hours == pytest.approx(2 * plain.budget.gpu_hours, rel=1e-12)
    bought = bp.plan(gpus="256xH100", duration="21d", mfu="40%", goodput="50%", law="besiroglu-2024")
    assert bought.plan.flop["total"] == pytest.approx(129_024 * 3600 * PEAK * 0.4 * 0.5, rel=1e-9)


def test_a_missed_deadline_is_a_warning_that_says_what_fits(kept: bp.Study) -> None:
    told = kept.schedule
    assert told is not None
    assert told.meets_deadline is False
    assert sum(item.duration or 0 for item in told.stretches) == pytest.approx(kept.budget.duration, rel=1e-9)
    (warning,) = [item for item in kept.warnings if item.code == "deadline"]
    for item in told.stretches:
        assert item.fits is ((item.end or 0) <= 60 * DAY)
        if item.trains:
            assert item.title in warning.message
    # so many devices are enough, and one fewer is not
    needed = int(np.ceil(warning.details["gpus_needed"]))
    for count, meets in ((needed, True), (needed - 1, False)):
        again = bp.plan(budget="1e25", gpus=f"{count}xH100", deadline="60d", reserve="30%", goodput="90%")
        assert again.schedule is not None
        assert again.schedule.meets_deadline is meets
        assert any(item.code == "deadline" for item in again.warnings) is not meets


def test_a_deadline_needs_a_number_of_devices() -> None:
    for fields in ({"budget": 1e25}, {"usd": 1e6, "gpu": "H100"}, {"target_loss": 2.1, "law": "besiroglu-2024"}):
        with pytest.raises(ScenarioError, match="`gpus` are missing"):
            bp.plan(**fields, deadline="30d")
    found = bp.plan(target_loss=2.1, law="besiroglu-2024", gpus="256xH100", deadline="300d")
    assert found.schedule is not None
    assert found.schedule.meets_deadline is True


def test_a_target_is_reached_by_the_final_run() -> None:
    plain = bp.plan(target_loss=2.1, law="besiroglu-2024")
    kept = bp.plan(target_loss=2.1, law="besiroglu-2024", reserve="50%")
    assert kept.budget.flop == pytest.approx(plain.budget.flop, rel=1e-12)
    assert kept.budget.project.flop == pytest.approx(2 * plain.budget.flop, rel=1e-12)
    assert kept.plan.loss == pytest.approx(2.1, rel=1e-9)


def test_a_sweep_of_budgets_keeps_the_reserve() -> None:
    rows = bp.sweep({"law": "default", "reserve": "30%"}, budget=np.array([1e24, 1e25]))
    for budget, params, loss in zip(rows["budget"], rows["params"], rows["loss"], strict=True):
        alone = bp.plan(budget=budget, reserve="30%")
        assert (params, loss) == pytest.approx((alone.plan.params, alone.plan.loss), rel=1e-7)


def test_a_prompt_costs_a_forward_pass_per_query() -> None:
    found = bp.plan(**PROMPTS, prompt_tokens=4000, prefill_utilisation=0.8)
    plan = found.plan
    answers = 8 * plan.params * plan.tokens["inference"]
    prompts = 2 / 0.8 * plan.params * 1e8 * 4000
    assert plan.tokens["inference"] == pytest.approx(1e8 * 500 * plan.samples_per_query, rel=1e-9)
    assert plan.flop["inference"] == pytest.approx(answers + prompts, rel=1e-9)
    assert found.schedule is not None
    told = {item.stage: item for item in found.schedule.stretches}
    assert told["prefill"].flop == pytest.approx(prompts, rel=1e-6)
    assert told["prefill"].utilisation == pytest.approx(0.8 * 0.4)
    assert told["inference"].flop == pytest.approx(answers, rel=1e-6)


def test_prompts_only_cost_and_make_the_model_smaller() -> None:
    plain, reading = bp.plan(**PROMPTS), bp.plan(**PROMPTS, prompt_tokens=20_000)
    assert bp.plan(**PROMPTS, prompt_tokens=0).plan.to_dict() == plain.plan.to_dict()
    assert reading.plan.params < plain.plan.params
    assert reading.plan.loss is not None
    assert plain.plan.loss is not None
    assert reading.plan.loss > plain.plan.loss
    same = bp.plan(**PROMPTS, serve=1e8 * 1000 * 0.25, prompt_tokens=0)  # decoded tokens of the same price
    assert bp.plan(**PROMPTS, prompt_tokens=1000).plan.params == pytest.approx(same.plan.params, rel=1e-9)


def test_prompts_without_queries_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"law `besiroglu-2024` assumes no queries.*--queries"):
        bp.plan(budget=1e22, law="besiroglu-2024", prompt_tokens=1000)
    assert bp.plan(budget=1e22, law="besiroglu-2024", queries=1e8, prompt_tokens=1000).plan.flop["inference"] > 0


@pytest.mark.parametrize("limit", [{"fix": "samples_per_query=4"}, {"max": "inference_tokens=2e11"}])
def test_a_sweep_counts_prompts_as_a_plan_does(limit: dict[str, str]) -> None:
    fields = {**PROMPTS, **limit, "prompt_tokens": 3000}
    fields.pop("queries")
    rows = bp.sweep(fields, queries=np.array([5e7, 1e8]))
    for queries, *cells in zip(rows["queries"], rows["params"], rows["inference_tokens"], rows["loss"], strict=True):
        alone = bp.plan(**fields, queries=queries).plan
        assert cells == pytest.approx([alone.params, alone.tokens["inference"], alone.loss], rel=1e-6)
    if "fix" in limit:
        assert rows["inference_tokens"].to_numpy() == pytest.approx(4 * 500 * rows["queries"].to_numpy(), rel=1e-9)
    else:
        assert (rows["inference_tokens"] <= 2e11 * (1 + 1e-9)).all()
