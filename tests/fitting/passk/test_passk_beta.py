"""The Beta of problem success from counts: maximum likelihood against SciPy, real checkpoints, degenerate counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import betabinom, chi2

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.law.law_file import write_law
from budgetplan.laws.catalogue import load_law


def counts(seed: int = 0, problems: int = 150) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    n = draw.integers(20, 2000, problems)
    return pd.DataFrame({"n_samples": n, "n_correct": draw.binomial(n, draw.beta(0.2 * 1.5, 0.8 * 1.5, problems))})


def log_likelihood(table: pd.DataFrame, mean: float, nu: float) -> float:
    return float(betabinom.logpmf(table["n_correct"], table["n_samples"], mean * nu, (1 - mean) * nu).sum())


def test_maximum_of_the_likelihood() -> None:
    table = counts()
    fit = fit_law(table, "passk-beta")

    def cost(u: np.ndarray) -> float:
        return -log_likelihood(table, 1 / (1 + np.exp(-u[0])), np.exp(u[1]))

    best = minimize(cost, [-1.0, 0.5], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10})
    mean, nu = fit.coefficients.values()
    assert log_likelihood(table, mean, nu) >= -best.fun - 1e-8
    assert [mean, np.log(nu)] == pytest.approx([1 / (1 + np.exp(-best.x[0])), best.x[1]], rel=1e-5)


def test_profile_interval_ends_where_the_likelihood_ratio_says() -> None:
    table = counts(1)
    fit = fit_law(table, "passk-beta")
    top = log_likelihood(table, *fit.coefficients.values())
    for end in fit.intervals["mean"]:
        best = max(log_likelihood(table, end, nu) for nu in np.geomspace(0.5, 5, 400))
        assert 2 * (top - best) == pytest.approx(chi2.ppf(0.9, 1), rel=2e-2)


def test_pythia_at_the_noise_floor(shared_data: Callable[[str], Path]) -> None:
    """Every checkpoint's Beta misses its coverage by less than two standard errors of that coverage, most by less than one."""
    runs = shared_data("passk-pythia-gsm8k") / "problem_counts.csv"
    fit = fit_law(runs, "passk-beta", {"group": "model"}, where="params >= 4e8 and tokens > 1e9")
    ratio = [part.diagnostics["coverage_rms"] / part.diagnostics["coverage_noise"] for part in fit.groups.values()]
    assert len(ratio) > 30
    assert max(ratio) < 2
    assert np.mean(np.array(ratio) < 1) > 0.9


def test_law_file(tmp_path: Path) -> None:
    fit = fit_law(counts(), "passk-beta", bootstrap=40)
    law = load_law(str(write_law(fit, tmp_path / "spread.yaml")))
    mean, nu = fit.coefficients.values()
    assert float(law.success(samples_per_query=1)) == pytest.approx(mean, rel=1e-9)
    a, b = mean * nu, (1 - mean) * nu
    fail_twice = b * (b + 1) / ((a + b) * (a + b + 1))
    assert float(law.success(samples_per_query=2)) == pytest.approx(1 - fail_twice, rel=1e-9)
    assert law.record.draws is not None
    assert law.record.draws == pytest.approx(fit.draws, rel=1e-7)


@pytest.mark.parametrize(
    ("n_correct", "what"), [(np.zeros(20), "No answer"), (np.full(20, 100), "right"), (np.full(20, 30), "or more")]
)
def test_degenerate_counts_are_refused_or_bounded(n_correct: Any, what: str) -> None:
    table = pd.DataFrame({"n_samples": np.full(20, 100), "n_correct": n_correct})
    if what == "or more":
        assert any("concentration" in said and what in said for said in fit_law(table, "passk-beta").warnings)
        return
    with pytest.raises(FitError, match=what):
        fit_law(table, "passk-beta")


def test_missing_counts_are_asked_for_as_the_command_line_takes_them() -> None:
    with pytest.raises(DataError, match="--column n_samples=NAME --column n_correct=NAME"):
        fit_law(pd.DataFrame({"k": [1, 2, 4], "success": [0.1, 0.2, 0.3]}), "passk-beta")


def test_more_right_than_sampled() -> None:
    with pytest.raises(DataError, match="n_correct"):
        fit_law(pd.DataFrame({"n_samples": [10, 10, 10], "n_correct": [1, 11, 3]}), "passk-beta")
