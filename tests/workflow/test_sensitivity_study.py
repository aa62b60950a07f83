"""A plan's levers are the scenario's fields, its derivatives those of other plans, and its tornado scores at other values."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.cli import app, main
from budgetplan.costs.methods import load_method_table
from budgetplan.errors import ScenarioError, UnknownNameError
from budgetplan.planning.allocation import Allocation
from budgetplan.planning.solver import solve
from budgetplan.scenario import scenario_from_fields
from budgetplan.uncertainty.lever import Lever
from budgetplan.workflow.questions.assumption_levers import assumption_levers
from budgetplan.workflow.questions.sensitivity_study import Sensitivity, sensitivity
from budgetplan.workflow.resolve.amount import resolve_amount
from budgetplan.workflow.resolve.question import resolve

DEMAND = {"queries": 2e8, "tokens_per_sample": 2000}


def asked(**fields: Any) -> Sensitivity:
    return sensitivity(scenario_from_fields(fields))


def levers(**fields: Any) -> dict[str, Lever]:
    scenario = scenario_from_fields(fields)
    question, money = resolve(scenario), resolve_amount(scenario)
    return {lever.name: lever for lever in assumption_levers(question, question.at(np.array([money.flop])), money)}


@pytest.mark.parametrize(
    ("fields", "lever", "value", "changed"),
    [
        ({}, "budget", 2e24, {"budget": 2e24}),
        ({}, "decode_utilisation", 0.4, {"decode_utilisation": 0.4}),
        ({"method": "pope"}, "decode_utilisation", 0.15, {"decode_utilisation": 0.15}),
        ({"max": {"rl_share": 0.1}}, "decode_utilisation", 0.4, {"decode_utilisation": 0.4}),
        ({}, "rl_kappa", 26.0, {"method": "ppo"}),
        ({}, "demand", 6e11, {"queries": 3e8}),
        ({"max": {"samples_per_query": 3}}, "demand", 6e11, {"queries": 3e8}),
        ({"serve": 1e12}, "served_tokens", 2e12, {"serve": 2e12}),
        ({}, "verifier", 1.0, {"verifier": "oracle"}),
        ({"verifier": "oracle"}, "verifier", 0.27, {"verifier": "none"}),
        ({"verifier": 0.1}, "verifier", 0.02, {"verifier": 0.02}),
        ({"unique_tokens": 3e12}, "unique_tokens", 1e12, {"unique_tokens": 1e12}),
        ({"budget": None, "usd": 2e6, "price": 2.0}, "price", 4.0, {"price": 4.0}),
    ],
)
def test_a_lever_is_the_field_of_the_scenario(fields: dict[str, Any], lever: str, value: float, changed: dict[str, Any]) -> None:
    base = {"budget": 1e24, **DEMAND, **fields}
    there = levers(**base)[lever].at(value)
    assert float(solve(there, 8).loss[0]) == pytest.approx(bp.plan(**{**base, **changed}).plan.loss, rel=1e-9)


def test_price_moves_nothing_where_compute_is_given() -> None:
    made = levers(budget=1e24, price=2.0, **DEMAND)["price"]
    assert made.at(4.0) is made.at(1.0)
    answer = asked(budget=1e24, law="additive", price=2.0, **DEMAND)
    assert set(answer.elasticities["price"].by_log.values()) == {0.0}
    assert any("`price`" in note for note in answer.notes)


@pytest.mark.parametrize("fields", [{"budget": 1e25}, {"budget": 1e25, "verifier": 0.05}, {"budget": 1e24, "serve": 1e12}])
def test_elasticities_by_assumptions_equal_differences_of_plans(fields: dict[str, Any]) -> None:
    base = {**DEMAND, **fields}
    answer = asked(**base)

    @cache
    def plan(field: str, value: float) -> Allocation:
        return bp.plan(**{**base, field: value}).plan

    def figure(field: str, value: float, name: str) -> float:
        found = plan(field, value)
        stage, _, kind = name.rpartition("_")
        if kind == "share":
            return found.share[stage]
        return {"loss": np.log(found.loss), "params": np.log(found.params), "samples_per_query": found.samples_per_query}[name]

    def slope(field: str, at: float, name: str) -> float:
        first, second = (
            (figure(field, at * (1 + step), name) - figure(field, at * (1 - step), name)) / (2 * step) for step in (2e-3, 1e-3)
        )
        return (4 * second - first) / 3

    known = {"budget": ("budget", base["budget"]), "decode_utilisation": ("decode_utilisation", 0.25), "demand": ("queries", 2e8)}
    if "serve" in base:
        known["served_tokens"] = ("serve", base["serve"])
    if "verifier" in base:
        known["verifier"] = ("verifier", base["verifier"])
    for lever, (field, at) in known.items():
        row = answer.elasticities[lever]
        for name in ("loss", "params", "rl_share", "inference_share", "samples_per_query"):
            assert row.by_log[name] == pytest.approx(slope(field, at, name), rel=1e-5, abs=1e-6), (lever, name)


def test_the_tornado_is_the_score_of_this_split_elsewhere() -> None:
    answer = asked(budget=1e25, **DEMAND)
    plan = answer.study.plan
    swings = {swing.lever: swing for swing in answer.tornado}
    stated = load_method_table().decode_utilisation
    for lever, fields in (
        ("decode_utilisation", ({"decode_utilisation": stated.low}, {"decode_utilisation": stated.high})),
        ("demand", ({"queries": 2e8 / 3}, {"queries": 6e8})),
        ("verifier", ({}, {"verifier": "oracle"})),
        ("rl_kappa", ({"method": "sft"}, {"method": "ppo"})),
    ):
        for end, changed in zip((swings[lever].low, swings[lever].high), fields, strict=True):
            elsewhere = {**DEMAND, "budget": 1e25, "params": None, **changed}
            scored = bp.score(share=dict(plan.share), **elsewhere)
            assert end.loss == pytest.approx(scored.optimum.loss, rel=1e-9)
            # the score takes the best size for the split; this plan keeps its own, and can only lose more
            assert end.regret >= scored.plan.regret.wasted_compute - 1e-7
            assert end.share == pytest.approx(dict(scored.optimum.share), abs=1e-6)
    assert swings["verifier"].low.said == "none"
    assert swings["verifier"].high.said == "oracle"
    assert swings["rl_kappa"].high.said == "ppo"


def test_the_answer_is_whole_in_every_shape() -> None:
    answer = asked(budget=1e24, law="additive", draws=50, **DEMAND)
    data = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert data["schema"] == "budgetplan/sensitivity/1"
    assert {row["lever"] for row in data["elasticities"]["rows"]} >= {"alpha", "A", "budget", "decode_utilisation"}
    assert data["information"]["draws"] == 50
    assert data["tornado"][0]["regret"] >= data["tornado"][-1]["regret"]
    rows = answer.rows()
    assert len({row["lever"] for row in rows}) == len(rows)
    assert answer.tornado[0].lever in answer.headline


def test_other_method_is_better_where_it_costs_less() -> None:
    """An RL token costs 4/u with Pope's accounts and 6 + 2/u with GRPO: the same where u is a third."""
    answer = sensitivity(scenario_from_fields({"budget": 1e24, "method": "pope", **DEMAND}), against="grpo")
    flips = {flip.lever: flip for flip in answer.flips if flip.advice == "better-than-grpo"}
    assert not flips["decode_utilisation"].answer
    assert flips["decode_utilisation"].at == pytest.approx((1 / 3,), rel=1e-6)
    with pytest.raises(UnknownNameError):
        sensitivity(scenario_from_fields({"budget": 1e24, "law": "additive"}), against="grpoo")


def test_a_policy_has_nothing_to_differentiate() -> None:
    with pytest.raises(ScenarioError, match="policy"):
        asked(budget=1e24, law="llama3-2024")


def test_one_stage_has_elasticities_and_no_advice() -> None:
    answer = asked(budget=1e23, law="besiroglu-2024")
    assert answer.flips == ()
    # Hoffmann's closed form: N ~ C^(beta/(alpha + beta))
    law = answer.elasticities
    alpha, beta = (next(row.value for row in law.rows if row.lever == name) for name in ("alpha", "beta"))
    assert law["budget"].by_log["params"] == pytest.approx(beta / (alpha + beta), rel=1e-9)
    assert law["A"].by_log["params"] == pytest.approx(1 / (alpha + beta), rel=1e-9)


@pytest.mark.parametrize("form", ["table", "json", "csv", "md"])
def test_the_command_answers_in_every_format(
    form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.COMMANDS, "sensitivity", "Say what a plan rests on.")
    status = main(["sensitivity", "--budget", "1e24", "--law", "additive", "--draws", "40", "--format", form])
    out = capsys.readouterr().out
    assert status == 0
    if form == "json":
        assert json.loads(out)["schema"] == "budgetplan/sensitivity/1"
    elif form == "csv":
        assert out.splitlines()[0].startswith("lever,value,unit,kind,d_ln_loss")
    else:
        assert "delta" in out
        assert "compute saved by knowing it" in out
