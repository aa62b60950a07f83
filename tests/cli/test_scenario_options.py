"""Every option reaches its field, options override the file, and the file stands where they are silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from budgetplan.cli.scenario_options import FLAGS as OPTIONS
from budgetplan.cli.scenario_options import SCENARIO_OPTIONS
from budgetplan.cli.scenario_sources import gather
from budgetplan.scenario import Scenario

FLAGS = {
    "--budget 1e24": ("budget", 1e24),
    "--gpus 256xH100": ("gpus", "256xH100"),
    "--for 21d": ("duration", 21 * 86400.0),
    "--mfu 40%": ("mfu", 0.4),
    "--usd 2Musd": ("usd", 2e6),
    "--price 2.5usd/h": ("price", 2.5),
    "--gpu H100": ("gpu", "H100"),
    "--law kaplan-2020": ("law", "kaplan-2020"),
    "--link rl=scalerl-8b": ("link", {"rl": "scalerl-8b"}),
    "--params 70B": ("params", 70e9),
    "--fix samples_per_query=4": ("fix", {"samples_per_query": 4.0}),
    "--min pretraining_tokens=1T": ("min", {"pretraining_tokens": 1e12}),
    "--max rl_share=20%": ("max", {"rl_share": 0.2}),
    "--queries 1B": ("queries", 1e9),
    "--tokens-per-sample 500": ("tokens_per_sample", 500.0),
    "--serve 1T": ("serve", 1e12),
    "--verifier oracle": ("verifier", "oracle"),
    "--method ppo": ("method", "ppo"),
    "--unique-tokens 15T": ("unique_tokens", 15e12),
    "--checkpoint 8B,15T": ("checkpoint", (8e9, 15e12)),
    "--target-loss 0.13": ("target_loss", 0.13),
    "--target-success 90%": ("target_success", 0.9),
    "--count operations": ("count", "operations"),
    "--decode-utilisation 50%": ("decode_utilisation", 0.5),
    "--reserve 30%": ("reserve", 0.3),
    "--goodput 90%": ("goodput", 0.9),
    "--deadline 30d": ("deadline", 30 * 86400.0),
    "--precision fp8": ("precision", "fp8"),
    "--architecture deepseek-v3": ("architecture", "deepseek-v3"),
    "--context 128k": ("context", 128e3),
    "--decode-context 32k": ("decode_context", 32e3),
    "--prompt-tokens 800": ("prompt_tokens", 800.0),
    "--prefill-utilisation 60%": ("prefill_utilisation", 0.6),
    "--draws 100": ("draws", 100),
    "--objective cvar10": ("objective", "cvar10"),
    "--tolerance 2%": ("tolerance", 0.02),
    "--seed 7": ("seed", 7),
    "--certify": ("certify", True),
    "--strict": ("strict", True),
    "--set tolerance=2%": ("tolerance", 0.02),
}


@pytest.fixture
def asked(call, monkeypatch: pytest.MonkeyPatch):
    """Return the scenario that a command line of `plan` asks, without answering it."""
    seen: list[Scenario] = []

    class Seen(Exception):
        pass

    def plan(scenario: Scenario, command: str) -> None:
        seen.append(scenario)
        raise Seen

    monkeypatch.setattr("budgetplan.workflow.plan", plan)

    def ask(line: str) -> Scenario:
        with pytest.raises(Seen):
            call(f"budgetplan plan {line}")
        return seen.pop()

    return ask


@pytest.mark.parametrize("flag", FLAGS)
def test_an_option_reaches_its_field(flag: str, asked) -> None:
    field, value = FLAGS[flag]
    scenario = asked(flag)
    assert getattr(scenario, field) == value
    assert scenario.model_fields_set == {field}


def test_every_option_is_tried() -> None:
    tried = {"set" if flag.startswith("--set") else field for flag, (field, _) in FLAGS.items()}
    assert tried == set(SCENARIO_OPTIONS) - {"scenario"}


def test_options_override_the_file(tmp_path: Path, asked) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("budget: 1e25\nlaw: kaplan-2020\nmax:\n  rl_share: 10%\n  params: 70B\n", encoding="utf-8")
    scenario = asked(f"{file} --usd 2Musd --max rl_share=20%")
    assert (scenario.budget, scenario.usd, scenario.law) == (None, 2e6, "kaplan-2020")
    assert scenario.max == {"rl_share": 0.2, "params": 70e9}


def test_what_is_typed_comes_before_the_environment_before_set_before_the_file(
    asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "question.yaml"
    file.write_text("budget: 1e21\nlaw: additive\nmfu: 30%\nseed: 1\n")
    typed = f"{file} --budget 1e25 --set budget=1e24 --set law=besiroglu-2024 --set mfu=35%"
    monkeypatch.setenv("BUDGETPLAN_BUDGET", "1e23")
    monkeypatch.setenv("BUDGETPLAN_LAW", "default")
    scenario = asked(typed)
    assert (scenario.budget, scenario.law, scenario.mfu, scenario.seed) == (1e25, "default", 0.35, 1)


def test_a_typed_amount_replaces_one_of_the_environment(asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDGETPLAN_BUDGET", "1e23")
    scenario = asked("--gpus 8xH100 --for 3d --mfu 40%")
    assert scenario.budget is None
    assert asked("--law additive").budget == 1e23


def test_a_repeated_option_adds_up(asked) -> None:
    assert asked("--fix rl_tokens=0 --fix samples_per_query=4").fix == {"rl_tokens": 0.0, "samples_per_query": 4.0}
    assert asked("--link rl=scalerl-8b --link task=task-mmlu").link == {"rl": "scalerl-8b", "task": "task-mmlu"}


@pytest.mark.parametrize("silent", [None, [], False])
def test_what_is_not_given_is_not_set(silent: Any) -> None:
    values = dict.fromkeys(SCENARIO_OPTIONS, silent)
    assert gather({**values, "scenario": None, "set": []}, OPTIONS).scenario.model_fields_set == set()
