"""Every help ends with at least three examples, and all of them run."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from budgetplan.cli import main
from budgetplan.cli.app import COMMANDS, GROUPS

HELPS = ("", *COMMANDS)


def _examples(command: str) -> list[str]:
    """Return the example lines of a help, as a user would copy them from 80 columns."""
    shown = io.StringIO()
    columns = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    try:
        with contextlib.redirect_stdout(shown):
            status = main([*command.split(), "--help"])
    finally:
        os.environ.pop("COLUMNS")
        os.environ.update({} if columns is None else {"COLUMNS": columns})
    assert status == 0
    _, _, end = shown.getvalue().rpartition("Examples:")
    return [line.strip() for line in end.splitlines() if line.strip()]


EXAMPLES = {command: _examples(command) for command in HELPS}


@pytest.mark.parametrize("command", HELPS, ids=lambda name: name or "budgetplan")
def test_a_help_ends_with_examples(command: str) -> None:
    start = f"budgetplan {command}".strip()
    assert len(EXAMPLES[command]) >= 3
    assert all(line.startswith(start) for line in EXAMPLES[command])


def _write_runs(line: str, folder: Path) -> None:
    """The files that examples name: two scenarios, runs of a Chinchilla law, RL curves of two models."""
    draw = np.random.default_rng(0)
    if "one.yaml" in line:
        (folder / "one.yaml").write_text("budget: 1e25\n", encoding="utf-8")
        (folder / "two.yaml").write_text("budget: 2e25\nmax:\n  rl_share: 20%\n", encoding="utf-8")
    if "runs.csv" in line:
        params = np.geomspace(5e7, 5e9, 60)
        tokens = params * np.exp(draw.uniform(1, 5, 60))
        loss = (1.8 + 480 / params**0.35 + 2000 / tokens**0.37) * np.exp(0.002 * draw.standard_normal(60))
        pd.DataFrame({"params": params, "tokens": tokens, "loss": loss}).to_csv(folder / "runs.csv", index=False)
    if "curves.csv" in line:
        x = np.tile(np.geomspace(1e8, 1e11, 15), 2)
        success = 0.2 + 0.4 / (1 + (2e9 / x) ** 1.5) + 0.003 * draw.standard_normal(30)
        table = pd.DataFrame({"rl_tokens": x, "success": success, "model": ["1B"] * 15 + ["8B"] * 15})
        table.to_csv(folder / "curves.csv", index=False)


# The examples of the lab train models for minutes to hours; `tests/lab` runs its commands on a smaller grid.
# Those of `explore` serve a page until they are interrupted; `tests/explore` does that.
LEFT_OUT = {*GROUPS, "explore"}
RUN = dict.fromkeys(line for command, lines in EXAMPLES.items() if command not in LEFT_OUT for line in lines)


@pytest.mark.parametrize("line", list(RUN))
def test_an_example_runs(line: str, call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _write_runs(line, tmp_path)
    done = call(line)
    assert done.status == 0, done.err
    assert done.out


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_in_the_list_says_what_its_help_says(command: str, call) -> None:
    (first, *_) = COMMANDS[command].split(". ")
    listed, own = (
        " ".join(call(line).out.replace("│", " ").split()) for line in ("budgetplan --help", f"budgetplan {command} --help")
    )
    assert first in listed
    assert first in own
