"""The exponentiated power law of coverage, from curves and from counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import linregress

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.law.law_file import write_law
from budgetplan.laws.catalogue import load_law

K = np.geomspace(1, 1000, 16)


def test_curve_is_a_line_in_double_logarithms() -> None:
    success = np.exp(-1.33 * K**-0.43 * np.exp(0.02 * np.random.default_rng(0).standard_normal(K.size)))
    fit = fit_law(pd.DataFrame({"k": K, "success": success}), "passk-power")
    line = linregress(np.log(K), np.log(-np.log(success)))
    assert list(fit.coefficients.values()) == pytest.approx([np.exp(line.intercept), -line.slope], rel=1e-9)


def test_counts_fit_their_own_coverage() -> None:
    """Where problem success has the density of the power law itself, ln success is distributed so that coverage is exp(-a k^-b)."""
    draw = np.random.default_rng(1)
    n = np.full(400, 300)
    p = draw.beta(0.3, 1.2, n.size)
    fit = fit_law(pd.DataFrame({"n_samples": n, "n_correct": draw.binomial(n, p)}), "passk-power", bootstrap=300)
    a, b = fit.coefficients.values()
    k = np.array([1, 10, 100])
    assert np.exp(-a * k**-b) == pytest.approx([np.mean(1 - (1 - p) ** one) for one in k], abs=0.05)
    spread = np.std(fit.draws, axis=0, ddof=1)
    direct = [
        (high - low) / 2 / 1.645
        for low, high in fit_law(pd.DataFrame({"n_samples": n, "n_correct": draw.binomial(n, p)}), "passk-power").intervals.values()
    ]
    assert spread == pytest.approx(direct, rel=0.3)


def test_law_file_turns_the_signs(tmp_path: Path) -> None:
    fit = fit_law(pd.DataFrame({"k": K, "success": np.exp(-1.33 * K**-0.43)}), "passk-power")
    law = load_law(str(write_law(fit, tmp_path / "power.yaml")))
    assert law.record.coefficients["a"].value == pytest.approx(-1.33, rel=1e-9)
    assert float(law.success(samples_per_query=100)) == pytest.approx(np.exp(-1.33 * 100**-0.43), rel=1e-9)


def test_a_row_that_cannot_be_used_is_named_by_its_number_in_the_table() -> None:
    curve = pd.DataFrame({"k": K, "success": np.exp(-1.33 * K**-0.43)})
    other = curve.assign(success=curve["success"].where(curve.index != 9, 0.0))
    table = pd.concat([curve.assign(model="a"), other.assign(model="b")], ignore_index=True)
    with pytest.raises(DataError, match="`success` is 0 in row 26;"):
        fit_law(table, "passk-power", where="model == 'b'")
    with pytest.raises(DataError, match="`success` is 0 in row 26;"):
        fit_law(table, "passk-power", {"group": "model"})


def test_success_that_falls_with_k_is_refused() -> None:
    with pytest.raises(FitError, match="does not rise with k"):
        fit_law(pd.DataFrame({"k": K, "success": np.linspace(0.9, 0.1, K.size)}), "passk-power")
