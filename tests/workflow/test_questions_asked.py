"""Crossovers, checkpoints, break-even, size limits, trades, RL as it is run, worth of data: held against plans and formulas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.costs import find_method, rl_kappa
from budgetplan.costs.as_run import as_run
from budgetplan.datafiles import data_path
from budgetplan.errors import InfeasibleError, ScenarioError, UnknownNameError
from budgetplan.planning.solver import solve
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow.charts.split_scan import split_optimum
from budgetplan.workflow.questions.break_even import break_even
from budgetplan.workflow.questions.checkpoint_table import NOTHING, checkpoint_table
from budgetplan.workflow.questions.condition import read_condition
from budgetplan.workflow.questions.crossover import crossover
from budgetplan.workflow.questions.data_value import data_value
from budgetplan.workflow.questions.rl_run import rl_run
from budgetplan.workflow.questions.size_limit import size_limit
from budgetplan.workflow.questions.trades import trades
from budgetplan.workflow.questions.turning import turning_points
from budgetplan.workflow.resolve.question import resolve

LAW = "besiroglu-2024"


def test_a_turn_is_placed_within_the_tolerance_and_none_is_lost() -> None:
    def which(x):
        return [int(value > 3.7) + int(value > 5.2) for value in x]

    turns = turning_points(which, np.array([1.0, 10.0, 100.0]), 1e-4)
    assert [(turn.before, turn.after) for turn in turns] == [(0, 1), (1, 2)]
    assert [turn.at for turn in turns] == pytest.approx([3.7, 5.2], rel=1e-4)


def test_a_crossover_of_two_sizes_has_equal_losses() -> None:
    found = crossover(scenario_from_fields({"law": LAW}), [{"params": "8B"}, {"params": "70B"}], span=(1e21, 1e25), tolerance=1e-4)
    (turn,) = found.turns
    one, other = (bp.plan(budget=turn.at, law=LAW, params=size).plan.loss for size in ("8B", "70B"))
    assert one == pytest.approx(other, rel=1e-5)


def test_a_condition_comes_true_at_its_budget() -> None:
    (turn,) = crossover(scenario_from_fields({"law": LAW}), when=read_condition("params>70B"), tolerance=1e-4).turns
    assert bp.plan(budget=turn.at, law=LAW).plan.params == pytest.approx(70e9, rel=1e-4)


def test_a_choice_that_never_changes_is_said_so() -> None:
    found = crossover(scenario_from_fields({}), [{"method": "ppo"}, {"method": "grpo"}], span=(1e23, 1e24))
    assert found.turns == ()
    assert "at every budget" in found.headline
    assert found.said(int(found.rows[0]["choice"])) == "method=grpo"


def test_what_cannot_be_crossed_is_refused() -> None:
    with pytest.raises(ScenarioError):
        crossover(scenario_from_fields({}))
    with pytest.raises(ScenarioError, match="A case changes `reserve`"):
        crossover(scenario_from_fields({}), [{"reserve": "30%"}])
    with pytest.raises(UnknownNameError, match="rl_shares"):
        read_condition("rl_shares>1%")
    with pytest.raises(ScenarioError, match="KEY>VALUE"):
        read_condition("rl_share=1%")
    with pytest.raises(InfeasibleError):
        crossover(scenario_from_fields({"queries": 1e15, "params": 1e12}), when=read_condition("loss<1"), span=(1e20, 1e21))


@pytest.mark.parametrize("fields", [{}, {"verifier": "oracle"}, {"queries": 1e6}], ids=["plain", "oracle", "demand"])
def test_the_closing_grid_finds_the_solver_s_optimum(fields: dict[str, object]) -> None:
    problem = resolve(scenario_from_fields({"checkpoint": "8B,15T", **fields})).at(np.array([1e22, 1e24]))
    assert split_optimum(problem)[1] == pytest.approx(solve(problem).loss, rel=1e-6)


def test_checkpoints_are_ordered_and_worth_what_they_save() -> None:
    found = checkpoint_table(scenario_from_fields({"budget": 1e22, "law": LAW}), ["llama-3.1-8b", "pythia-12b"])
    losses = [row.plan.loss for row in found.rows]
    assert losses == sorted(losses)
    best = found.rows[0]
    assert best.name == "llama-3.1-8b"
    assert bp.plan(target_loss=best.plan.loss, law=LAW).budget.flop == pytest.approx(best.worth * 1e22, rel=1e-3)
    assert next(row for row in found.rows if row.name == NOTHING).worth == pytest.approx(1.0, rel=1e-3)


def test_checkpoints_are_counted_as_the_law_counts(tmp_path: Path) -> None:
    text = (data_path("laws") / "besiroglu-2024.yaml").read_text(encoding="utf-8")
    law = tmp_path / "mine.yaml"
    law.write_text(text.replace("params: all parameters, embeddings included", "params: blocks"), encoding="utf-8")
    fields = {"budget": 1e22, "law": str(law), "architecture": "llama-3.1-8b"}
    row = next(row for row in checkpoint_table(scenario_from_fields(fields), ["llama-3.1-8b"]).rows if row.name != NOTHING)
    alone = bp.plan(**fields, checkpoint="llama-3.1-8b").plan
    assert row.params == pytest.approx(alone.params, rel=1e-12)
    assert 0.8 < row.params / 8e9 < 0.9  # without embedding and head
    assert row.plan.loss == pytest.approx(alone.loss, rel=1e-9)


def test_a_larger_checkpoint_takes_over_where_the_losses_meet() -> None:
    found = checkpoint_table(scenario_from_fields({"budget": 1e22, "queries": 1e6}), ["qwen3-8b", "qwen3-32b"])
    at = next(at for at, before, after in found.switches if (before, after) == ("qwen3-8b", "qwen3-32b"))

    def gap(budget: float) -> float:
        names = ("qwen3-8b", "qwen3-32b")
        small, large = (resolve(scenario_from_fields({"checkpoint": name, "queries": 1e6})) for name in names)
        return float(split_optimum(small.at(np.array([budget])))[1][0] - split_optimum(large.at(np.array([budget])))[1][0])

    assert gap(at / 1.06) < 0 < gap(at * 1.06)


def test_break_even_is_where_the_planner_s_costs_are_equal() -> None:
    found = break_even(scenario_from_fields({"target_loss": 2.02}), 70e9, 8e9)
    totals = [bp.plan(law=LAW, target_loss=2.02, params=size, serve=found.served).plan.flop["total"] for size in (8e9, 70e9)]
    assert totals[0] == pytest.approx(totals[1], rel=1e-8)
    free = bp.plan(law=LAW, target_loss=2.02, serve=found.served)
    assert free.plan.params == pytest.approx(found.best_params, rel=1e-4)
    assert 1 - free.plan.flop["total"] / totals[0] == pytest.approx(found.best_saves, rel=1e-6)


def test_a_size_that_never_reaches_the_loss_is_refused() -> None:
    with pytest.raises(InfeasibleError, match=r"8 B params do not reach"):
        break_even(scenario_from_fields({}), 8e9, 70e9)
    with pytest.raises(ScenarioError, match="Both sizes"):
        break_even(scenario_from_fields({}), 8e9, 8e9)
    for sizes in ((0.0, 7e10), (8e9, float("inf")), (8e9, 7e10, 0.0)):
        with pytest.raises(ScenarioError, match="outside 1 to"):
            break_even(scenario_from_fields({}), *sizes)
    with pytest.raises(ScenarioError, match="`target_success` does not set"):
        break_even(scenario_from_fields({"target_success": 0.9}), 8e9, 70e9)


def test_size_limits_are_their_formulas() -> None:
    found = size_limit(scenario_from_fields({"gpu": "H100", "price": "2usd/h", "mfu": "40%"}), 0.5, 0.02, 2)
    assert found.by_price == pytest.approx(0.5e-6 * 3600 * 9.894e14 * 0.4 / (8 * 2.0), rel=1e-12)
    assert found.by_latency == pytest.approx(0.02 * 2 * 3.35e12 * 0.7 / 2, rel=1e-12)
    assert found.params == found.by_price
    with pytest.raises(ScenarioError, match="no limit"):
        size_limit(scenario_from_fields({}))
    for limits in ((None, 1e300), (0.0, None), (float("nan"), 0.02), (0.5, -1.0)):
        with pytest.raises(ScenarioError, match=r"`params by (price|latency)` is .*, outside 1 to 1e\+40"):
            size_limit(scenario_from_fields({}), *limits)


def test_prices_are_those_of_the_device_that_is_named_and_of_hours_that_make_progress() -> None:
    fields = {"price": "2usd/h", "mfu": "40%"}
    plain = size_limit(scenario_from_fields({**fields, "gpu": "H100"}), 0.5)
    failing = size_limit(scenario_from_fields({**fields, "gpu": "H100", "goodput": "50%", "precision": "fp8"}), 0.5)
    assert failing.by_price == pytest.approx(plain.by_price * 0.5 * 1.25, rel=1e-12)
    assert any("Gain of fp8" in line for line in failing.assumptions)
    assert not any("MFU" in line for line in plain.assumptions)  # as given: nothing is assumed
    counted, named = (
        size_limit(scenario_from_fields({**fields, **which}), 0.5, 0.02) for which in ({"gpus": "64xB200"}, {"gpu": "B200"})
    )
    assert (counted.by_price, counted.by_latency) == (named.by_price, named.by_latency)
    assert named.by_price == pytest.approx(plain.by_price * 2.25e15 / 9.894e14, rel=1e-12)
    with pytest.raises(ScenarioError, match="no price of B200"):
        size_limit(scenario_from_fields({"gpus": "64xB200"}), 0.5)
    found = break_even(scenario_from_fields({**fields, "target_loss": 2.02, "gpus": "64xB200", "goodput": "80%"}), 8e9, 70e9)
    assert found.small.usd_per_million_tokens == pytest.approx(1e6 * 8 * 8e9 * 2 / (3600 * 2.25e15 * 0.4 * 0.8), rel=1e-12)
    untold = break_even(scenario_from_fields({"target_loss": 2.02, "gpu": "B200"}), 8e9, 70e9)
    assert untold.small.usd_per_million_tokens is None
    assert any("no price of B200" in line for line in untold.assumptions)


def test_tokens_trade_at_their_prices_at_the_optimum() -> None:
    found = trades(scenario_from_fields({"budget": 1e25, "queries": 3e8}))
    assert [item.per_flop for item in found.trades] == pytest.approx([1.0] * 6, rel=1e-6)
    price = {"pretraining": 6.0, "rl": 14.0, "inference": 8.0}
    for item in found.trades:
        assert item.per_token == pytest.approx(price[item.given] / price[item.taken], rel=1e-6)
    less, more = (bp.plan(budget=1e25 + days * found.gpu_day, queries=3e8).plan.loss for days in (-1e3, 1e3))
    assert found.earned["rl"] == pytest.approx((less - more) / 2e3, rel=1e-3)


def test_prompts_are_no_tokens_that_are_generated() -> None:
    fields = {"queries": 1e8, "prompt_tokens": 20000}
    (turn,) = crossover(
        scenario_from_fields(fields), when=read_condition("inference_tokens>1T"), span=(1e23, 1e25), tolerance=1e-4
    ).turns
    plan = bp.plan(budget=turn.at, **fields).plan
    assert plan.tokens["inference"] == pytest.approx(1e12, rel=1e-3)
    found = trades(scenario_from_fields({"budget": turn.at, **fields}))
    assert found.tokens["inference"] == pytest.approx(plan.tokens["inference"], rel=1e-6)
    given = next(item for item in found.trades if (item.given, item.taken) == ("rl", "inference"))
    law = bp.load_law("default")
    halved = law.loss(
        params=plan.params,
        pretraining_tokens=plan.tokens["pretraining"],
        rl_tokens=plan.tokens["rl"] / 2,
        samples_per_query=plan.samples_per_query * given.halved,
    )
    assert float(halved) == pytest.approx(plan.loss, rel=1e-6)


def test_at_thirds_compute_should_move_to_what_earns_most() -> None:
    found = trades(scenario_from_fields({"budget": 1e25}), "equal-thirds")
    assert max(found.earned, key=lambda stage: found.earned[stage]) == "pretraining"
    assert min(found.earned, key=lambda stage: found.earned[stage]) == "inference"
    with pytest.raises(ScenarioError, match="`halves`"):
        trades(scenario_from_fields({"budget": 1e25}), "halves")


def test_dropped_rollouts_and_written_tasks_have_their_price() -> None:
    grpo = find_method("grpo")
    assert rl_kappa(as_run(grpo, 0.5, 0.5), 0.25) == pytest.approx(2 * 1.5 / 0.25 + 3)
    assert rl_kappa(as_run(find_method("ppo"), 0.5), 1.0) == pytest.approx(2 + 2 + 0.5 * (6 + 2 + 2 + 6))
    with pytest.raises(ScenarioError, match="trained_share"):
        as_run(grpo, 0.0)
    with pytest.raises(ScenarioError, match="generates"):
        as_run(find_method("sft"), writing=0.1)


def test_one_task_set_is_used_up_and_many_are_not() -> None:
    found = rl_run(scenario_from_fields({"budget": 1e25}), task_sets=(1, 1000))
    one, many = found.breadth
    assert one["thirds_gain"] > 0.99 > many["thirds_gain"]
    assert many["midpoint"] == pytest.approx(1000 * one["midpoint"])
    assert many["rl_share"] > one["rl_share"]
    assert [row["before"] for row in found.groups] == sorted(row["before"] for row in found.groups)
    assert found.plans[1]["loss"] < found.plans[0]["loss"]
    with pytest.raises(ScenarioError, match="four links"):
        rl_run(scenario_from_fields({"budget": 1e24, "law": LAW}))


def test_the_worth_of_a_unique_token_is_the_compute_it_replaces() -> None:
    fields = {"budget": 1e24, "law": "muennighoff-2023"}
    found = data_value(scenario_from_fields({**fields, "unique_tokens": 1e12}))
    more = bp.plan(**{**fields, "unique_tokens": 1.001e12}).plan.loss
    paid = bp.plan(law="muennighoff-2023", unique_tokens=1e12, target_loss=more).budget.flop
    assert paid - 1e24 == pytest.approx(1e9 * found.asked.flop_per_unique_token, rel=0.02)
    assert found.rows[-1].per_unique_token == 0
    assert found.most_epochs[0.5] == pytest.approx(1 + found.half_life * np.log(2))
    with pytest.raises(ScenarioError, match="unique tokens"):
        data_value(scenario_from_fields(fields))
