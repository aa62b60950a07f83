"""`budgetplan fit` from a file of runs to a law that plans."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import budgetplan as bp

Call = Callable[[str], Any]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Sixty runs of a known Chinchilla law."""
    draw = np.random.default_rng(0)
    params = np.exp(draw.uniform(np.log(5e7), np.log(1e10), 60))
    tokens = params * np.exp(draw.uniform(np.log(3), np.log(200), 60))
    loss = (1.8 + 480 / params**0.347 + 2000 / tokens**0.366) * np.exp(0.003 * draw.standard_normal(60))
    path = tmp_path / "runs.csv"
    pd.DataFrame({"N": params, "tokens": tokens, "loss": loss, "half": np.arange(60) % 2}).to_csv(path, index=False)
    return path


def test_json_has_the_contract_shape(call: Call, runs: Path) -> None:
    done = call(f"budgetplan fit {runs} --form chinchilla --column params=N --bootstrap 100 --seed 1 --format json")
    assert (done.status, done.err) == (0, "")
    data = done.data
    assert data["schema"] == "budgetplan/fit/1"
    assert list(data["coefficients"]) == ["E", "A", "B", "alpha", "beta"]
    assert set(data) >= {
        "form",
        "standard_errors",
        "intervals",
        "objective",
        "objective_name",
        "n_runs",
        "groups",
        "holdout",
        "warnings",
    }
    assert (data["n_runs"], data["groups"], data["holdout"]) == (60, None, None)
    assert all(low <= data["coefficients"][name] <= high for name, (low, high) in data["intervals"].items())
    same = bp.fit_law(runs, form="chinchilla", columns={"params": "N"}, bootstrap=100, seed=1)
    assert data["coefficients"] == pytest.approx(dict(same.coefficients), rel=1e-12)


def test_written_law_plans_at_once(call: Call, runs: Path, tmp_path: Path) -> None:
    law = tmp_path / "mine.yaml"
    assert call(f"budgetplan fit {runs} --form chinchilla --column params=N --bootstrap 50 -o {law}").status == 0
    assert sorted(item.name for item in tmp_path.iterdir()) == ["mine.yaml", "runs.csv"]
    plan = call(f"budgetplan plan --budget 1e21 --law {law} --format json").data
    assert plan["law"]["id"] == "mine"
    assert plan["certificate"]["status"] == "optimal"
    shown = call(f"budgetplan laws {law}")
    assert "fitted" in shown.out
    assert "budgetplan fit runs.csv --form chinchilla" in shown.out
    assert str(tmp_path) not in law.read_text()


def test_groups_write_one_law_each(call: Call, runs: Path, tmp_path: Path) -> None:
    done = call(f"budgetplan fit {runs} --form chinchilla --column params=N --column group=half -o {tmp_path / 'mine.yaml'}")
    assert done.status == 0
    assert sorted(item.name for item in tmp_path.glob("*.yaml")) == ["mine-0.yaml", "mine-1.yaml"]
    assert done.out.startswith("chinchilla fitted to 2 groups, 60 runs.")


def test_holdout_is_forecast(call: Call, runs: Path) -> None:
    data = call(f"budgetplan fit {runs} --form chinchilla --column params=N --holdout 'params > 5e9' --format json").data
    assert data["holdout"]["n"] + data["n_runs"] == 60
    assert data["holdout"]["rms"] < 0.02
    assert {"observed", "forecast", "low", "high"} <= set(data["holdout"]["rows"][0])


def test_csv_has_a_row_per_coefficient(call: Call, runs: Path) -> None:
    lines = call(f"budgetplan fit {runs} --form chinchilla --column params=N --format csv").out.splitlines()
    assert lines[0] == "coefficient,value,standard_error,low,high,level"
    assert len(lines) == 6


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--form chinchila --column params=N", "Did you mean `chinchilla`"),
        ("--form chinchilla", "--column params=NAME"),
        ("--form chinchilla --column params=M", "Did you mean `N`|Columns"),
        ("--form chinchilla --column params", "ROLE=NAME"),
        ("--form chinchilla --column params=N --where 'size > 3'", "cannot be evaluated"),
        ("--form chinchilla --column params=N --where '@x > 3'", "beyond the columns"),
        ("--form chinchilla --column params=N --where 'loss > 99'", "no row of 60"),
        ("--form chinchilla --column params=N --level 90", "between 0 and 1"),
        ("--form chinchilla --column params=N --objective squares", "least-squares"),
        ("--form chinchilla --column params=N -o mine.json", "ends in .yaml"),
        ("--form chinchilla --column params=N --where 'loss < 2.4' --holdout 'loss < 2.4'", "every row"),
        ("--form chinchilla --column params=N --fixed alpha=x", "no number"),
        ("--form chinchilla --column params=N --fixed alpha=inf", "no number that is finite"),
        ("--form chinchilla --column params=N --fixed alpha=0.3 --fixed alpha=0.4", "given twice, as `0.3` and `0.4`"),
        ("--form chinchilla --column params=N --column params=D", "given twice, as `N` and `D`"),
    ],
)
def test_refusals_say_what_to_do(call: Call, runs: Path, line: str, says: str) -> None:
    import re

    done = call(f"budgetplan fit {runs} {line}")
    assert (done.status, done.out) == (2, "")
    assert re.search(says, done.err)
    assert not list(runs.parent.glob("*.part"))


def test_runs_that_determine_nothing(call: Call, runs: Path) -> None:
    done = call(f"budgetplan fit {runs} --form chinchilla --column params=N --where 'index < 5' --format json")
    assert done.status == 3
    assert done.out == ""
    assert "5" in done.error["message"]


def test_strict(call: Call, runs: Path) -> None:
    table = pd.read_csv(runs)
    pd.concat([table, table.head(3)]).to_csv(runs, index=False)
    assert call(f"budgetplan fit {runs} --form chinchilla --column params=N").status == 0
    assert call(f"budgetplan fit {runs} --form chinchilla --column params=N --strict").status == 5
