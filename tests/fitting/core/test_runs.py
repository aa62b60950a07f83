"""Reading runs: roles, rows that cannot be used, rows that are suspicious."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from budgetplan.errors import DataError, UnknownNameError
from budgetplan.fitting.runs.read_runs import read_runs


def table(**changes: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"params": [1e8, 2e8, 4e8], "tokens": [2e9, 5e9, 9e9], "loss": [3.2, 3.0, 2.8]} | changes)


def test_tokens_follow_from_flop(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    pd.DataFrame({"N": [1e8, 2e8], "C": [1.2e18, 6e18], "loss": [3.2, 3.0]}).to_csv(path, index=False)
    runs = read_runs(path, {"params": "N", "flop": "C"})
    assert runs["tokens"] == pytest.approx([2e9, 5e9])
    assert (runs.count, list(runs.rows), len(runs.digest)) == (2, [1, 2], 64)
    assert runs.get("success") is None


def test_where_keeps_row_numbers() -> None:
    runs = read_runs(table(), where="params > 1.5e8")
    assert list(runs.rows) == [2, 3]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": [3.2, -3.0, 0.0]}, r"rows 2, 3: `loss` must be above 0 \(got -3\)"),
        ({"loss": [3.2, np.nan, 2.8]}, "row 2: `loss` is missing"),
        ({"tokens": [2e9, np.inf, 9e9]}, "row 2: `tokens` is infinite"),
        ({"params": [0.0, 2e8, 4e8]}, "row 1: `params` must be above 0"),
        ({"success": [0.1, 0.2, 1.5]}, "row 3: `success` must lie between 0 and 1"),
    ],
)
def test_rows_that_cannot_be_used_are_named(changes: dict[str, list[float]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_runs(table(**changes))


def test_text_where_a_number_belongs() -> None:
    with pytest.raises(DataError, match="row 2: `loss` is 'diverged'"):
        read_runs(table().assign(loss=["3.2", "diverged", "2.8"]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokens": [2.0, 5.0, 9.0]}, "billions of tokens"),
        ({"flop": [1.2e18, 6e18, 2.16e21]}, "row 3: `flop` is 1e\\+02 times 6 x params x tokens"),
        ({"params": [1e8, 1e8, 4e8], "tokens": [2e9, 2e9, 9e9], "loss": [3.2, 3.2, 2.8]}, "row 2: the same run as an earlier row"),
    ],
)
def test_suspicious_rows_are_warned_of(changes: dict[str, list[float]], message: str) -> None:
    (warning,) = read_runs(table(**changes)).warnings
    assert message.replace("\\", "") in warning


def test_clean_rows_raise_no_warning() -> None:
    assert read_runs(table()).warnings == ()


def test_unknown_names() -> None:
    with pytest.raises(DataError, match="no column `los`"):
        read_runs(table(), {"loss": "los"})
    with pytest.raises(UnknownNameError, match="parms"):
        read_runs(table(), {"parms": "params"})
    with pytest.raises(DataError, match="cannot be evaluated"):
        read_runs(table(), where="size > 3")
    with pytest.raises(DataError, match="no row of 3 satisfies"):
        read_runs(table(), where="params > 1e12")
    with pytest.raises(DataError, match="no file of runs"):
        read_runs("absent.csv")


def test_the_hash_follows_the_data() -> None:
    assert read_runs(table()).digest == read_runs(table()).digest
    assert read_runs(table()).digest != read_runs(table(loss=[3.2, 3.0, 2.9])).digest
