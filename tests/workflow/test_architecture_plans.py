"""Plans with an architecture: their own cost to the digit, the optimum of that cost, and nothing changed without a context."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import budgetplan as bp
from budgetplan.costs.architecture_family import attended_ratio, family_params
from budgetplan.costs.architecture_params import block_params, count_params
from budgetplan.costs.architecture_table import find_architecture
from budgetplan.costs.attention import attention_flop
from budgetplan.errors import ScenarioError, UnknownNameError
from budgetplan.planning.allocation import Allocation
from budgetplan.planning.bound import lower_bound
from budgetplan.planning.solver import solve
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow import regret_curve, ternary_map, thirds_condition
from budgetplan.workflow.charts.frontier_chart import frontier_chart
from budgetplan.workflow.charts.shares_chart import shares_chart
from budgetplan.workflow.resolve.question import resolve

DENSE: dict[str, Any] = {"budget": 1e24, "law": "besiroglu-2024", "architecture": "llama-3.1-8b"}
SPARSE: dict[str, Any] = {"budget": 1e24, "architecture": "deepseek-v3"}
PRICES = (6.0, 14.0, 8.0)  # FLOP per param and token, GRPO, decoding at a quarter


def cost(name: str, lengths: tuple[float, float], params: float, tokens: Any) -> Any:
    """Compute of the stages by the count of the family, nothing of the planner in it. [FLOP]"""
    ratios = [attended_ratio(find_architecture(name), params, length) for length in (lengths[0], lengths[1], lengths[1])]
    return [price * ratio * params * amount for price, ratio, amount in zip(PRICES, ratios, tokens, strict=True)]


def told(item: Allocation) -> list[float]:
    return list(item.tokens.values())


@pytest.mark.parametrize("context", [4096, 131072])
@pytest.mark.parametrize("fields", [DENSE, SPARSE], ids=["dense", "sparse"])
def test_a_plan_costs_what_the_pure_count_says(fields: dict[str, Any], context: int) -> None:
    study = bp.plan(**fields, context=context)
    item, plan = find_architecture(fields["architecture"]), study.plan
    t = (block_params(item) / family_params(item, plan.params, "all", "blocks")) ** (-1.0 / 3.0)
    by_hand = plan.tokens["pretraining"] * (6.0 * plan.params + 3.0 * t**2 * attention_flop(item, context))
    assert plan.flop["pretraining"] == pytest.approx(by_hand, rel=1e-9)
    assert list(plan.flop.values())[:3] == pytest.approx(
        cost(fields["architecture"], (context, context), plan.params, told(plan)), rel=1e-9
    )
    assert plan.flop["total"] == pytest.approx(1e24, rel=1e-9)
    for other in study.baselines.values():  # rules of thumb cost what they cost too, at sizes of their own
        assert list(other.flop.values())[:3] == pytest.approx(
            cost(fields["architecture"], (context, context), other.params, told(other)), rel=1e-9
        )
    record = study.to_dict()["architecture"]
    assert record["params"]["total"]["all"] == pytest.approx(family_params(item, plan.params, scope="total"), rel=1e-12)
    assert record["attention_share"]["pretraining"] == pytest.approx(1 - 6 * plan.params * plan.tokens["pretraining"] / by_hand)


def test_under_two_contexts_rules_of_thumb_are_priced_at_their_own_sizes() -> None:
    fields, lengths = {**SPARSE, "budget": 1e23}, (4096, 131072)
    study = bp.plan(**fields, context=lengths[0], decode_context=lengths[1])
    for name, other in study.baselines.items():
        assert list(other.flop.values())[:3] == pytest.approx(cost("deepseek-v3", lengths, other.params, told(other)), rel=1e-7), (
            name
        )
        assert other.flop["total"] == pytest.approx(1e23, rel=1e-7)
    thirds, tokens = study.baselines["equal-thirds"], told(study.baselines["equal-tokens"])
    assert list(thirds.share.values()) == pytest.approx([1 / 3] * 3, rel=1e-7)
    assert tokens == pytest.approx([tokens[0]] * 3, rel=1e-7)
    smaller = {
        **fields,
        "budget": 1e23 * (1 - thirds.regret.wasted_compute),
        "queries": study.plan.queries,
        "tokens_per_sample": 2000,
    }
    again = bp.plan(**smaller, context=lengths[0], decode_context=lengths[1])
    assert again.plan.loss == pytest.approx(thirds.loss, rel=1e-7)
    with pytest.raises(ScenarioError, match="`certify` weighs plans of several sizes"):
        bp.plan(**fields, context=lengths[0], decode_context=lengths[1], certify=True)
    scenario = scenario_from_fields({**fields, "context": lengths[0], "decode_context": lengths[1]})
    for asked in (regret_curve, ternary_map, shares_chart, frontier_chart, lambda scenario: thirds_condition(scenario, [1e23])):
        with pytest.raises(ScenarioError, match="two contexts change differently"):
            asked(scenario)
    assert bp.plan(**fields, context=4096, decode_context=131072, params=1e10, certify=True).certificate.lower_bound is not None


def test_a_rule_without_a_finite_loss_still_has_a_size_under_attention() -> None:
    plain, long = (bp.plan(**{**DENSE, "law": "additive"}, **more).baselines["chinchilla"] for more in ({}, {"context": 8192}))
    assert (long.loss, long.regret.wasted_compute) == (plain.loss, 1.0) == (None, 1.0)
    assert plain.params / 2 < long.params < plain.params
    assert long.flop["total"] == pytest.approx(1e24, rel=1e-9)


def test_at_the_named_size_it_is_the_published_shape() -> None:
    item = find_architecture("llama-3.1-405b")
    own = float(count_params(item))
    plan = bp.plan(**{**DENSE, "architecture": "llama-3.1-405b", "budget": 1e25}, params=own, context=8192).plan
    assert plan.flop["pretraining"] / plan.tokens["pretraining"] == pytest.approx(
        6 * own + 3 * attention_flop(item, 8192), rel=1e-12
    )


@pytest.mark.parametrize("lengths", [(8192, 8192), (4096, 65536)], ids=["one context", "two contexts"])
@pytest.mark.parametrize("fields", [DENSE, SPARSE], ids=["dense", "sparse"])
def test_the_conditions_of_the_optimum_hold_for_the_true_cost(fields: dict[str, Any], lengths: tuple[int, int]) -> None:
    study = bp.plan(**fields, context=lengths[0], decode_context=lengths[1])
    plan, law = study.plan, bp.load_law(fields.get("law", "default"))
    assert study.certificate.kkt_residual < 1e-6

    def loss(y: Any) -> float:
        if fields is DENSE:
            return float(law.pretraining_loss(np.exp(y[0]), np.exp(y[1])))
        samples = plan.samples_per_query * np.exp(y[3]) / plan.tokens["inference"]
        return float(
            law.loss(params=np.exp(y[0]), pretraining_tokens=np.exp(y[1]), rl_tokens=np.exp(y[2]), samples_per_query=samples)
        )

    def spend(y: Any) -> float:
        return float(np.log(sum(cost(fields["architecture"], lengths, float(np.exp(y[0])), np.exp(y[1:])))))

    free = [0, 1] if fields is DENSE else [0, 1, 2, 3]
    with np.errstate(divide="ignore"):  # no RL under a pre-training law
        y = np.log([plan.params, *told(plan)])
    step, slopes = 1e-5, []
    for of in (loss, spend):
        ends = [[of(y + side * step * np.eye(4)[row]) for side in (-1, 1)] for row in free]
        slopes.append(np.array([(high - low) / (2 * step) for low, high in ends]))
    worth = -slopes[0] / slopes[1]  # of an e-fold of compute, the same wherever it goes
    assert worth == pytest.approx(np.full(len(free), worth[0]), rel=2e-6)


@pytest.mark.parametrize("fields", [{**DENSE, "context": 32768}, {**SPARSE, "context": 8192}], ids=["dense", "sparse"])
def test_no_other_size_is_better(fields: dict[str, Any]) -> None:
    study = bp.plan(**fields)
    best = float(study.plan.loss or 0.0)

    def at(log_params: float) -> float:  # N fixed, so that its price is a constant: nothing of the cost size in it
        question = resolve(scenario_from_fields({**fields, "params": float(np.exp(log_params))}))
        assert question.sizes is None
        return float(solve(question.at(np.array([1e24]))).loss[0])

    middle = float(np.log(study.plan.params))
    found = minimize_scalar(at, bounds=(middle - 0.7, middle + 0.7), method="bounded", options={"xatol": 1e-4})
    assert best == pytest.approx(found.fun, rel=1e-7)
    assert best <= found.fun * (1 + 1e-12)
    assert middle == pytest.approx(found.x, abs=2e-3)


def test_a_lower_bound_is_proven_under_attention() -> None:
    fields = {**DENSE, "context": 32768}
    question = resolve(scenario_from_fields(fields))
    problem = question.at(np.array([1e24]))
    best = float(solve(problem).loss[0])
    bound = lower_bound(problem, best)
    assert bound.complete
    assert best * (1 - 1.001e-3) <= bound.value <= best


@pytest.mark.parametrize("fields", [DENSE, SPARSE], ids=["dense", "sparse"])
def test_without_a_context_nothing_moves(fields: dict[str, Any]) -> None:
    with_shape = bp.plan(**fields).to_dict()
    plain = bp.plan(**{key: value for key, value in fields.items() if key != "architecture"}).to_dict()
    assert "architecture" not in plain
    for key in ("plan", "baselines", "certificate", "budget", "reasons", "headline"):
        assert json.dumps(with_shape[key]) == json.dumps(plain[key])


def test_a_longer_context_never_lowers_the_loss() -> None:
    for fields in (DENSE, {**SPARSE, "law": "additive"}, {**SPARSE, "params": 2e10}):
        given = [{}, *({"context": length} for length in (1, 2048, 65536))]
        losses = [float(bp.plan(**fields, **more).plan.loss or 0.0) for more in given]
        assert losses == sorted(losses)
        assert losses[-1] > losses[0] * (1 + 1e-4)
        assert losses[1] == pytest.approx(losses[0], rel=1e-4)


def test_a_target_costs_more_under_attention_and_is_reached() -> None:
    fields = {"law": "besiroglu-2024", "target_loss": 2.0, "architecture": "llama-3.1-8b"}
    plain, long = bp.plan(**fields), bp.plan(**fields, context=65536)
    assert long.plan.loss == pytest.approx(2.0, rel=1e-9)
    assert long.budget.flop > 1.2 * plain.budget.flop
    again = bp.plan(**{**DENSE, "budget": long.budget.flop}, context=65536)
    assert (again.plan.params, again.plan.loss) == pytest.approx((long.plan.params, 2.0), rel=1e-7)
    assert long.plan.flop["total"] == pytest.approx(
        sum(cost("llama-3.1-8b", (65536, 65536), long.plan.params, told(long.plan))), rel=1e-9
    )


def test_limits_on_params_are_limits_on_params() -> None:
    fields = {**DENSE, "context": 65536}
    free = bp.plan(**fields)
    limited = bp.plan(**fields, max={"params": 3e10})
    assert limited.plan.params == pytest.approx(3e10, rel=1e-9)
    assert limited.plan.loss == pytest.approx(bp.plan(**fields, params=3e10).plan.loss, rel=1e-9)
    assert "params" in limited.certificate.active_limits
    step = 1e6
    more = bp.plan(**fields, max={"params": 3e10 + step}).plan
    assert limited.certificate.shadow_prices["params"] == pytest.approx((limited.plan.loss - more.loss) / step, rel=1e-2)
    loose = bp.plan(**fields, max={"params": 1.01 * free.plan.params})
    assert loose.plan.params == pytest.approx(free.plan.params, rel=1e-6)


def test_prompts_are_read_at_the_price_of_their_context() -> None:
    fields = {**SPARSE, "queries": 1e9, "tokens_per_sample": 500, "prompt_tokens": 8000, "decode_context": 8500}
    study = bp.plan(**fields)
    plan = study.plan
    ratio = attended_ratio(find_architecture("deepseek-v3"), plan.params, 8500)
    answers, prompts = 8 * plan.tokens["inference"], 2 * 8000 * 1e9
    assert plan.flop["inference"] == pytest.approx((answers + prompts) * ratio * plan.params, rel=1e-9)
    assert plan.flop["pretraining"] == pytest.approx(6 * plan.params * plan.tokens["pretraining"], rel=1e-12)
    assert study.schedule is not None
    (read,) = [item for item in study.schedule.stretches if item.stage == "prefill"]
    assert read.flop == pytest.approx(prompts * ratio * plan.params, rel=1e-6)


def test_a_policy_counts_its_params_and_attention_its_own() -> None:
    study = bp.plan(budget=1e21, law="kaplan-2020", architecture="llama-3.1-8b", context=32768)
    plan, record = study.plan, study.to_dict()["architecture"]
    item = find_architecture("llama-3.1-8b")
    assert record["counted"] == "blocks"
    assert record["params"]["active"]["blocks"] == plan.params
    assert record["params"]["active"]["all"] == pytest.approx(family_params(item, plan.params, "blocks", "all"), rel=1e-12)
    ratio = attended_ratio(item, plan.params, 32768, "blocks")
    assert plan.flop["pretraining"] == pytest.approx(6 * ratio * plan.params * plan.tokens["pretraining"], rel=1e-12)
    assert plan.flop["total"] == pytest.approx(1e21, rel=1e-9)
    trained = 6 * plan.params * plan.tokens["pretraining"]
    assert plan.params == pytest.approx(1.3e9 * (trained / 8.64e19) ** 0.73, rel=1e-9)


@pytest.mark.parametrize(("law", "words"), [("llama3-2024", "not stated in the paper"), ("deepseek-2024", "FLOP per token")])
def test_a_law_whose_params_do_not_convert_is_refused(law: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=f"cannot be held against the law `{law}`.*{words}") as caught:
        bp.plan(budget=1e24, law=law, architecture="llama-3.1-8b")
    assert "besiroglu-2024" in caught.value.hint
    assert bp.plan(budget=1e24, law=law).plan.params > 0


def test_what_a_sparse_model_rests_on_is_said() -> None:
    study = bp.plan(**SPARSE, link={"rl": "tan-2025-qwen-base"})
    found = {item.code: item for item in study.warnings}
    assert "dense models" in found["sparse"].message
    assert found["convention"].details["law"] == "tan-2025-qwen-base"
    assert 0.9 < found["convention"].details["meant"] / study.plan.params < 1
    assert not {"sparse", "convention"} & {item.code for item in bp.plan(**DENSE).warnings}
    assert any("proportions of deepseek-v3" in line for line in study.assumptions)


@pytest.mark.parametrize("name", ["context", "decode_context"])
def test_a_context_without_an_architecture_is_refused(name: str) -> None:
    with pytest.raises(ScenarioError, match=f"`{name}` counts attention") as caught:
        bp.plan(budget=1e24, **{name: 8192})
    assert "--architecture" in caught.value.hint


def test_a_name_that_is_none_is_refused_with_a_close_one() -> None:
    with pytest.raises(UnknownNameError, match="architecture `deepsek-v3`") as caught:
        bp.plan(budget=1e24, architecture="deepsek-v3")
    assert "`deepseek-v3`" in caught.value.hint


def test_a_sweep_says_what_plans_say() -> None:
    rows = bp.sweep(DENSE, context=[8192, 131072], budget=[1e22, 1e24])
    for context, budget, params, loss, status in rows[["context", "budget", "params", "loss", "status"]].itertuples(index=False):
        alone = bp.plan(**{**DENSE, "budget": budget}, context=context).plan
        assert (params, loss) == pytest.approx((alone.params, alone.loss), rel=1e-12)
        assert status == "optimal"
    assert len(rows) == 4


def test_draws_and_robust_plans_know_the_cost() -> None:
    study = bp.plan(**SPARSE, law="additive", draws=30, context=32768)
    assert study.intervals is not None
    assert study.region is not None
    low, high = study.intervals["params"]["q05"], study.intervals["params"]["q95"]
    assert low < study.plan.params < high
    assert study.region.params.min() < study.plan.params < study.region.params.max()
    assert study.regret is not None
    assert study.regret["plan"]["expected"] < study.regret["equal-thirds"]["expected"]
    robust = bp.plan(**DENSE, context=32768, objective="expected").plan
    assert list(robust.flop.values())[:3] == pytest.approx(
        cost("llama-3.1-8b", (32768, 32768), robust.params, told(robust)), rel=1e-9
    )
    assert robust.regret is not None
    assert 0 < robust.regret.wasted_compute < 0.1
    with pytest.raises(ScenarioError, match="two contexts"):
        bp.plan(**DENSE, context=8192, decode_context=32768, objective="expected")


def test_precision_moves_hours_and_no_plan() -> None:
    plain, fast = bp.plan(**DENSE, context=8192), bp.plan(**DENSE, context=8192, precision="fp8")
    assert json.dumps(fast.plan.to_dict()) == json.dumps(plain.plan.to_dict())
    assert fast.budget.gpu_hours == pytest.approx(plain.budget.gpu_hours / 1.25, rel=1e-12)
    assert fast.budget.usd == pytest.approx((plain.budget.usd or 0.0) / 1.25, rel=1e-12)
    with pytest.raises(ScenarioError, match="no fp8 peak of A100"):
        bp.plan(**DENSE, precision="fp8", gpu="A100")
