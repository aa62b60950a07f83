"""Intervals of plans hold the true optimum in about nine of ten simulated data sets.

The full study, 200 sets, is committed as `docs/plan_coverage.csv`; here fewer sets of its own are run, and chance adds two binomial
standard errors to the bounds.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.uncertainty.coverage.plans import PLAN_STUDIES, PlanStudy, plan_hits

LOW, HIGH = 0.85, 0.95
SETS = range(1000, 1016)
TABLE = Path(__file__).parents[3] / "docs" / "plan_coverage.csv"


@pytest.mark.slow
@pytest.mark.parametrize("study", PLAN_STUDIES, ids=lambda study: study.name)
def test_intervals_hold_the_true_optimum(study: PlanStudy, tmp_path: Path) -> None:
    chance = 2 * np.sqrt(0.9 * 0.1 / len(SETS))
    assert LOW - chance <= plan_hits(study, SETS, tmp_path).mean() <= HIGH + chance


def test_committed_study_is_whole_and_within_bounds() -> None:
    table = pd.read_csv(TABLE).set_index("study")
    assert set(table.index) == {study.name for study in PLAN_STUDIES}
    assert (table["sets"] >= 200).all()
    measured = table.drop(columns="sets").to_numpy(dtype=float)
    measured = measured[np.isfinite(measured)]
    assert len(measured) == 5
    assert ((measured >= LOW) & (measured <= HIGH)).all()
