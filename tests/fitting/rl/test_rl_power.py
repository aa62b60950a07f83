"""The power law of the error: a straight line in logarithms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import linregress, t

from budgetplan.errors import DataError
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.law.law_file import write_law
from budgetplan.laws.catalogue import load_law

X = np.geomspace(1e8, 1e11, 20)


def noisy(seed: int) -> pd.DataFrame:
    error = 10 ** (-0.1 * np.log10(X) + 0.7) * np.exp(0.01 * np.random.default_rng(seed).standard_normal(X.size))
    return pd.DataFrame({"rl_tokens": X, "success": 1 - error})


def test_equals_ordinary_regression() -> None:
    table = noisy(0)
    fit = fit_law(table, "rl-power")
    line = linregress(np.log10(X), np.log10(1 - table["success"]))
    assert fit.coefficients["slope"] == pytest.approx(-line.slope, rel=1e-10)
    assert fit.coefficients["offset"] == pytest.approx(line.intercept, rel=1e-10)
    half = t.ppf(0.95, X.size - 2)
    assert fit.intervals["slope"] == pytest.approx((-line.slope - half * line.stderr, -line.slope + half * line.stderr), rel=1e-8)
    low, high = fit.intervals["offset"]
    assert (high - low) / 2 == pytest.approx(half * line.intercept_stderr, rel=1e-8)


def test_law_file_keeps_the_power(tmp_path: Path) -> None:
    """Far above the least RL the law falls as the fit does: ten times the tokens, 10^-slope of the error."""
    fit = fit_law(noisy(1), "rl-power")
    path = write_law(fit, tmp_path / "mine.yaml")
    law = load_law(str(path))
    error = [1 - float(law.success(success=0.3, params=1e9, rl_tokens=r)) for r in (1e13, 1e14)]
    assert error[1] / error[0] == pytest.approx(10 ** -fit.coefficients["slope"], rel=1e-4)


def test_absolute_deviations_pass_over_an_outlier() -> None:
    table = noisy(2)
    table.loc[10, "success"] = 0.99
    robust = fit_law(table, "rl-power", objective="lad").coefficients["slope"]
    assert robust == pytest.approx(0.1, abs=0.01)
    assert abs(fit_law(table, "rl-power").coefficients["slope"] - 0.1) > abs(robust - 0.1)


def test_certain_success_has_no_logarithm() -> None:
    table = noisy(3)
    table.loc[4, "success"] = 1.0
    with pytest.raises(DataError, match="1 in 1 runs: an error of 0"):
        fit_law(table, "rl-power")
