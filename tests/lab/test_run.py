"""A run of the grid: cells are whole, the same bytes after a kill or with more workers, and the table is complete."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from budgetplan.errors import DataError, UnknownNameError
from budgetplan.lab import cells, saved
from budgetplan.lab.grid import PRESETS, SAMPLES_AT, Grid, find_grid
from budgetplan.lab.pretrain import DECAY, STEP_TOKENS
from budgetplan.lab.run import Progress, jobs_of, run_grid
from budgetplan.lab.store import read_json, unpack
from budgetplan.lab.table import COLUMNS, collect, read_rows

ROOT = Path(__file__).resolve().parents[2]
MICRO = Grid(
    "micro", ("30k",), (20 * STEP_TOKENS, 40 * STEP_TOKENS), (0, 1_000, 3_000), 2,
    problems=40, training_problems=200, samples=32, windows=8, prompts=8, group=4,
)  # fmt: skip
_SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_run import MICRO
from budgetplan.lab.run import run_grid
if __name__ == "__main__":
    run_grid(MICRO, Path(sys.argv[1]), int(sys.argv[3]))
"""


def _cells(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "cells").glob("*.json"))}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was left alone."""
    import torch

    out = tmp_path_factory.mktemp("whole")
    torch.set_num_threads(1)
    run_grid(MICRO, out)
    return out


def _begin(out: Path, tmp_path: Path, workers: int) -> subprocess.Popen[bytes]:
    script = tmp_path / "begin.py"
    script.write_text(_SCRIPT)
    paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    words = [sys.executable, str(script), str(out), str(Path(__file__).parent), str(workers)]
    return subprocess.Popen(words, env={**os.environ, "PYTHONPATH": paths}, cwd=tmp_path, stderr=subprocess.PIPE)


def _wait_for(pattern: str, out: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while not list(out.glob(pattern)):
        assert process.poll() is None, process.communicate()[1].decode()
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("moment", ["trunks/*.pt", "models/*.pt", "cells/*.json"])
def test_a_run_killed_and_begun_again_ends_with_the_same_bytes(whole: Path, tmp_path: Path, moment: str) -> None:
    out = tmp_path / "out"
    process = _begin(out, tmp_path, 1)
    _wait_for(moment, out, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = _cells(out)
    assert len(before) < 4  # it was killed before its end
    run_grid(MICRO, out)
    after = _cells(out)
    assert after == _cells(whole)
    assert {name: after[name] for name in before} == before


def test_a_trunk_saved_in_between_goes_on_to_the_same_bytes(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "_EVERY", 7)

    class Killed(BaseException):
        pass

    save, written = saved.save, []

    def save_twice(path: Path, state: object) -> None:
        save(path, state)
        written.append(path)
        if len(written) == 2:
            raise Killed

    monkeypatch.setattr(saved, "save", save_twice)
    with pytest.raises(Killed):
        cells.train_branches(MICRO, tmp_path, "30k", 0)
    monkeypatch.setattr(saved, "save", save)
    cells.train_branches(MICRO, tmp_path, "30k", 0)
    for tokens in MICRO.pretraining_tokens:
        mine, theirs = (cells.load_branch(folder, "30k", tokens, 0).state_dict() for folder in (tmp_path, whole))
        assert all((mine[name] == theirs[name]).all() for name in mine)


def test_a_branch_that_was_deleted_is_made_again_as_it_was(whole: Path, tmp_path: Path) -> None:
    """The saved trunk has read past where the branch leaves it."""
    out = tmp_path / "out"
    shutil.copytree(whole, out)
    lost = cells.branch_file(out, "30k", MICRO.pretraining_tokens[0], 0)
    lost.unlink()
    cells.train_branches(MICRO, out, "30k", 0)
    mine, theirs = (cells.load_branch(folder, "30k", MICRO.pretraining_tokens[0], 0).state_dict() for folder in (out, whole))
    assert all((mine[name] == theirs[name]).all() for name in mine)


@pytest.mark.slow
def test_two_workers_write_the_same_bytes_and_end_with_their_parent(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = _begin(out, tmp_path, 2)
    _wait_for("models/*.pt", out, process)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)  # ends only when no worker holds stderr open any more
    second = _begin(out, tmp_path, 2)
    errors = second.communicate()[1]
    assert second.returncode == 0, errors.decode()
    assert _cells(out) == _cells(whole)


def test_a_finished_run_has_nothing_left_to_do(whole: Path) -> None:
    told: list[Progress] = []
    before = {path: path.stat().st_mtime_ns for path in whole.rglob("*") if path.is_file()}
    run_grid(MICRO, whole, progress=told.append)
    assert [(step.done, step.total, step.finished) for step in told] == [(0.0, 0, "")]
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    grid, told = replace(MICRO, seeds=1, pretraining_tokens=(10 * STEP_TOKENS,), rl_tokens=(0,)), []
    run_grid(grid, tmp_path, progress=told.append)
    finished = [step.finished for step in told if step.finished]
    assert finished == ["30k params, seed 0: pre-training", "30k params, seed 0: RL after 15,360 tokens"]
    assert [step.done for step in told] == sorted(step.done for step in told)
    assert len({step.done for step in told}) > 10
    assert told[-1].done == pytest.approx(told[-1].total)


def test_a_folder_of_another_run_is_refused_with_what_differs(whole: Path) -> None:
    with pytest.raises(DataError, match=r"`settings.samples` is 32, now 64"):
        run_grid(replace(MICRO, samples=64), whole)


def test_longest_pieces_come_first_and_finished_ones_not_at_all(whole: Path, tmp_path: Path) -> None:
    trunks, todo = jobs_of(PRESETS["full"], tmp_path)
    assert len(trunks) == 8
    assert len(todo) == 40
    assert [job.size for job in trunks[:2]] == ["1M", "1M"]
    assert jobs_of(MICRO, whole) == ([], [])


def test_the_table_has_a_row_for_every_cell_and_k(whole: Path) -> None:
    path = collect(whole)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert tuple(rows[0])[:7] == ("params", "pretraining_tokens", "rl_tokens", "seed", "k", "success", "pretraining_loss")
    assert len(rows) == 2 * 2 * 3 * len(SAMPLES_AT)
    assert json.loads((whole / "runs.json").read_text())["settings"]["name"] == "micro"
    for row in rows:
        assert float(row["rl_tokens"]) >= float(row["rl_tokens_nominal"])
        if row["rl_tokens"] == "0":
            assert row["pretraining_loss"] == row["text_loss"]
        assert 0 <= float(row["success"]) <= 1
        assert float(row["flop_pretraining"]) > 6 * float(row["params"]) * float(row["pretraining_tokens"])


def test_the_table_is_read_back_as_numbers(whole: Path) -> None:
    rows = read_rows(collect(whole))
    assert {row["seed"] for row in rows} == {0.0, 1.0}
    assert {row["training_reward"] is None for row in rows if row["rl_tokens"] == 0} == {True}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("params,k\n1,2\n3,4,5\n", ":3: the row has another number of fields"),
        ("params,k\n1,many\n", ":2: `k` is `many`, and a finite number is due"),
        ("params,k\n1,inf\n", ":2: `k` is `inf`"),
        ("params\n1\n", "lacks the column `k`"),
        ("params,k\n", "has no row"),
        ('params,k\n"1" 2,3\n', "cannot be read as CSV"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "runs.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_rows(path, ("params", "k"))


def test_a_cell_keeps_the_counts_of_every_problem(whole: Path) -> None:
    cell = read_json(next((whole / "cells").glob("*.json")))
    for point in cell["points"]:
        counts, probability = unpack(point["correct"], np.uint8), unpack(point["probability"], np.float32)
        assert counts.shape == probability.shape == (40,)
        assert counts.max() <= 32


def test_a_folder_without_cells_makes_no_table(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no finished cell"):
        collect(tmp_path)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_made_of_whole_steps(name: str) -> None:
    grid = find_grid(name)
    for tokens in grid.pretraining_tokens:
        assert tokens % STEP_TOKENS == 0
        assert (1 - DECAY) * tokens / STEP_TOKENS == pytest.approx(round((1 - DECAY) * tokens / STEP_TOKENS))
    assert grid.rl_tokens[0] == 0
    assert sorted(grid.rl_tokens) == list(grid.rl_tokens)


def test_full_is_as_large_as_it_has_to_be() -> None:
    full = PRESETS["full"]
    assert (len(full.sizes), len(full.pretraining_tokens), len(full.rl_tokens), full.seeds) >= (4, 5, 5, 2)
    assert full.problems >= 1_000
    assert full.samples >= 64


def test_an_unknown_preset_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="tiny"):
        find_grid("tinny")


@pytest.mark.slow
def test_the_smoke_preset_from_end_to_end(tmp_path: Path) -> None:
    run_grid(PRESETS["smoke"], tmp_path)
    with collect(tmp_path).open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["k"] == "1"]
    assert len(rows) == 2 * 3 * 3
    base = {(int(row["params"]), int(row["pretraining_tokens"])): row for row in rows if row["rl_tokens"] == "0"}
    sizes, amounts = sorted({key[0] for key in base}), sorted({key[1] for key in base})
    for few, more in pairwise(amounts):
        assert all(float(base[size, more]["text_loss"]) < float(base[size, few]["text_loss"]) for size in sizes)
    for tokens in amounts:
        assert float(base[sizes[1], tokens]["text_loss"]) < float(base[sizes[0], tokens]["text_loss"])
    assert float(base[sizes[1], amounts[-1]]["success_exact"]) > 0.01
