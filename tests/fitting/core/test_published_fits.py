"""Published fits come out of the published runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from budgetplan.fitting.fit import fit_law

GADRE = (
    "dataset == 'rpj' and ((chinchilla_multiplier == 1 and params < 5e8) or (chinchilla_multiplier == 16 and params < 2e7)"
    " or (chinchilla_multiplier == 32 and params > 1e9) or params > 6e9)"
)


def test_huber_optimum_of_the_digitised_runs(epoch: dict[str, Any]) -> None:
    fit = fit_law(**epoch)
    assert fit.n_runs == 240
    assert list(fit.coefficients) == ["E", "A", "B", "alpha", "beta"]
    assert list(fit.coefficients.values()) == pytest.approx([1.817218, 477.826, 2143.42, 0.347311, 0.367172], rel=1e-5)
    assert fit.objective == pytest.approx(0.0010182740178, rel=1e-9)


def test_absolute_deviations_give_the_published_headline(epoch: dict[str, Any]) -> None:
    fit = fit_law(**epoch, objective="lad")
    assert list(fit.coefficients.values()) == pytest.approx([1.816864, 482.006, 2085.434, 0.347813, 0.365854], rel=2e-6)
    # a vertex: as many runs are met exactly as there are coefficients
    assert fit.objective == pytest.approx(1.12949465, rel=1e-7)


def test_all_rows_move_beta(epoch: dict[str, Any]) -> None:
    fit = fit_law(**{**epoch, "where": None})
    assert fit.coefficients["beta"] == pytest.approx(0.4530, abs=1e-4)
    assert fit.coefficients["B"] == pytest.approx(12846, rel=1e-3)


def test_bootstrap_standard_errors_as_published(epoch: dict[str, Any]) -> None:
    fit = fit_law(**epoch, bootstrap=4000)
    published = {"E": 0.0257, "A": 124.5, "B": 1293.0, "alpha": 0.0154, "beta": 0.0206}
    for name, value in published.items():
        assert fit.standard_errors[name] == pytest.approx(value, rel=0.1), name
    assert fit.draws is not None
    assert fit.draws.shape == (4000, 5)
    # correlated, so that they must be drawn together
    assert np.corrcoef(np.log(fit.draws[:, 1]), fit.draws[:, 3])[0, 1] > 0.95


def test_half_lives_of_repeated_data(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("repeated-datablations") / "fit_set_182.csv"
    fit = fit_law(path, "data-constrained", {"loss": "val_loss"}, fixed="muennighoff-2023")
    assert fit.coefficients["RD_star"] == pytest.approx(15.387756, rel=0.01)
    assert fit.coefficients["RN_star"] == pytest.approx(5.309743, rel=0.01)
    assert fit.objective == pytest.approx(0.01582593, rel=1e-6)
    assert fit.diagnostics["r2"] == pytest.approx(0.7722, abs=1e-4)
    assert fit.intervals["A"][0] == fit.intervals["A"][1] == fit.coefficients["A"]
    # the valley holds a lower optimum far away, and the fit says so
    assert any("Another optimum" in warning and "`RD_star` 95.4" in warning for warning in fit.warnings)
    assert any("`RD_star`" in warning and "do not determine" in warning for warning in fit.warnings)


def test_free_base_fits_repeated_data_better(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("repeated-datablations") / "fit_set_182.csv"
    fit = fit_law(path, "data-constrained", {"loss": "val_loss"})
    assert fit.objective < 0.00657
    assert fit.diagnostics["r2"] > 0.93


def test_overtrained_forecasts(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("overtrain-gadre") / "models_losses.csv"
    fit = fit_law(path, "overtrained", {"loss": "loss_c4_val"}, where=GADRE, objective="least-squares", holdout="params > 1e9")
    assert fit.n_runs == 5
    assert list(fit.coefficients.values()) == pytest.approx([1.836648, 212.236, 366.687, 0.136425], rel=1e-5)
    assert fit.holdout is not None
    errors = {round(row["params"] / 1e9, 1): row["forecast"] / row["observed"] - 1 for row in fit.holdout.rows}
    assert errors[1.4] * 100 == pytest.approx(0.7103, abs=0.01)
    assert errors[6.9] * 100 == pytest.approx(0.7320, abs=0.01)


def test_isoflop_exponents(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("isoflop-collection") / "isoflops.csv"
    fit = fit_law(path, "isoflop", {"flop": "budget", "group": "experiment"}, where="not outlier", bootstrap=400)
    assert len(fit.groups) == 8
    for name, one in fit.groups.items():
        exponents = one.coefficients["N_exponent"], one.coefficients["D_exponent"]
        assert sum(exponents) == pytest.approx(1.0, abs=0.04), name
        for key in ("N_exponent", "D_exponent"):
            low, high = one.intervals[key]
            assert low < one.coefficients[key] < high, (name, key)
    llama = fit.groups["llama_3__raw_loss"]
    # printed, rounded: D* = 0.29 C^0.53; the points themselves give an exponent near a half
    # the scatter between budgets, most of the uncertainty, is part of the interval; the noise of runs alone gives .486-.510
    assert llama.intervals["D_exponent"] == pytest.approx((0.469, 0.530), abs=0.01)
    assert fit.groups["epochai_chinchilla__massivetext__chinchilla"].coefficients["N_exponent"] == pytest.approx(0.541, abs=0.01)
