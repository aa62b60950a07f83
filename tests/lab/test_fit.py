"""`lab fit`: from a table of the lab to a law that plans, with the candidates compared."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.cli import main
from budgetplan.errors import DataError
from budgetplan.lab.fit import fit_lab
from budgetplan.lab.table import COLUMNS
from tests.fitting.joint.conftest import TRUTHS, task_loss
from tests.schemas.obeys import obeys

SIZES, TOKENS, RL = (27_840, 104_832, 312_480, 938_240), 491_520 * 2.0 ** np.arange(5), (0, 1e4, 3e4, 9e4, 2.7e5, 8.1e5)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A folder with the table that a chain of known coefficients would give, two seeds and 1,000 problems."""
    draw = np.random.default_rng(0)
    rows: list[dict[str, Any]] = []
    for params in SIZES:
        for tokens in TOKENS:
            for seed in (0, 1):
                lucky = 0.03 * draw.standard_normal()
                for rl in RL:
                    for k in (1, 2, 4, 8, 16, 32):
                        at = (np.array([value]) for value in (params, tokens, rl, k))
                        exact, loss = task_loss(TRUTHS["log"], *at)
                        success = float(np.exp(-exact[0] * np.exp(lucky)))
                        row = dict.fromkeys(COLUMNS, "")
                        row |= {"params": params, "pretraining_tokens": tokens, "rl_tokens": rl, "seed": seed, "k": k}
                        row |= {"pretraining_loss": float(loss[0]) * np.exp(0.002 * draw.standard_normal()), "n_problems": 1000}
                        row |= {"success": success, "success_exact": draw.binomial(1000, success) / 1000}
                        rows.append(row)
    with (tmp_path / "runs.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path


def test_the_chain_is_found_and_forecasts_best(table: Path) -> None:
    found = fit_lab(table, bootstrap=60)
    assert found.scores[0].law == "chain"
    assert found.scores[0].rms < 0.1
    for name in ("alpha", "gain", "tail", "slope"):
        low, high = found.fit.intervals[name]
        middle = 0.5 * (low + high)
        assert middle - 1.5 * (high - low) < TRUTHS["log"][name] < middle + 1.5 * (high - low)
    rows = json.loads(found.comparison.read_text())["rows"]
    assert [row["law"] for row in rows] == [score.law for score in found.scores]
    study = bp.plan(budget=1e13, law=str(found.law), queries=1e4, tokens_per_sample=8, draws=20)
    assert study.law.id == "lab"
    assert study.certificate.status == "optimal"


def test_the_command_names_the_winner(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "fit", str(table), "--bootstrap", "20", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert obeys("lab-fit", data)
    assert data["schema"] == "budgetplan/fit/1"
    assert data["comparison"][0]["law"] == "chain"
    assert Path(data["law_file"]).is_file()
    assert str(table) not in Path(data["law_file"]).read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("success_exact", "success", "lacks the column `success_exact`"),
        ("27840", "small", "`params` is `small`"),
        (",1000,", ",,", "`n_problems` is empty in 1 rows"),
    ],
)
def test_a_table_that_cannot_be_fitted_is_refused(
    table: Path, old: str, new: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table / "runs.csv"
    path.write_text(path.read_text().replace(old, new, 1))
    assert main(["lab", "fit", str(table), "--bootstrap", "5"]) == 2
    assert message in capsys.readouterr().err


def test_without_a_table(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no table"):
        fit_lab(tmp_path)
