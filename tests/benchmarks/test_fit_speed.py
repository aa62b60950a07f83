"""Speed of the Chinchilla fit against the obvious way, measured side by side in one process: ratios, not seconds.

Run by `pytest tests/benchmarks --benchmark-only`. The slow side is timed on 60 starts or replicates and extrapolated.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from budgetplan.fitting.loss.bootstrap import counts, refit
from budgetplan.fitting.loss.chinchilla import CHINCHILLA
from budgetplan.fitting.loss.loss_fit import find_optimum
from budgetplan.fitting.loss.solve import Optimum, solve
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.robust import Objective
from budgetplan.fitting.runs.runs import Runs
from tests.benchmarks.measures import simulated_runs
from tests.benchmarks.peers import DELTA, huber, starts

MEASURED = 60
STARTS, REPLICATES = 4500, 4000


@pytest.fixture(scope="module")
def runs() -> Runs:
    return simulated_runs()


def optimum_of(runs: Runs) -> Optimum:
    """The fit alone: starts, polish, nothing of intervals."""
    chart = CHINCHILLA.chart(False, {})
    starts = CHINCHILLA.starts(runs, {}, False)
    return solve(CHINCHILLA.curve(runs, chart, True), chart, np.log(runs["loss"]), starts, Objective("huber", DELTA))


def test_one_fit_against_4500_starts(benchmark: Any, runs: Runs) -> None:
    total = huber(runs["params"], runs["tokens"], runs["loss"])
    chosen = starts(MEASURED)
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
    total = huber(runs["params"], runs["tokens"], runs["loss"])
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
