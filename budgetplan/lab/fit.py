"""`lab fit`: the joint law of a table of the lab, and the candidates compared by what they forecast.

The fit is the package's own (`budgetplan.fitting.joint.fit_joint`). Success is `success_exact`, the mean over held-out problems of
1 - (1 - p)^k with p computed from the model: it has the noise of the problems and of training, none of sampling.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from budgetplan.errors import DataError
from budgetplan.fitting.joint.compare import JointScore, compare_joint
from budgetplan.fitting.joint.fit_joint import fit_joint
from budgetplan.fitting.law.law_file import write_law
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.rl.options import CurveOptions
from budgetplan.lab.store import write_json
from budgetplan.lab.table import collect, read_rows
from budgetplan.numerics.arrays import Array
from budgetplan.version import VERSION

ROLES = {
    "params": "params",
    "tokens": "pretraining_tokens",
    "rl_tokens": "rl_tokens",
    "k": "k",
    "success": "success_exact",
    "loss": "pretraining_loss",
    "cluster": "seed",
}
"""Role of each column that the fit reads."""
PROBLEMS = "n_problems"
"""Column of how many problems are behind a success."""
LAW = "lab"
"""Id of the law."""


@dataclass(frozen=True)
class LabFit:
    """A joint law of the lab.

    Attributes
    ----------
    fit : LawFit
        The chain.
    scores : tuple of JointScore
        Candidates, the best forecaster first.
    table, law, comparison : Path
        Files: the runs, the law, the scores.
    """

    fit: LawFit
    scores: tuple[JointScore, ...]
    table: Path
    law: Path
    comparison: Path


def fit_lab(out: Path, bootstrap: int = 500, seed: int = 0, level: float = 0.9) -> LabFit:
    """Fit the chain to a folder's table and compare it with the other candidates.

    Parameters
    ----------
    out : Path
        Folder of a run: finished cells, or a `runs.csv` alone.
    bootstrap, seed : int
        Replicates over training runs, for the law's joint draws.
    level : float
        Of intervals. [1]

    Returns
    -------
    LabFit

    Raises
    ------
    DataError
        If there is no table, or it cannot be used.
    FitError
        If it is too small for the law.
    """
    table = collect(out) if (out / "cells").is_dir() else out / "runs.csv"
    if not table.is_file():
        raise DataError(f"`{out}` holds no table of the lab.", "Measure one first: budgetplan lab run --out DIR.")
    runs, problems = columns_of(read_rows(table, (*ROLES.values(), PROBLEMS)))
    options = CurveOptions(bootstrap=bootstrap, seed=seed, level=level, label=LAW)
    fit = fit_joint(runs, options, problems=problems)
    about = {
        "data_sha256": hashlib.sha256(table.read_bytes()).hexdigest(),
        "version": VERSION,
        "command": f"budgetplan lab fit {out.resolve().name}",
    }
    fit = replace(fit, provenance={**fit.provenance, **about})
    scores = tuple(compare_joint(runs, replace(options, bootstrap=0), problems))
    law = write_law(fit, out / f"{LAW}.yaml", LAW)
    comparison = out / "comparison.json"
    write_json(comparison, {"rows": [score_row(score) for score in scores], **about})
    return LabFit(fit, scores, table, law, comparison)


def columns_of(rows: Sequence[dict[str, float | None]]) -> tuple[dict[str, Array], float]:
    """Columns by role, and how many problems are behind a success.

    Parameters
    ----------
    rows : sequence of mapping
        From `table.read_rows`.

    Raises
    ------
    DataError
        Where a field that the fit reads is empty.
    """
    for name in (*ROLES.values(), PROBLEMS):
        if empty := sum(row[name] is None for row in rows):
            raise DataError(f"The table's column `{name}` is empty in {empty} rows.", "Fill it in, or leave these rows out.")
    runs = {role: np.array([row[name] for row in rows], dtype=np.float64) for role, name in ROLES.items()}
    return runs, float(rows[0][PROBLEMS] or 0.0)


def score_row(score: JointScore) -> dict[str, Any]:
    """A candidate's score as plain data."""
    return {
        "law": score.law,
        "gain": score.gain,
        "forecast_rms": score.rms,
        "forecast_coverage": score.coverage,
        "fitted_rms": score.fitted_rms,
        "scatter": score.scatter,
        "coefficients": score.coefficients,
        "folds": {name: {"rms": rms, "coverage": coverage, "rows": rows} for name, (rms, coverage, rows) in score.folds.items()},
    }
