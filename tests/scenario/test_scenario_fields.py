"""Fields to a scenario: values are read, contradictions are found, and all problems are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from budgetplan.errors import ScenarioError
from budgetplan.scenario import Scenario, scenario_fields, scenario_from_fields

FIELDS = [
    ("budget", "1e5 PFLOP-day", 8.64e24),
    ("budget", 10**25, 1e25),
    ("gpus", "H100:256", "256xH100"),
    ("duration", "21d", 1814400.0),
    ("mfu", "40%", 0.4),
    ("usd", "$2M", 2e6),
    ("price", "2.5usd/h", 2.5),
    ("gpu", "H100", "H100"),
    ("reserve", "30%", 0.3),
    ("reserve", 0, 0.0),
    ("goodput", "90%", 0.9),
    ("goodput", 1, 1.0),
    ("deadline", "30d", 2592000.0),
    ("precision", "fp8", "fp8"),
    ("law", Path("my/law.yaml"), "my/law.yaml"),
    ("link", {"rl": "scalerl-8b"}, {"rl": "scalerl-8b"}),
    ("link", ["rl=scalerl-8b", "task=mine.yaml"], {"rl": "scalerl-8b", "task": "mine.yaml"}),
    ("params", "70m", 70e6),
    ("architecture", "deepseek-v3", "deepseek-v3"),
    ("context", "128k", 128e3),
    ("context", 1, 1.0),
    ("decode_context", "32k tokens", 32e3),
    ("fix", {"rl_tokens": 0}, {"rl_tokens": 0.0}),
    ("fix", "samples_per_query=4,rl_share=20%", {"samples_per_query": 4.0, "rl_share": 0.2}),
    ("min", {"pretraining_tokens": "1T", "params": "8B"}, {"pretraining_tokens": 1e12, "params": 8e9}),
    ("max", ("rl_share=5%",), {"rl_share": 0.05}),
    ("queries", "1B queries", 1e9),
    ("queries", 0, 0.0),
    ("tokens_per_sample", "2k", 2000.0),
    ("prompt_tokens", "1k", 1000.0),
    ("prompt_tokens", 0, 0.0),
    ("prefill_utilisation", "80%", 0.8),
    ("serve", "1T", 1e12),
    ("verifier", "none", "none"),
    ("verifier", "oracle", "oracle"),
    ("verifier", "80%", 0.8),
    ("verifier", 0.5, 0.5),
    ("method", "ppo", "ppo"),
    ("unique_tokens", "15T", 15e12),
    ("checkpoint", "8B,15T", (8e9, 15e12)),
    ("checkpoint", {"params": "8B", "tokens": 15e12}, (8e9, 15e12)),
    ("checkpoint", (8e9, 15e12), (8e9, 15e12)),
    ("checkpoint", "llama-3-8b", "llama-3-8b"),
    ("target_loss", "0.13", 0.13),
    ("target_success", "90%", 0.9),
    ("count", "operations", "operations"),
    ("objective", "cvar10", "cvar10"),
    ("decode_utilisation", 1, 1.0),
    ("draws", "2k", 2000),
    ("draws", 0, 0),
    ("seed", 2**61 + 1, 2**61 + 1),
    ("seed", str(2**61 + 1), 2**61 + 1),
    ("certify", "yes", True),
    ("strict", False, False),
    ("tolerance", "2%", 0.02),
    ("share", "pretraining=60%,rl=20%,inference=20%", {"pretraining": 0.6, "rl": 0.2, "inference": 0.2}),
    ("share", "pretraining=1/3,rl=1/3,inference=1/3", dict.fromkeys(("pretraining", "rl", "inference"), 1 / 3)),
    ("share", {"pretraining": 1}, {"pretraining": 1.0, "rl": 0.0, "inference": 0.0}),
    ("schema", "budgetplan/scenario/1", None),
]


@pytest.mark.parametrize(("name", "value", "expected"), FIELDS)
def test_each_field_is_read(name: str, value: object, expected: object) -> None:
    scenario = scenario_from_fields({name: value})
    if expected is not None:
        assert getattr(scenario, name) == expected
    assert name in scenario.model_fields_set or name == "schema"


def test_every_field_has_a_case_and_a_description() -> None:
    assert {name for name, _, _ in FIELDS} | {"schema_version"} == {*Scenario.model_fields, "schema"}
    assert all(text.endswith(".") for text in scenario_fields().values())


BAD = [
    ("budget", "1e15 FLOP/s", "is a rate"),
    ("budget", True, "is true or false"),
    ("gpus", "256", "names no device"),
    ("duration", "21", "no unit of time"),
    ("mfu", "40", "Write 40% or 0.4"),
    ("mfu", 0, "above 0"),
    ("usd", "M", "single quotes"),
    ("price", "2.5usd", "a price per device-hour"),
    ("gpu", 100, "not text"),
    ("reserve", "100%", "leaves nothing"),
    ("reserve", "30", "Write 30% or 0.3"),
    ("reserve", -0.1, "is negative"),
    ("goodput", 0, "above 0"),
    ("goodput", "110%", "above the largest allowed"),
    ("deadline", "30", "no unit of time"),
    ("precision", "", "such as `fp8`"),
    ("architecture", 8, "such as `deepseek-v3`"),
    ("context", 0, "at least 1"),
    ("context", "0.5", "at least 1"),
    ("decode_context", "8k params", "a number of tokens is due"),
    ("law", "", "is empty"),
    ("law", "a\nb", "control characters"),
    ("link", {"rll": "x"}, "Did you mean `rl`"),
    ("link", "rl", "KEY=VALUE"),
    ("params", "8B tokens", "a number of params is due"),
    ("fix", {"rl_tokns": 1}, "Did you mean `rl_tokens`"),
    ("fix", {"samples_per_query": 0.5}, "at least 1"),
    ("fix", ["rl_share=1%", "rl_share=2%"], "given twice"),
    ("fix", 3, "no set of keys"),
    ("min", {"params": 0}, "above 0"),
    ("max", {"rl_share": "20"}, "Write 20% or 0.2"),
    ("queries", "1B/day", "Multiply it by a duration"),
    ("queries", -1, "is negative"),
    ("tokens_per_sample", 0, "above 0"),
    ("verifier", "orcale", "`none`, `oracle`"),
    ("verifier", 1.5, "the rate at which it accepts wrong answers"),
    ("checkpoint", "8B,", "is empty"),
    ("checkpoint", {"params": "8B"}, "such as `8B,15T`"),
    ("checkpoint", "8B,15T,3", "such as `8B,15T`"),
    ("target_loss", 0, "above 0"),
    ("target_success", 1, "certainty"),
    ("count", "operation", "Did you mean `operations`"),
    ("objective", "cvar", "Did you mean `cvar10`"),
    ("decode_utilisation", "0%", "above 0"),
    ("prefill_utilisation", "0%", "above 0"),
    ("prompt_tokens", -1, "is negative"),
    ("draws", 1.5, "not a whole number"),
    ("seed", -1, "is negative"),
    ("certify", "maybe", "neither true nor false"),
    ("strict", 1, "neither true nor false"),
    ("tolerance", 0, "above 0"),
    ("tolerance", "100%", "leaves nothing"),
    ("share", "pretraining=60%,rl=20%", "sum to 0.8"),
    ("share", {"pretrain": 1}, "Did you mean `pretraining`"),
    ("schema", "budgetplan/scenario/9", "budgetplan/scenario/1"),
    ("buget", 1e25, "Did you mean `budget`"),
    ("unique-tokens", 1e12, "Did you mean `unique_tokens`"),
    ("for", "21d", "Did you mean `duration`"),
]


@pytest.mark.parametrize(("name", "value", "fragment"), BAD)
def test_each_refusal_names_its_field_and_the_remedy(name: str, value: object, fragment: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario_from_fields({name: value}, source="options")
    assert fragment in str(caught.value)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"options: {name}")


CONFLICTS = [
    ({"budget": 1e25, "usd": 1e6}, ["usd: the budget is given twice"]),
    ({"usd": 1e6, "gpus": "8xH100", "duration": "1d"}, ["usd: the budget is given as money and also as"]),
    ({"target_loss": 0.2, "target_success": 0.9}, ["target_success: `target_loss` and"]),
    ({"target_loss": 0.2, "budget": 1e25}, ["target_loss: a target asks for the least compute, and `budget`"]),
    ({"target_loss": 0.2, "gpus": "8xH100", "duration": "1d"}, ["target_loss: a target asks"]),
    ({"fix": {"rl_share": 0.1}, "max": {"rl_share": 0.2}}, ["max.rl_share: `fix.rl_share` fixes the same"]),
    ({"min": {"params": "8B"}, "max": {"params": "7B"}}, ["min.params: the least, 8e+09, is above the most"]),
    ({"params": "8B", "fix": {"params": "8B"}}, ["fix.params: `params` is also given"]),
    ({"params": "8B", "min": {"params": "1B"}}, ["min.params: `params` fixes the same"]),
    ({"fix": {"rl_share": "60%", "inference_share": "50%"}}, ["fix.inference_share: the fixed shares sum to 1.1"]),
    (
        {"fix": {"rl_share": "20%", "inference_share": "20%", "pretraining_share": "20%"}},
        ["fix.pretraining_share: the fixed shares sum to 0.6"],
    ),
    (
        {"budget": 1e25, "usd": 1e6, "law": "", "min": {"params": 2, "rl_share": 3}, "max": {"params": 1}},
        ["law: ", "min.rl_share: ", "usd: the budget is given twice"],
    ),
]


@pytest.mark.parametrize(("fields", "beginnings"), CONFLICTS)
def test_contradictions_are_all_told(fields: dict[str, object], beginnings: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario_from_fields(fields)
    assert len(caught.value.problems) == len(beginnings)
    for problem, beginning in zip(caught.value.problems, beginnings, strict=True):
        assert problem.startswith(beginning)


def test_any_three_of_gpus_time_utilisation_and_budget_are_fine() -> None:
    whole = {"gpus": "256xH100", "duration": "21d", "mfu": "40%", "budget": 1e23}
    for name in whole:
        scenario_from_fields({key: value for key, value in whole.items() if key != name}).require_question()
    scenario_from_fields(whole)  # whether the four agree needs a device's peak, which is not known here


@pytest.mark.parametrize(
    ("fields", "question"),
    [
        ({"budget": 1e25}, "budget"),
        ({"gpus": "8xH100", "duration": "1d"}, "gpus"),
        ({"usd": "2Musd"}, "usd"),
        ({"target_loss": 1.9}, "target_loss"),
        ({"target_success": "90%"}, "target_success"),
    ],
)
def test_a_question_has_a_budget_or_a_target(fields: dict[str, object], question: str) -> None:
    assert scenario_from_fields(fields).require_question() == question


@pytest.mark.parametrize(
    ("fields", "fragment"),
    [
        ({}, "no budget and no target"),
        ({"gpus": "8xH100"}, "only with a `duration`"),
        ({"duration": "1d"}, "only with `gpus`"),
    ],
)
def test_no_question_tells_the_three_ways(fields: dict[str, object], fragment: str) -> None:
    with pytest.raises(ScenarioError, match=fragment) as caught:
        scenario_from_fields(fields).require_question()
    for way in ("--budget", "--gpus", "--usd", "--target-success"):
        assert way in caught.value.hint


def test_none_is_not_given() -> None:
    scenario = scenario_from_fields({"budget": "1e25", "law": None, "fix": {"params": None}})
    assert scenario.law == "default"
    assert scenario.fix == {}
    assert "law" not in scenario.model_fields_set


def test_a_scenario_cannot_be_changed() -> None:
    scenario = scenario_from_fields({"budget": "1e25"})
    with pytest.raises(ValidationError):
        scenario.budget = 1.0
