"""Without extras everything else works, and each optional part names the extra that it needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from budgetplan.cli.app import COMMANDS, GROUPS

ABSENT = ("torch", "dask", "distributed", "marimo", "uvicorn", "zmq", "pyarrow", "mpltern", "pytest", "hypothesis", "cvxpy")
HELP = [(name,) for name in COMMANDS] + [(group, name) for group, names in GROUPS.items() for name in names]
OPTIONAL = {
    "lab run": "lab",
    "lab validate": "lab",
    "lab signal": "lab",
    "explore": "explore",
    "sweep --law besiroglu-2024 --over budget=1e21..1e22:2 --cluster tcp://127.0.0.1:8786": "cluster",
    "sweep --law besiroglu-2024 --over budget=1e21..1e22:2 -o table.parquet": "parquet",
}


@pytest.mark.parametrize("name", ABSENT)
def test_a_base_install_lacks(installed, tmp_path: Path, name: str) -> None:
    done = installed.execute(f"import importlib.util; print(importlib.util.find_spec({name!r}))", tmp_path)
    assert done.stdout.strip() == "None", f"{name} is a dependency of a dependency"


@pytest.mark.parametrize("words", HELP, ids=" ".join)
def test_every_command_shows_its_help(answers, words: tuple[str, ...]) -> None:
    assert "Usage" in answers(*words, "--help")


def test_draws_and_sweeps_and_ternaries_need_no_extra(answers, tmp_path: Path) -> None:
    assert "how sure" in answers("plan", "--budget", "1e24", "--draws", "50")
    swept = "sweep", "--law", "besiroglu-2024", "--over", "budget=1e21..1e23:3"
    assert len(answers(*swept, "--workers", "2", "--format", "csv").splitlines()) == 4
    answers("plot", "ternary", "--budget", "1e25", "-o", "ternary.svg")


@pytest.mark.parametrize(("line", "extra"), OPTIONAL.items())
def test_an_optional_part_names_its_extra(installed, tmp_path: Path, line: str, extra: str) -> None:
    done = installed.run(*line.split(), folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"pip install 'budgetplan[{extra}]'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_missing_extra_is_told_to_machines_too(installed, tmp_path: Path) -> None:
    done = installed.run("lab", "run", "--format", "json", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert json.loads(done.stderr)["error"] == {
        "code": "missing-extra",
        "message": "`lab run` needs the extra `lab`.",
        "hint": "Install it: pip install 'budgetplan[lab]'.",
    }
