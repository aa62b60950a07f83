"""`budgetplan lab run` as a command: what it hands back, and what it refuses."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from budgetplan.cli.commands import lab_run
from budgetplan.errors import MissingExtraError, UnitError, UnknownNameError
from budgetplan.lab import grid
from budgetplan.lab.pretrain import STEP_TOKENS
from tests.schemas.obeys import obeys

SMALLEST = replace(
    grid.PRESETS["smoke"], name="smallest", sizes=("30k",), pretraining_tokens=(10 * STEP_TOKENS,), rl_tokens=(0, 500),
    problems=40, training_problems=200, windows=8, prompts=8, group=4,
)  # fmt: skip


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setattr(grid, "PRESETS", {"smallest": SMALLEST})
    app = typer.Typer()
    app.command("run")(lab_run.run)
    return app


def test_it_writes_the_table_and_says_where_it_is(app: typer.Typer, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["--preset", "smallest", "--out", str(tmp_path), "--format", "json"])
    assert done.exit_code == 0, done.output
    assert obeys("lab-run", json.loads(done.stdout))
    assert json.loads(done.stdout) == {"preset": "smallest", "cells": 1, "rows": 12, "file": str(tmp_path / "runs.csv")}
    again = CliRunner().invoke(app, ["--preset", "smallest", "--out", str(tmp_path), "--format", "csv"])
    assert len(again.stdout.splitlines()) == 13


def test_without_torch_it_names_the_extra(app: typer.Typer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert isinstance(CliRunner().invoke(app, []).exception, MissingExtraError)


def test_an_unknown_preset_and_no_workers_are_refused(app: typer.Typer, tmp_path: Path) -> None:
    assert isinstance(CliRunner().invoke(app, ["--preset", "smalest", "--out", str(tmp_path)]).exception, UnknownNameError)
    assert isinstance(CliRunner().invoke(app, ["--preset", "smallest", "--workers", "0"]).exception, UnitError)
