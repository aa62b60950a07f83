"""Each cell of a sweep is the single plan, whatever is swept and however cells are grouped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import budgetplan as bp
from budgetplan.errors import BudgetPlanError, ScenarioError
from budgetplan.scenario import override, scenario_from_fields
from budgetplan.workflow import plan
from budgetplan.workflow.sweeps.columns import COLUMNS

LOSSES = ("loss", "equal_thirds_loss")
GRIDS: dict[str, tuple[dict[str, Any], dict[str, list[Any]]]] = {
    "law, verifier, budget, queries": (
        {},
        {
            "law": ["default", "additive", "hoffmann-2022"],
            "verifier": ["none", 0.1],
            "budget": [1e20, 1e26],
            "queries": [1e6, "1B"],
        },
    ),
    "limits that contradict each other in some cells": (
        {"budget": 1e24},
        {"max.rl_share": [0, "1%", 0.1, 0.5], "min.rl_share": [0.05, 0.3], "law": ["default", "additive"]},
    ),
    "demand and size": (
        {"budget": 1e24},
        {"serve": [0, "1T", 1e14], "params": ["1B", 7e10], "law": ["default", "besiroglu-2024", "llama3-2024"]},
    ),
    "limits on tokens and samples": (
        {"queries": 1e8},
        {"budget": [1e23, 1e25], "max.samples_per_query": [2, 50], "max.pretraining_tokens": ["1T", "100T"]},
    ),
    "fixed shares, some of them over one": (
        {"budget": 1e23},
        {"fix.rl_share": [0.1, 0.5], "fix.inference_share": [0.2, 0.6], "tokens_per_sample": [500, 5000], "queries": [1e6, 1e7]},
    ),
    "money and prices": ({}, {"usd": [1e6, "10Musd"], "decode_utilisation": [0.1, "50%"], "method": ["grpo", "ppo"]}),
    "targets that can and cannot be reached": ({}, {"target_loss": [2.0, 0.2, -1], "law": ["default", "additive"]}),
    "a checkpoint, and budgets that cannot be read": (
        {"checkpoint": "8B,15T"},
        {"budget": ["1e24", "x", 1e50], "max.pretraining_tokens": ["15.5T", "16T"]},
    ),
    "budgets that GPUs cannot all do in the time": (
        {"gpus": "256xH100", "duration": "21d"},
        {"budget": np.array([1e22, 1e23, 1e24]), "count": ["operations", "training-equivalent"]},
    ),
    "checkpoints as pairs": ({"budget": 1e24, "law": "besiroglu-2024"}, {"checkpoint": [(8e9, 15e12), (70e9, 15e12)]}),
    "robust plans, and a law without a spread": (
        {"budget": 1e24},
        {"objective": ["law", "expected", "minimax-law"], "law": ["additive", "hoffmann-2022"], "verifier": ["none", "oracle"]},
    ),
    "data and the fewest params": ({"budget": 1e22}, {"unique_tokens": ["10B", "1T"], "min.params": ["1M", "1B", "1e13"]}),
}


def single(fields: dict[str, Any], cell: dict[str, Any]) -> dict[str, Any]:
    """The row of one cell from a plan of its own."""
    try:
        study = plan(override(scenario_from_fields(fields), cell))
    except BudgetPlanError as error:
        return {"status": error.code}
    best, thirds = study.plan, study.baselines.get("equal-thirds")
    values = [best.params, *best.tokens.values(), *best.share.values(), best.samples_per_query, best.loss]
    values += [None, None] if thirds is None else [thirds.loss, thirds.regret.wasted_compute]
    return dict(zip(COLUMNS, [*values, study.certificate.status], strict=True))


@pytest.mark.parametrize("name", GRIDS)
def test_each_row_is_the_plan_of_its_cell(name: str) -> None:
    fields, over = GRIDS[name]
    table = bp.sweep(fields, **over)
    rows = table.to_dict("records")
    cells = [{}]
    for key, values in over.items():
        cells = [{**cell, key: value} for cell in cells for value in values]
    assert len(rows) == len(cells)
    answered = 0
    for cell, row in zip(cells, rows, strict=True):
        expected = single(fields, cell)
        assert row["status"] == expected.pop("status"), cell
        answered += bool(expected)
        for column in COLUMNS[:-1]:
            value = expected.get(column)
            if value is None:
                assert pd.isna(row[column]) or column in over, (cell, column)
            elif column == "equal_thirds_wasted_compute":
                assert row[column] == pytest.approx(value, abs=1e-9), cell
            else:
                # the optimum is flat: its place is known to the root of what its loss is known to
                relative, absolute = (1e-10, 0) if column in LOSSES else (1e-7, 1e-9 if column.endswith("_share") else 0)
                assert row[column] == pytest.approx(value, rel=relative, abs=absolute), (cell, column)
    assert answered >= len(cells) / 4


def test_swept_numbers_are_in_si_units_and_other_values_as_given() -> None:
    table = bp.sweep(budget=["1e22", "1e5PFLOP-day"], verifier=["none", 0.5], method=["grpo", "typo"])
    assert list(table["budget"]) == [1e22] * 4 + [8.64e24] * 4
    assert list(table["verifier"]) == ["none", "none", 0.5, 0.5] * 2
    assert list(table["status"]) == ["optimal", "unknown-name"] * 4
    assert list(table.columns) == ["budget", "verifier", "method", *COLUMNS]


def test_swept_params_are_a_column_once() -> None:
    table = bp.sweep(law="additive", params=["1B", "8B"], budget=[1e22, 1e3])
    assert list(table.columns) == ["params", "budget", *COLUMNS[1:]]
    assert list(table["params"]) == [1e9, 1e9, 8e9, 8e9]
    assert list(table["status"]) == ["optimal", "scenario"] * 2


def test_a_sweep_without_budget_or_target_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no budget and no target"):
        bp.sweep(verifier=["none", "oracle"])


def test_what_a_row_does_not_tell_is_refused() -> None:
    for fields, over in (({"deadline": "30d", "gpus": "64xH100"}, {}), ({}, {"deadline": ["30d", "60d"]})):
        with pytest.raises(ScenarioError, match="tells no days") as caught:
            bp.sweep(fields, budget=[1e22, 1e23], **over)
        assert "plan --deadline" in caught.value.hint
    with pytest.raises(ScenarioError, match="each cell of a sweep has one"):
        bp.sweep({"objective": "minimax-law"}, budget=[1e22, 1e23])


def test_ends_of_a_range_guard_the_values_between() -> None:
    table = bp.sweep(budget=1e24, **{"max.rl_share": np.array([0.1, 0.9, 1.7])})
    assert list(table["status"]) == ["optimal", "optimal", "scenario"]
    table = bp.sweep(budget=np.array([1e24, np.nan]))
    assert list(table["status"]) == ["optimal", "scenario"]
