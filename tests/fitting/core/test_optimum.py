"""The fast fit against slow obvious ones, and against coefficients that are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog, minimize

from budgetplan.errors import DataError, UnknownNameError
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.loss.chinchilla import CHINCHILLA
from budgetplan.fitting.loss.loss_fit import find_optimum
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.robust import rho
from budgetplan.fitting.runs.read_runs import read_runs

TRUE = {"E": 1.8, "A": 480.0, "B": 2000.0, "alpha": 0.347, "beta": 0.366}
Design = Callable[..., pd.DataFrame]


def noisy(runs: pd.DataFrame, seed: int, noise: float = 0.004) -> pd.DataFrame:
    """Chinchilla losses with lognormal noise."""
    exact = TRUE["E"] + TRUE["A"] / runs["params"] ** TRUE["alpha"] + TRUE["B"] / runs["tokens"] ** TRUE["beta"]
    return runs.assign(loss=exact * np.exp(noise * np.random.default_rng(seed).standard_normal(len(runs))))


def design(count: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng([11, seed])
    params = np.exp(draw.uniform(np.log(5e7), np.log(1e10), count))
    return pd.DataFrame({"params": params, "tokens": params * np.exp(draw.uniform(np.log(2), np.log(300), count))})


@pytest.mark.parametrize("objective", ["huber", "lad", "least-squares"])
def test_exact_losses_give_the_coefficients_back(objective: str) -> None:
    fit = fit_law(noisy(design(40, 0), 0, 0.0), "chinchilla", objective=objective)
    for name, value in TRUE.items():
        assert fit.coefficients[name] == pytest.approx(value, rel=1e-5), name


@pytest.mark.parametrize("seed", range(3))
def test_no_lower_objective_from_many_starts(seed: int) -> None:
    """L-BFGS-B from 40 spread starts, numerical gradient, finds nothing lower."""
    runs = noisy(design(50, seed), seed, 0.01)
    n, d, y = np.log(runs["params"]).to_numpy(), np.log(runs["tokens"]).to_numpy(), np.log(runs["loss"]).to_numpy()

    def total(theta: Any) -> float:
        e, a, b, alpha, beta = theta
        terms = np.stack([np.full_like(n, e), a - alpha * n, b - beta * d])
        return 1e3 * float(rho(np.logaddexp.reduce(terms) - y, 1e-3).sum())

    draw = np.random.default_rng(seed)
    starts = draw.uniform([-1, 0, 0, 0.1, 0.1], [1.5, 20, 20, 1, 1], (40, 5))
    best = min(minimize(total, start, method="L-BFGS-B", options={"maxiter": 400}).fun for start in starts)
    fit = fit_law(runs, "chinchilla")
    assert fit.objective * 1e3 <= best * (1 + 1e-6)


def test_lad_is_a_vertex_that_no_linear_step_improves(epoch: dict[str, Any]) -> None:
    """Sequential linear programming from the fast optimum finds no lower sum of absolute residuals."""
    runs = read_runs(epoch["source"], epoch["columns"], epoch["where"])
    optimum = find_optimum(CHINCHILLA, runs, FitOptions("lad")).optimum
    r, j = optimum.residual, optimum.jacobian
    count, free = j.shape
    assert (np.abs(r) < 1e-8).sum() == free
    # min sum t  with  -t <= r + J s <= t  and a small box on s
    cost = np.r_[np.zeros(free), np.ones(count)]
    rows = np.block([[j, -np.eye(count)], [-j, -np.eye(count)]])
    bounds = [(-1e-3, 1e-3)] * free + [(0, None)] * count
    found = linprog(cost, A_ub=rows, b_ub=np.r_[-r, r], bounds=bounds, method="highs")
    assert found.fun >= np.abs(r).sum() * (1 - 1e-7)


def test_tied_exponents_are_equal_and_cost_objective(epoch: dict[str, Any]) -> None:
    free, tied = fit_law(**epoch), fit_law(**epoch, tied=True)
    assert tied.coefficients["alpha"] == tied.coefficients["beta"] == pytest.approx(0.357058, rel=1e-5)
    assert free.objective < tied.objective < 1.01 * free.objective


def test_a_fixed_coefficient_stays(epoch: dict[str, Any]) -> None:
    fit = fit_law(**epoch, fixed={"E": 1.8})
    assert fit.coefficients["E"] == pytest.approx(1.8, rel=1e-12)
    assert fit.standard_errors["E"] == 0.0
    assert fit.objective > 0.0010182740178
    with pytest.raises(UnknownNameError, match="gamma"):
        fit_law(**epoch, fixed={"gamma": 1.0})
    with pytest.raises(DataError, match="cannot stand on"):
        fit_law(**epoch, fixed="besiroglu-2024")


def test_units_of_tokens_only_change_B(epoch: dict[str, Any]) -> None:
    """Counting tokens in thousands rescales B and nothing else."""
    runs = noisy(design(60, 4), 4)
    one = fit_law(runs, "chinchilla")
    thousands = fit_law(runs.assign(tokens=runs["tokens"] / 1e3), "chinchilla")
    for name in ("E", "A", "alpha", "beta"):
        assert thousands.coefficients[name] == pytest.approx(one.coefficients[name], rel=1e-6)
    assert thousands.coefficients["B"] * 1e3 ** one.coefficients["beta"] == pytest.approx(one.coefficients["B"], rel=1e-5)
