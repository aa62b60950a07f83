"""A command that is killed leaves the old file or the new one, and answers when it is begun again."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from tests.faults.commands import WRITING, Writing
from tests.faults.killed import Tally, killed
from tests.faults.lab_killed import lab_killed

ROOT = Path(__file__).resolve().parents[2]
ALL_KILLS = pytest.mark.skipif("BUDGETPLAN_ALL_KILLS" not in os.environ, reason="half an hour: set BUDGETPLAN_ALL_KILLS=1")
BY_NAME = {writing.name: writing for writing in WRITING}


def check(found: Tally, kills: int, files: int) -> None:
    assert (found.kills, found.half) == (kills, 0)
    assert found.absent + found.old + found.new == kills * files


@pytest.mark.parametrize("name", ["sweep", "plot"])
def test_a_few_kills_leave_no_half_file(tmp_path: Path, name: str) -> None:
    found = killed(BY_NAME[name], tmp_path, 4, seed=1, again=4)
    check(found, 4, len(BY_NAME[name].files))
    assert found.begun_again == 1


@ALL_KILLS
@pytest.mark.slow
@pytest.mark.parametrize("writing", WRITING, ids=lambda writing: writing.name)
def test_fifty_kills_leave_no_half_file(tmp_path: Path, writing: Writing) -> None:
    found = killed(writing, tmp_path, 50, seed=2)
    check(found, 50, len(writing.files))
    assert found.begun_again == 5
    assert found.while_writing >= 10


@ALL_KILLS
@pytest.mark.slow
def test_fifty_kills_of_the_lab_end_with_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra `lab` is not installed")
    found = lab_killed(tmp_path, 50, seed=2)
    assert (found.kills, found.half) == (50, 0)
    assert found.begun_again == found.ended_before + 1


def test_the_study_that_is_told_of_found_none() -> None:
    with (ROOT / "docs" / "faults.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["command"]: row for row in csv.DictReader(file)}
    assert {"fit", "sweep", "report", "plot", "lab run"} <= set(rows)
    for row in rows.values():
        assert (int(row["kills"]), int(row["half"])) == (50, 0)
        assert int(row["begun_again"]) == (int(row["ended_before"]) + 1 if row["command"] == "lab run" else 5)
