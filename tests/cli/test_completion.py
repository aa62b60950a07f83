"""A shell that asks what comes next gets names, fast: nothing heavy is imported for a key press."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from budgetplan.cli.completion import names
from budgetplan.costs import hardware_rows, method_rows
from budgetplan.datasets import dataset_rows
from budgetplan.laws.law_files import law_ids

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "ruamel")
SCRIPT = """
import sys
from budgetplan.cli import main
status = main()
sys.stderr.write(" ".join(name for name in {heavy} if name in sys.modules))
sys.exit(status)
"""


def _asked(**variables: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(heavy=HEAVY)],
        cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def _bash(line: str) -> list[str]:
    words = line.split(" ")
    return _asked(COMP_WORDS=line, COMP_CWORD=str(len(words) - 1), _BUDGETPLAN_COMPLETE="complete_bash")


BASH = {
    "budgetplan co": {"compare", "convert"},
    "budgetplan plan --target": {"--target-loss", "--target-success"},
    "budgetplan plan --law hoffmann-2022-": {"hoffmann-2022-approach1", "hoffmann-2022-printed"},
    "budgetplan plan --law default,kap": {"default,kaplan-2020"},
    "budgetplan plan --link rl=scalerl-8b": {"rl=scalerl-8b", "rl=scalerl-8b-32k"},
    "budgetplan sweep --gpu A100-4": {"A100-40GB"},
    "budgetplan plan --gpus 8xA100-4": {"8xA100-40GB"},
    "budgetplan score --method grpo-": {"grpo-reference"},
    "budgetplan laws kap": {"kaplan-2020"},
    "budgetplan hardware A100-4": {"A100-40GB"},
    "budgetplan methods grpo-": {"grpo-reference"},
    "budgetplan convert --format j": {"json"},
}


@pytest.mark.parametrize("line", BASH)
def test_bash(line: str) -> None:
    assert set(_bash(line)) == BASH[line]


def test_zsh_and_fish() -> None:
    line = "budgetplan plan --law kap"
    assert "kaplan-2020" in "".join(_asked(_TYPER_COMPLETE_ARGS=line, _BUDGETPLAN_COMPLETE="complete_zsh"))
    fish = {"_TYPER_COMPLETE_FISH_ACTION": "get-args", "_BUDGETPLAN_COMPLETE": "complete_fish"}
    assert _asked(_TYPER_COMPLETE_ARGS=line, **fish) == ["kaplan-2020"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_this_program(shell: str, call) -> None:
    done = call(f"budgetplan --show-completion {shell}")
    assert done.status == 0
    assert f"_BUDGETPLAN_COMPLETE=complete_{shell}" in done.out


def test_another_shell_is_refused(call) -> None:
    done = call("budgetplan --show-completion tcsh")
    assert (done.status, done.out) == (2, "")
    assert "`tcsh`" in done.err


def test_completed_names_are_those_that_commands_know() -> None:
    assert names("laws") == sorted(law_ids())
    assert names("hardware") == [row["id"] for row in hardware_rows()]
    assert names("methods") == [row["id"] for row in method_rows(None)]
    assert set(names("datasets")) == {row["id"] for row in dataset_rows()}
