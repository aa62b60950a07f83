"""Cells are cut by themselves, so that the table does not depend on who does the work."""

from __future__ import annotations

import multiprocessing
import pickle
import shutil
from itertools import product
from math import prod
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.scenario import override, scenario_from_fields
from budgetplan.workflow import sweep
from budgetplan.workflow.resolve.named_limits import limits_of
from budgetplan.workflow.resolve.question import resolve
from budgetplan.workflow.sweeps import sweeper
from budgetplan.workflow.sweeps.grid import Grid, axis
from budgetplan.workflow.sweeps.piece import answer, work

VALUES = {
    "budget": [1e22, 1e23, 1e24],
    "verifier": ["none", "oracle"],
    "queries": [1e6, 1e7],
    "method": ["grpo", "ppo", "sft"],
    "max.rl_share": [0.1, 0.2],
    "max.rl_tokens": [0.0, 1e12],
}


@given(st.permutations(list(VALUES)), st.integers(1, 6), st.integers(1, 200))
def test_every_cell_is_in_one_piece_with_its_own_values(keys: list[str], count: int, piece: int) -> None:
    chosen = keys[:count]
    grid = Grid(tuple(axis(key, VALUES[key]) for key in chosen), piece)
    expected = list(product(*(VALUES[key] for key in chosen)))
    assert grid.cells == len(expected) == prod(grid.shape)
    seen = []
    for index in range(len(grid)):
        rows, place = grid.rows(index), 0
        for part in grid[index]:
            for cell in range(part.cells):
                values = {**part.changes, **{key: column[cell] for key, column in part.columns.items()}}
                assert tuple(values[key] for key in chosen) == expected[rows[place]]
                place += 1
        assert place == len(rows) <= piece
        seen += list(rows)
    assert sorted(seen) == list(range(grid.cells))
    table = list(zip(*(grid.column(number) for number in range(count)), strict=True))
    assert table == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"max": {"rl_share": 0.2}, "min": {"rl_tokens": 1e9, "pretraining_tokens": 1e4}},
        {"queries": 1e7, "serve": 1e10, "fix": {"samples_per_query": 3, "rl_share": 0.1}},
        {"checkpoint": "8B,1T", "max": {"pretraining_tokens": 2e12, "inference_share": 0.3}},
        {"params": 1e9, "max": {"rl_tokens": 0}},
        {"max": {"params": 1e3, "inference_tokens": 1e12}},
        {"queries": 1e7, "prompt_tokens": 900, "max": {"samples_per_query": 40, "inference_tokens": 1e12}},
    ],
)
def test_limits_of_many_cells_are_those_of_each(fields: dict[str, object]) -> None:
    scenario = scenario_from_fields({"budget": 1e24, **fields})
    swept = {key: [1.0, 1.7, 0.4] for key in ("params", "queries", "serve") if getattr(scenario, key) is not None}
    for side in ("fix", "min", "max"):
        swept |= {f"{side}.{key}": [1.0, 1.2, 0.9] for key, value in getattr(scenario, side).items() if value}
    columns = {}
    for key, factors in swept.items():
        side, _, name = key.partition(".")
        value = getattr(scenario, side)[name] if name else getattr(scenario, side)
        columns[key] = value * np.array(factors)
    budgets = np.array([1e24, 3e24, 1e22])
    many, each = None, []
    for index, budget in enumerate(budgets):
        cell = override(scenario, {"budget": budget, **{key: values[index] for key, values in columns.items()}})
        each.append(resolve(cell).at(np.array([budget])))
    first = np.concatenate([item.first_sample for item in each])
    served = np.concatenate([item.served for item in each])
    question = resolve(scenario)
    prefill = question.demand.prefill(first)
    many = limits_of(scenario, columns, question.kappa, budgets, first, served, question.sunk_tokens, prefill)
    assert many.rl_forbidden == each[0].limits.rl_forbidden
    for side in ("low", "high"):
        expected = np.concatenate([getattr(item.limits, side) for item in each], axis=1)
        np.testing.assert_allclose(getattr(many, side), expected, rtol=1e-15)


def test_a_law_file_travels_with_its_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    shutil.copy(Path(__file__).parents[2] / "data" / "laws" / "additive.yaml", tmp_path / "here" / "mine.yaml")
    monkeypatch.chdir(tmp_path / "here")
    grid = Grid((axis("law", ["mine.yaml", "additive", "yours.yaml"]), axis("budget", [1e22, 1e24])))
    sent = pickle.dumps(work(scenario_from_fields({}), grid[0]))
    monkeypatch.chdir(tmp_path / "there")
    found = answer(pickle.loads(sent))
    assert list(found.status) == ["optimal"] * 4 + ["data"] * 2  # a file that is not there
    np.testing.assert_array_equal(found.numbers[:, :2], found.numbers[:, 2:4])


OVER = {"law": ["default", "additive"], "budget": np.geomspace(1e21, 1e26, 13), "verifier": ["none", "oracle"]}


def test_the_bytes_do_not_depend_on_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "CELLS", 5)
    scenario = scenario_from_fields({})
    told: list[tuple[int, int]] = []
    alone = sweep(scenario, OVER, progress=lambda *done: told.append(done))
    several = sweep(scenario, OVER, workers=3)
    assert told == [(min(5 * piece, 52), 52) for piece in range(1, 12)]
    pd.testing.assert_frame_equal(several, alone, check_exact=True)
    assert several.to_csv() == alone.to_csv()
    assert set(alone["status"]) == {"optimal"}


def test_a_process_killed_in_the_middle_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "CELLS", 4)
    scenario = scenario_from_fields({})
    killed: list[int] = []

    def kill_once(done: int, total: int) -> None:
        if not killed:
            worker = multiprocessing.active_children()[0]
            killed.append(worker.pid or 0)
            worker.kill()

    several = sweep(scenario, OVER, workers=2, progress=kill_once)
    assert killed
    pd.testing.assert_frame_equal(several, sweep(scenario, OVER), check_exact=True)
