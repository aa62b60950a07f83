"""`budgetplan plot` of runs and of laws: from a file to a figure with its data beside it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

Call = Callable[[str], Any]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Runs of a known law at five budgets, the size in a column of another name."""
    draw = np.random.default_rng(0)
    flop = np.repeat(np.geomspace(1e18, 1e21, 5), 6)
    params = np.sqrt(flop / 120) * np.tile(np.geomspace(0.3, 3, 6), 5)
    loss = (1.8 + 480 / params**0.35 + 2000 / (flop / 6 / params) ** 0.37) * np.exp(0.002 * draw.standard_normal(30))
    path = tmp_path / "runs.csv"
    pd.DataFrame({"N": params, "flop": flop, "loss": loss}).to_csv(path, index=False)
    return path


@pytest.fixture
def curves(tmp_path: Path) -> Path:
    draw = np.random.default_rng(1)
    x = np.geomspace(1e8, 1e10, 12)
    table = pd.DataFrame({"rl_tokens": x, "success": 0.2 + 0.5 / (1 + (2e9 / x) ** 1.5) + 0.003 * draw.standard_normal(12)})
    path = tmp_path / "curve.CSV"
    table.to_csv(path, index=False)
    return path


def _marks(figure: Path, column: str) -> list[str]:
    with figure.with_name(f"{figure.name}.csv").open(encoding="utf-8", newline="") as lines:
        return [row[column] for row in csv.DictReader(lines)]


@pytest.mark.parametrize("kind", ["fit", "isoflop", "contours"])
def test_runs_stand_where_the_scenario_stands(call: Call, runs: Path, kind: str) -> None:
    figure = runs.with_name("a.svg")
    done = call(f"budgetplan plot {kind} {runs} --column params=N -o {figure} --format json")
    assert (done.status, done.data) == (0, {"kind": kind, "figure": str(figure), "data": f"{figure}.csv"})
    assert figure.read_text(encoding="utf-8").startswith("<?xml")
    if kind != "fit":
        assert _marks(figure, "mark").count("run") == 30
    same = call(f"budgetplan plot {kind} --runs {runs} --column params=N -o {runs.with_name('b.svg')}")
    assert same.status == 0
    assert figure.read_bytes() == runs.with_name("b.svg").read_bytes()


def test_held_out_runs_are_forecast(call: Call, runs: Path) -> None:
    figure = runs.with_name("a.pdf")
    assert call(f"budgetplan plot fit {runs} --column params=N --holdout 'N > 1e9' -o {figure}").status == 0
    held = _marks(figure, "held_out")
    sizes = [float(value) for value in _marks(figure, "params")]
    assert [flag == "true" for flag in held] == [size > 1e9 for size in sizes]


def test_curves_of_success(call: Call, curves: Path) -> None:
    figure = curves.with_name("a.png")
    done = call(f"budgetplan plot rl-curve {curves} --bootstrap 20 --seed 3 -o {figure}")
    assert done.status == 0, done.err
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert _marks(figure, "mark").count("run") == 12


def test_counts_of_right_answers(call: Call, tmp_path: Path) -> None:
    draw = np.random.default_rng(2)
    table = pd.DataFrame({"n_samples": 100, "c": draw.binomial(100, draw.beta(0.5, 5, 50)), "set": np.arange(50) % 2})
    table.to_csv(tmp_path / "counts.csv", index=False)
    figure = tmp_path / "a.svg"
    words = f"--column n_correct=c --column group=set -o {figure}"
    assert call(f"budgetplan plot pass-at-k {tmp_path / 'counts.csv'} {words}").status == 0
    assert set(_marks(figure, "curve")) == {"0", "1"}


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("fit", "chinchilla"),
        ("contours", "chinchilla"),
        ("isoflop", "chinchilla"),
        ("isoflop", "isoflop"),
        ("rl-curve", "rl-sigmoid"),
    ],
)
def test_a_law_that_was_written_is_drawn(call: Call, runs: Path, curves: Path, kind: str, form: str) -> None:
    law, figure = runs.with_name("mine.yaml"), runs.with_name("a.svg")
    words = f"{curves}" if form == "rl-sigmoid" else f"{runs} --column params=N"
    assert call(f"budgetplan fit {words} --form {form} --bootstrap 20 -o {law}").status == 0
    done = call(f"budgetplan plot {kind} --law {law} -o {figure}")
    assert done.status == 0, done.err
    assert "Law mine" in figure.read_text(encoding="utf-8")


def test_runs_beside_a_law_are_not_fitted(call: Call, runs: Path) -> None:
    figure = runs.with_name("a.svg")
    assert call(f"budgetplan plot fit {runs} --column params=N --law besiroglu-2024 -o {figure}").status == 0
    drawn = figure.read_text(encoding="utf-8")
    assert "besiroglu-2024 misses 30 runs" in " ".join(drawn.split())
    done = call(f"budgetplan plot fit {runs} --column params=N --law besiroglu-2024 --holdout 'N > 1e9' -o {figure}")
    assert done.status == 2
    assert "--holdout: with --law nothing is fitted" in done.err


def test_warnings_of_the_fit_are_told_and_strict_heeds_them(call: Call, runs: Path) -> None:
    few = f"budgetplan plot fit {runs} --column params=N --where 'flop < 1e19' -o {runs.with_name('a.svg')}"
    assert call(f"{few} --strict").status == 5
    done = call(f"{few} --format csv")
    assert done.status == 0
    assert "warning: " in done.err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("fit --where 'N > 1'", "there are no runs to fit"),
        ("fit RUNS --runs RUNS", "both name runs"),
        ("fit RUNS", "--column params=NAME"),
        ("fit RUNS --column params", "ROLE=NAME"),
        ("fit RUNS --column params=N --form chinchila", "Did you mean `chinchilla`"),
        ("isoflop RUNS --column params=N --law default", "takes runs or a law"),
        ("rl-curve RUNS --column params=N", "rl_compute or rl_tokens"),
        ("rl-curve --law besiroglu-2024", "no RL link"),
        ("split RUNS", "draws a plan, not runs"),
        ("fit none.csv", "no file of runs `none.csv`"),
        ("contour --law default", "Did you mean `contours`"),
    ],
)
def test_refusals_say_what_to_do_and_leave_nothing(call: Call, runs: Path, line: str, says: str) -> None:
    done = call(f"budgetplan plot {line.replace('RUNS', str(runs))} -o {runs.with_name('a.svg')}")
    assert (done.status, done.out) == (2, "")
    assert says in done.err
    assert sorted(item.name for item in runs.parent.iterdir()) == ["runs.csv"]
