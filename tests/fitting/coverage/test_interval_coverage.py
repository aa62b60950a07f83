"""Intervals of 90 % hold the truth in about 90 % of simulated data sets.

The full study, 200 sets each, is committed as `docs/interval_coverage.csv` (`python -m tests.fitting.coverage`); here each study
runs on fewer sets of its own. All coefficients of a set err together, so that a set counts as one trial: chance adds two binomial
standard errors to the bounds.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.fitting.coverage.simulated import STUDIES, Study, hits

LOW, HIGH = 0.85, 0.95
SETS = range(1000, 1024)
TABLE = Path(__file__).parents[3] / "docs" / "interval_coverage.csv"


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_intervals_hold_the_truth(study: Study) -> None:
    chance = 2 * np.sqrt(0.9 * 0.1 / len(SETS))
    assert LOW - chance <= np.nanmean(hits(study, SETS)) <= HIGH + chance


def test_committed_study_is_whole_and_within_bounds() -> None:
    table = pd.read_csv(TABLE)
    assert {study.name for study in STUDIES} <= set(table["study"])
    assert (table["sets"] >= 200).all()
    assert table["coverage"].between(LOW, HIGH).all()
