"""The names that notebooks rely on: none goes, none changes its signature, and none comes, without being written down.

`public_names.txt` beside this file lists them. After a change on purpose, write it anew and tell the change in CHANGELOG.md:

    python -m tests.contracts.public_names > tests/contracts/public_names.txt
"""

from __future__ import annotations

import difflib
import subprocess
import sys
from pathlib import Path

import pytest

import budgetplan
from budgetplan.cli.app import COMMANDS
from tests.contracts.public_names import public_names

PINNED = Path(__file__).with_name("public_names.txt")
PACKAGE = Path(budgetplan.__file__).parent
FUNCTIONS = {
    "plan": ("plan", "compare_laws", "region", "load_scenario"),
    "score": ("score",),
    "what-if": ("what_if",),
    "compare": ("compare_scenarios",),
    "sweep": ("sweep",),
    "fit": ("fit_law",),
    "sensitivity": ("sensitivity",),
    "thirds": ("thirds_condition",),
    "trades": ("trades",),
    "crossover": ("crossover",),
    "pilot": ("pilot",),
    "checkpoints": ("checkpoints",),
    "break-even": ("break_even",),
    "max-params": ("max_params",),
    "epochs": ("epochs",),
    "rl-run": ("rl_run",),
    "laws": ("list_laws", "describe_law", "load_law"),
    "architecture": ("list_architectures", "describe_architecture"),
    "hardware": ("list_hardware", "describe_hardware"),
    "methods": ("list_methods", "describe_method"),
    "backtest": ("backtest",),
    "datasets": ("list_datasets", "describe_dataset", "fetch_dataset"),
    "signal": ("training_signal",),
    "plot": ("plots",),
    "report": ("write_report",),
    "convert": ("convert",),
    "init": ("scenario_template",),
    "schema": ("load_schema",),
}
"""What answers in Python what a command answers. `errors` belongs to all of them."""
COMMAND_ALONE = {"explore": "it serves a page", "lab": "it trains for hours; `budgetplan.lab` has its functions"}


def test_the_names_are_those_that_are_pinned() -> None:
    pinned, found = (text.splitlines() for text in (PINNED.read_text(encoding="utf-8"), public_names()))
    changes = "\n".join(difflib.unified_diff(pinned, found, "public_names.txt", "budgetplan", lineterm="", n=0))
    assert not changes, (
        f"Public names have changed:\n{changes}\nIf that is meant, write the file anew and tell the change in CHANGELOG.md:\n"
        "    python -m tests.contracts.public_names > tests/contracts/public_names.txt"
    )


def test_every_command_has_its_function() -> None:
    assert set(FUNCTIONS) | set(COMMAND_ALONE) == set(COMMANDS)
    assert {name for names in FUNCTIONS.values() for name in names} | {"errors", "__version__"} == set(budgetplan.__all__)


@pytest.mark.parametrize("name", sorted(set(budgetplan.__all__) - {"errors", "plots", "__version__"}))
def test_a_function_is_not_hidden_by_a_module(name: str) -> None:
    """`import budgetplan.NAME` anywhere would put the module in the function's place."""
    assert not (PACKAGE / name).exists()
    assert not (PACKAGE / f"{name}.py").exists()
    assert callable(getattr(budgetplan, name))


def test_names_are_listed_and_others_refused() -> None:
    assert dir(budgetplan) == sorted(budgetplan.__all__)
    with pytest.raises(AttributeError, match="no attribute 'plam'"):
        budgetplan.plam  # noqa: B018


def test_the_package_is_imported_without_its_parts() -> None:
    code = "import sys, budgetplan; print(sorted({'numpy', 'pandas', 'scipy', 'pydantic', 'budgetplan.api'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
