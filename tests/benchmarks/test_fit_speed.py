"""Speed of the Chinchilla fit against the obvious way, measured side by side in one process: ratios, not seconds.

Run by `pytest tests/benchmarks --benchmark-only`. The slow side is timed on 60 starts or replicates and extrapolated.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from budgetplan.fitting.bootstrap import counts, refit
from budgetplan.fitting.chinchilla import CHINCHILLA
from budgetplan.fitting.loss_fit import find_optimum
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.robust import Objective
from budgetplan.fitting.runs import Runs
from budgetplan.fitting.solve import Optimum, solve

MEASURED = 60
STARTS, REPLICATES = 4500, 4000
DELTA = 1e-3


@pytest.fixture(scope="module")
def runs() -> Runs:
    """240 simulated runs with lognormal noise of 0.5 %."""
    draw = np.random.default_rng(0)
    params = np.exp(draw.uniform(np.log(5e7), np.log(1.6e10), 240))
    tokens = params * np.exp(draw.uniform(np.log(1), np.log(300), 240))
    loss = (1.8172 + 482.01 / params**0.3478 + 2085.43 / tokens**0.3658) * np.exp(0.005 * draw.standard_normal(240))
    return Runs({"params": params, "tokens": tokens, "loss": loss}, np.arange(1, 241))


def objective(runs: Runs) -> Callable[[Any, Any], tuple[float, Any]]:
    """Sum of Huber and its gradient, one fit at a time, as plain as it is usually written."""
    n, d, y = np.log(runs["params"]), np.log(runs["tokens"]), np.log(runs["loss"])

    def total(theta: Any, weights: Any) -> tuple[float, Any]:
        e, a, b, alpha, beta = theta
        terms = np.stack([np.full_like(n, e), a - alpha * n, b - beta * d])
        top = terms.max(axis=0)
        shares = np.exp(terms - top)
        whole = shares.sum(axis=0)
        shares /= whole
        r = np.log(whole) + top - y
        psi = np.clip(r, -DELTA, DELTA) * weights
        size = np.abs(r)
        value = (weights * np.where(size <= DELTA, 0.5 * r * r, DELTA * (size - 0.5 * DELTA))).sum()
        gradient = [psi @ shares[0], psi @ shares[1], psi @ shares[2], -psi @ (shares[1] * n), -psi @ (shares[2] * d)]
        return float(value), np.array(gradient)

    return total


def optimum_of(runs: Runs) -> Optimum:
    """The fit alone: starts, polish, nothing of intervals."""
    chart = CHINCHILLA.chart(False, {})
    starts = CHINCHILLA.starts(runs, {}, False)
    return solve(CHINCHILLA.curve(runs, chart, True), chart, np.log(runs["loss"]), starts, Objective("huber", DELTA))


def test_one_fit_against_4500_starts(benchmark: Any, runs: Runs) -> None:
    total = objective(runs)
    grid = np.stack(
        np.meshgrid(
            np.arange(-1, 1.5, 0.5), np.arange(0, 30, 5), np.arange(0, 30, 5), np.arange(0, 2.5, 0.5), np.arange(0, 2.5, 0.5)
        ),
        axis=-1,
    ).reshape(-1, 5)
    assert len(grid) == STARTS
    chosen = grid[np.random.default_rng(1).choice(STARTS, MEASURED, replace=False)]
    ones = np.ones(240)
    begun = time.perf_counter()
    best = min(minimize(total, start, (ones,), jac=True, method="L-BFGS-B").fun for start in chosen)
    slow = (time.perf_counter() - begun) * STARTS / MEASURED
    found = benchmark(optimum_of, runs)
    value = Objective("huber", DELTA).total(found.residual)
    ratio = slow / benchmark.stats["median"]
    benchmark.extra_info.update(ratio=ratio, slow_seconds=slow)
    assert value <= best * (1 + 1e-6)
    assert ratio >= 300


def test_4000_bootstraps_against_a_loop(benchmark: Any, runs: Runs) -> None:
    total = objective(runs)
    solved = find_optimum(CHINCHILLA, runs, FitOptions())
    weights = counts(MEASURED, np.arange(240), 0)
    begun = time.perf_counter()
    loop = [minimize(total, solved.optimum.theta, (w,), jac=True, method="BFGS").fun for w in weights]
    slow = (time.perf_counter() - begun) * REPLICATES / MEASURED
    options = FitOptions(bootstrap=REPLICATES)
    drawn = benchmark.pedantic(refit, (solved.optimum, solved.objective, np.arange(240), options), rounds=3)
    ratio = slow / benchmark.stats["median"]
    benchmark.extra_info.update(ratio=ratio, slow_seconds=slow)
    assert drawn.theta is not None
    ours = [total(theta, w)[0] for theta, w in zip(drawn.theta, weights, strict=False)]
    # replicates keep their order, and none is worse than the loop's
    assert drawn.lost == 0
    assert np.all(np.array(ours) <= np.array(loop) * (1 + 1e-6))
    assert ratio >= 5
