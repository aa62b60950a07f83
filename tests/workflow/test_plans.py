"""Plans end to end: the contract's shape, baselines at the same demand, targets, checkpoints, limits, policies."""

from __future__ import annotations

import json

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.errors import InfeasibleError, ScenarioError

ALLOCATION = {
    "params",
    "tokens",
    "flop",
    "share",
    "queries",
    "samples_per_query",
    "tokens_per_param",
    "pretraining_loss",
    "success",
    "task_loss",
    "loss",
}


@pytest.fixture(scope="module")
def study():
    return bp.plan(budget="1e25")


def test_the_json_has_the_contracts_keys(study) -> None:
    answer = json.loads(json.dumps(study.to_dict(), allow_nan=False))
    assert answer["schema"] == "budgetplan/study/1"
    assert set(answer["law"]) == {"id", "links", "hash"}
    assert set(answer["plan"]) >= ALLOCATION
    assert set(answer["baselines"]) == {"equal-thirds", "equal-tokens", "chinchilla"}
    for baseline in answer["baselines"].values():
        assert set(baseline["regret"]) == {"loss", "wasted_compute", "usd"}
    wanted = {"status", "kkt_residual", "start_spread", "active_limits", "shadow_prices", "lower_bound"}
    assert set(answer["certificate"]) >= wanted
    assert answer["intervals"] is None


def test_the_budget_is_spent_and_the_parts_add_up(study) -> None:
    for item in (study.plan, *study.baselines.values()):
        assert item.flop["total"] == pytest.approx(1e25, rel=1e-9)
        assert sum(item.share.values()) == pytest.approx(1, abs=1e-12)
        kappa = {"pretraining": 6, "rl": 14, "inference": 8}
        for stage, price in kappa.items():
            assert item.flop[stage] == pytest.approx(price * item.params * item.tokens[stage], rel=1e-9)
        served = item.queries * item.samples_per_query * 2000
        assert item.tokens["inference"] == pytest.approx(served, rel=1e-9)


def test_the_plan_agrees_with_the_law_called_by_hand(study) -> None:
    plan = study.plan
    law = bp.load_law("default")
    loss = law.loss(
        params=plan.params,
        pretraining_tokens=plan.tokens["pretraining"],
        rl_tokens=plan.tokens["rl"],
        samples_per_query=plan.samples_per_query,
    )
    assert float(loss) == pytest.approx(plan.loss, rel=1e-10)
    assert plan.task_loss == pytest.approx(-np.log(plan.success), rel=1e-9)


def test_baselines_are_what_they_say(study) -> None:
    thirds, tokens, chinchilla = (study.baselines[name] for name in ("equal-thirds", "equal-tokens", "chinchilla"))
    assert list(thirds.share.values()) == pytest.approx([1 / 3] * 3, rel=1e-9)
    amounts = list(tokens.tokens.values())
    assert amounts == pytest.approx([amounts[0]] * 3, rel=1e-9)
    assert chinchilla.tokens["rl"] == 0
    assert chinchilla.samples_per_query == pytest.approx(1, rel=1e-9)
    assert all(item.queries == study.plan.queries for item in study.baselines.values())


def test_wasted_compute_is_the_budget_at_which_the_optimum_matches(study) -> None:
    thirds = study.baselines["equal-thirds"]
    demand = study.plan.queries
    smaller = bp.plan(budget=1e25 * (1 - thirds.regret.wasted_compute), queries=demand, tokens_per_sample=2000)
    assert smaller.plan.loss == pytest.approx(thirds.loss, rel=1e-8)
    assert thirds.regret.usd == pytest.approx(thirds.regret.wasted_compute * study.budget.usd)
    assert thirds.regret.loss == pytest.approx(thirds.loss - study.plan.loss)


def test_thirds_are_worse_than_the_optimum_but_re_optimise_their_size(study) -> None:
    thirds = study.baselines["equal-thirds"]
    fixed = bp.score(budget=1e25, share={"pretraining": "1/3", "rl": "1/3", "inference": "1/3"}, params=study.plan.params)
    assert study.plan.loss < thirds.loss < fixed.plan.loss


@pytest.mark.parametrize("budget", [1e23, 1e24, 1e25, 1e26, 1e27])
def test_the_default_law_has_interior_optima(budget) -> None:
    plan = bp.plan(budget=budget).plan
    assert min(plan.share.values()) > 0.01
    assert plan.samples_per_query > 1.5


def test_a_target_inverts_a_budget(study) -> None:
    answer = bp.plan(target_success=study.plan.success)
    assert answer.budget.flop == pytest.approx(1e25, rel=1e-6)
    loss = bp.plan(budget=3e22, law="besiroglu-2024").plan.loss
    assert bp.plan(target_loss=loss, law="besiroglu-2024").budget.flop == pytest.approx(3e22, rel=1e-8)


def test_a_target_below_the_floor_has_no_answer() -> None:
    with pytest.raises(InfeasibleError, match=r"irreducible loss of 1\.8172"):
        bp.plan(target_loss=1.5, law="besiroglu-2024")


def test_a_checkpoints_tokens_are_free_and_count() -> None:
    plan = bp.plan(budget=1e24, checkpoint="8B,1T").plan
    assert plan.params == pytest.approx(8e9)
    assert plan.tokens["pretraining"] > 1e12
    assert plan.flop["pretraining"] == pytest.approx(6 * 8e9 * (plan.tokens["pretraining"] - 1e12), rel=1e-6)
    bought = bp.plan(budget=1e24, params=8e9).plan
    assert plan.loss < bought.loss


def test_limits_hold_and_cost() -> None:
    free = bp.plan(budget=1e24).plan
    capped = bp.plan(budget=1e24, max={"rl_share": "5%"})
    assert capped.plan.share["rl"] == pytest.approx(0.05, rel=1e-7)
    assert capped.plan.loss > free.loss
    assert "rl_share" in capped.certificate.active_limits
    assert all(item.share["rl"] <= 0.05 * (1 + 1e-9) for item in capped.baselines.values())
    assert all(item.regret.loss >= -1e-10 for item in capped.baselines.values())


def test_a_budget_that_limits_leave_unspent_is_answered_with_the_amount() -> None:
    caps = {"params": 1e9, "pretraining_tokens": 1e10, "rl_tokens": 1e10, "samples_per_query": 2}
    answer = bp.plan(budget=1e24, max=caps)
    assert answer.certificate.unspent == pytest.approx(1e24 - answer.plan.flop["total"], rel=1e-9)
    caution = next(item for item in answer.warnings if item.code == "unspent")
    assert "`pretraining_tokens`" in caution.message


def test_conflicting_limits_are_named() -> None:
    with pytest.raises(InfeasibleError) as caught:
        bp.plan(budget=1e24, min={"rl_tokens": 1e15, "params": 1e10}, max={"rl_share": 0.01})
    assert set(caught.value.limits) >= {"rl_share", "rl_tokens"}


def test_served_tokens_only_cost() -> None:
    free, serving = (bp.plan(budget=1e24, law="besiroglu-2024", serve=amount) for amount in (None, 1e13))
    assert serving.plan.params < free.plan.params
    assert serving.plan.flop["inference"] == pytest.approx(8 * serving.plan.params * 1e13)
    assert serving.baselines == {}


def test_a_policy_has_a_size_and_no_loss() -> None:
    plan = bp.plan(budget=8.64e19, law="kaplan-2020").plan
    assert plan.params == pytest.approx(1.3e9)
    assert bp.plan(budget=1e24, law="deepseek-2024").plan.loss is None
    with pytest.raises(ScenarioError, match="policy"):
        bp.plan(budget=1e24, law="deepseek-2024", max={"params": 1e9})


def test_a_single_link_cannot_be_planned_with() -> None:
    with pytest.raises(ScenarioError, match="only the rl link"):
        bp.plan(budget=1e24, law="scalerl-8b")


def test_operations_price_every_stage_at_full_utilisation() -> None:
    plan = bp.plan(budget=1e24, count="operations").plan
    assert plan.flop["rl"] == pytest.approx(8 * plan.params * plan.tokens["rl"])
    assert plan.flop["inference"] == pytest.approx(2 * plan.params * plan.tokens["inference"])


def test_certify_proves_the_bound() -> None:
    answer = bp.plan(budget=1e25, certify=True)
    assert answer.plan.loss * (1 - 1.0001e-3) <= answer.certificate.lower_bound <= answer.plan.loss


def test_the_same_question_gives_the_same_bytes(study) -> None:
    assert json.dumps(bp.plan(budget="1e25").to_dict()) == json.dumps(study.to_dict())


def test_a_study_shows_itself_and_escapes(study) -> None:
    assert "<table" in study._repr_html_()
    frame = study.to_frame()
    assert list(frame.index) == ["plan", "equal-thirds", "equal-tokens", "chinchilla"]
    assert frame.loc["plan", "params"] == study.plan.params
