"""The README's two commands stand there word for word, and the first plan answers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -q -e"
FIRST_PLAN = f"{SET_UP} . && .venv/bin/budgetplan plan --budget 1e25"
TESTS = f"{SET_UP} '.[dev]' && .venv/bin/python -m pytest"


@pytest.mark.parametrize("command", [FIRST_PLAN, TESTS], ids=["first plan", "tests"])
def test_the_readme_has_the_command(command: str) -> None:
    start = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Start\n")[2].partition("\n## ")[0]
    assert start.splitlines().count(command) == 1


def test_ci_runs_the_test_command_between_its_marks() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    marked = readme.partition("<!-- tests: begin -->")[2].partition("<!-- tests: end -->")[0]
    assert marked.strip().splitlines() == ["```", TESTS, "```"]


def test_the_first_plan_answers() -> None:
    words = FIRST_PLAN.rpartition(".venv/bin/budgetplan ")[2].split()
    done = subprocess.run(
        [sys.executable, "-m", "budgetplan", *words],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def _without_rounding(text: str) -> str:
    """The screen with the KKT residual, which is rounding, taken out."""
    return re.sub(r"KKT residual \S+;", "KKT residual;", text).strip()


def test_the_first_screen_is_the_one_that_is_printed() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("<!-- first screen: begin -->\n```\n")[2].partition("```\n<!-- first screen: end -->")[0]
    done = subprocess.run(
        [sys.executable, "-m", "budgetplan", "plan", "--budget", "1e25"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True, env={**os.environ, "COLUMNS": "120"},
    )  # fmt: skip
    assert _without_rounding(done.stdout) == _without_rounding(shown)
