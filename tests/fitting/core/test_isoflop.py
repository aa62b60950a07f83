"""IsoFLOP profiles whose optimum is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.fit import fit_law
from budgetplan.laws.catalogue import load_law


def profiles(seed: int = 0, noise: float = 0.002, budgets: int = 6, sizes: int = 9) -> pd.DataFrame:
    """Parabolas in ln N with N* = 0.1 C^0.5."""
    draw = np.random.default_rng(seed)
    rows = []
    for flop in np.geomspace(1e18, 3e20, budgets):
        best = np.log(0.1 * flop**0.5)
        for offset in np.linspace(-1.2, 1.0, sizes):
            loss = 3.5 - 0.1 * np.log10(flop / 1e18) + 0.05 * offset**2 + noise * draw.standard_normal()
            rows.append({"params": np.exp(best + offset), "flop": flop, "loss": loss})
    return pd.DataFrame(rows)


@pytest.fixture
def bare_profiles() -> pd.DataFrame:
    draw, rows = np.random.default_rng(7), []
    for flop in np.geomspace(1e18, 1e20, 3):
        for offset in (-1.2, -0.4, 0.4, 1.1):
            loss = 3.5 + 0.02 * offset**2 + 0.03 * draw.standard_normal()
            rows.append({"params": 0.1 * flop**0.5 * np.exp(offset), "flop": flop, "loss": loss})
    return pd.DataFrame(rows)


def test_exact_parabolas() -> None:
    fit = fit_law(profiles(noise=0.0), "isoflop")
    expected = {"N_coefficient": 0.1, "N_exponent": 0.5, "D_coefficient": 1 / 0.6, "D_exponent": 0.5}
    assert fit.coefficients == pytest.approx(expected, rel=1e-9)
    assert fit.objective_name == "least-squares"


def test_bootstrap_intervals_hold_the_truth() -> None:
    hits = [
        low <= 0.5 <= high
        for seed in range(60)
        for low, high in [fit_law(profiles(seed), "isoflop", bootstrap=200, seed=seed).intervals["N_exponent"]]
    ]
    assert 0.8 <= np.mean(hits) <= 0.97


def test_curvature_intervals_hold_the_truth() -> None:
    hits = [low <= 0.5 <= high for seed in range(60) for low, high in [fit_law(profiles(seed), "isoflop").intervals["N_exponent"]]]
    assert 0.82 <= np.mean(hits) <= 0.97


def test_budgets_without_a_lowest_point_are_left_out() -> None:
    table = profiles(noise=0.0)
    first = table["flop"] == table["flop"].min()
    table.loc[first, "loss"] = 4 - 0.002 * np.log(table.loc[first, "params"]) ** 2
    fit = fit_law(table, "isoflop")
    assert any("Budget 1e+18 FLOP" in warning and "left out" in warning for warning in fit.warnings)
    assert fit.coefficients["N_exponent"] == pytest.approx(0.5, rel=1e-9)
    assert fit.box["training_flop"][0] > 2e18


def test_one_budget_is_refused() -> None:
    with pytest.raises(FitError, match="Only 1 of 1 budgets"):
        fit_law(profiles(budgets=1), "isoflop")


def test_replicates_without_lowest_points_are_counted(bare_profiles: pd.DataFrame) -> None:
    """Four sizes per budget and much noise: many a replicate has no parabola that opens upward. Where most have, none is used."""
    some = fit_law(bare_profiles, "isoflop", bootstrap=40)
    assert some.draws is not None
    lost = 40 - len(some.draws)
    assert 0 < lost <= 20
    assert any(said.startswith(f"{lost} of 40 bootstrap replicates could not be fitted") for said in some.warnings)
    seed = next(seed for seed in range(100) if fit_law(bare_profiles, "isoflop", bootstrap=1, seed=seed).draws is None)
    none = fit_law(bare_profiles, "isoflop", bootstrap=1, seed=seed)
    assert any("1 of 1 bootstrap replicates" in said and "from the curvature instead" in said for said in none.warnings)
    assert none.intervals == fit_law(bare_profiles, "isoflop").intervals


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"tied": True}, "no exponents to tie"),
        ({"fixed": {"N_exponent": 0.5}}, "no coefficients to fix"),
        ({"objective": "ols"}, "no objective `ols`"),
        ({"delta": 0.0}, "`delta` must be above 0"),
    ],
)
def test_what_would_be_ignored_is_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(DataError, match=says):
        fit_law(profiles(), "isoflop", **options)


def test_llama3_refit_is_the_shipped_law(shared_data: Callable[[str], Path]) -> None:
    """The command in the law file, run again, gives the law file."""
    points = shared_data("isoflop-collection") / "isoflops.csv"
    fit = fit_law(points, "isoflop", {"flop": "budget"}, where='experiment == "llama_3__exp_loss"')
    law = load_law("llama3-2024").record.coefficients
    for name, value in fit.coefficients.items():
        assert law[name].value == pytest.approx(value, rel=1e-7)
        assert (law[name].low, law[name].high) == pytest.approx(fit.intervals[name], rel=1e-4)
        assert law[name].command in fit.provenance["command"]


def test_every_public_set_has_an_exponent_with_its_interval(shared_data: Callable[[str], Path]) -> None:
    """Eight experiments: an interval for each, and those of the Chinchilla figure hold the 0.5 of its authors' approach 2."""
    points = shared_data("isoflop-collection") / "isoflops.csv"
    fits = fit_law(points, "isoflop", {"flop": "budget", "group": "experiment"}).groups
    assert len(fits) == 8
    for name, fit in fits.items():
        low, high = fit.intervals["N_exponent"]
        assert low < fit.coefficients["N_exponent"] < high
        assert low > 0.3
        assert high < 0.7
        if "chinchilla" in name:
            assert low < 0.49 < high
