"""The README's two commands stand there word for word, and the first plan answers."""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
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


def _consoles() -> list[tuple[str, list[str]]]:
    """Commands that the README shows with their output, and the lines of it; `...` stands for lines left out."""
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    return [(block.splitlines()[0].removeprefix("$ "), block.splitlines()[1:]) for block in blocks]


@pytest.mark.parametrize(("command", "lines"), _consoles(), ids=lambda item: item if isinstance(item, str) else "")
def test_a_shown_output_is_the_one_that_is_printed(
    command: str, lines: list[str], shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    for name in re.findall(r"\S+\.csv", command):
        found = next((path for path in shared_data("chinchilla-epoch").glob(name)), None)
        assert found is not None, name
        (tmp_path / name).write_bytes(found.read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "budgetplan", *shlex.split(command)[1:]],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True,
        env={**os.environ, "COLUMNS": "120", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    at = 0
    for wanted in (line.rstrip() for line in lines):
        if wanted == "...":
            continue
        assert wanted in printed[at:], f"{wanted!r} is not printed, or not in this order"
        at = printed.index(wanted, at) + 1


def _speed_lines() -> list[str]:
    """The table of speed as it follows from the accepted benchmarks."""
    with (ROOT / "docs" / "benchmarks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = []
    for row in rows:
        stage, _, work = row["name"].partition(": ")
        if stage not in ("start-up", "report"):  # beside nothing that another tool does
            ratio = float(row["ratio"])
            lines.append(f"| {stage}: {work} | {row['peer']} | {float(f'{ratio:.2g}'):,g} |")
    return lines


def test_the_table_of_speed_is_that_of_the_benchmarks() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("<!-- speed: begin -->\n")[2].partition("<!-- speed: end -->")[0].splitlines()
    assert shown[2:] == _speed_lines(), "\n".join(_speed_lines())
