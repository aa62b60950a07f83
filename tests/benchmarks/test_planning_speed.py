"""Speed against peers, as ratios measured in one run. Skipped unless asked for: `pytest tests/benchmarks --benchmark-only -s`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import minimize

from budgetplan.laws.catalogue import load_law
from budgetplan.planning.power_allocation import allocate
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from tests.benchmarks.peers import KAPPA, PARAMS, TOKENS, budgets_by_cvxpy, budgets_by_scipy

BUDGETS = np.logspace(20, 27, 10_000)
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def median_time(function: Callable[[], object], times: int = 7) -> float:
    """Median seconds of a call, after one call to warm up."""
    function()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def report(name: str, ours: float, peer: float) -> float:
    ratio = peer / ours
    print(f"{name:<44} ours {ours * 1e3:10.3f} ms   peer {peer * 1e3:12.1f} ms   {ratio:9,.0f} x")
    return ratio


@pytest.mark.benchmark
def test_additive_sweep_against_scipy(benchmark) -> None:
    logs = np.log(BUDGETS)
    benchmark.pedantic(lambda: None, rounds=1)
    ours = median_time(lambda: allocate(logs, PARAMS, TOKENS, np.log(KAPPA)), 15)
    some = logs[::33]
    start = time.perf_counter()
    budgets_by_scipy(some)
    peer = (time.perf_counter() - start) * len(logs) / len(some)
    assert report("10,000 additive budgets, SciPy L-BFGS-B", ours, peer) >= 3000


@pytest.mark.benchmark
def test_additive_sweep_against_cvxpy(benchmark) -> None:
    pytest.importorskip("cvxpy", reason="the peer is not installed")
    benchmark.pedantic(lambda: None, rounds=1)
    plan, some = budgets_by_cvxpy(), BUDGETS[::100]
    plan(BUDGETS[:1])
    start = time.perf_counter()
    plan(some)
    peer = (time.perf_counter() - start) * len(BUDGETS) / len(some)
    logs = np.log(BUDGETS)
    ours = median_time(lambda: allocate(logs, PARAMS, TOKENS, np.log(KAPPA)), 15)
    assert report("10,000 additive budgets, cvxpy with parameters", ours, peer) >= 6000


def joint(budgets: np.ndarray | float) -> Problem:
    amounts = np.atleast_1d(np.asarray(budgets, dtype=float))
    return problem(load_law("default").model, amounts, (6.0, 14.0, 8.0), 0.1 * np.sqrt(3 * amounts))


@pytest.mark.benchmark
def test_one_joint_solve_against_slsqp(benchmark) -> None:
    benchmark.pedantic(lambda: None, rounds=1)
    asked = joint(1e25)
    best = float(solve(asked).loss[0])
    ours = median_time(lambda: solve(asked), 15)

    def phi(z: np.ndarray) -> tuple[float, np.ndarray]:
        loss, gradient = asked.loss_and_gradient(z[:, None])
        return float(np.log(loss[0])), gradient[:, 0] / loss[0]

    limits = [
        {"type": "ineq", "fun": lambda z: -asked.overspend(z[:, None])[0]},
        {"type": "ineq", "fun": lambda z: z[3] - asked.least_inference[0]},
    ]
    rng = np.random.default_rng(0)
    start, found = time.perf_counter(), []
    for _ in range(20):
        share = rng.dirichlet([1.0, 1.0, 1.0])
        size = 0.5 * np.log(1e25 / 120) + rng.uniform(-3, 1)
        z = np.concatenate([[size], np.log(share * 1e25 / asked.kappa) - size])
        z[3] = max(z[3], asked.least_inference[0] + 0.1)
        answer = minimize(phi, z, jac=True, method="SLSQP", constraints=limits, options={"ftol": 1e-14, "maxiter": 200})
        found.append(float(np.exp(answer.fun)))
    peer = time.perf_counter() - start
    assert min(found) >= best * (1 - 1e-8), "the peer found a better optimum"
    assert report("one joint solve, 20-start SLSQP", ours, peer) >= 50


@pytest.mark.benchmark
def test_ten_thousand_joint_solves(benchmark) -> None:
    benchmark.pedantic(lambda: None, rounds=1)
    asked = joint(np.logspace(20, 28, 10_000))
    start = time.perf_counter()
    answer = solve(asked)
    spent = time.perf_counter() - start
    assert np.isfinite(answer.loss).all()
    alone = median_time(lambda: solve(joint(1e25)), 15)
    assert report("10,000 joint solves, one at a time", spent, 10_000 * alone) >= 5


def cold(words: list[str], times: int = 11) -> float:
    """Median seconds of a process from start to end."""
    spent = []
    for _ in range(times + 1):
        start = time.perf_counter()
        subprocess.run(words, capture_output=True, check=True, env={**os.environ, **ONE_CORE})
        spent.append(time.perf_counter() - start)
    return statistics.median(spent[1:])


@pytest.mark.benchmark
def test_start_up(benchmark, tmp_path) -> None:
    benchmark.pedantic(lambda: None, rounds=1)
    app = tmp_path / "empty.py"
    commands = "\n".join(f"@app.command()\ndef c{i}():\n    'One line.'\n" for i in range(2))
    app.write_text(f"import typer\napp = typer.Typer()\n{commands}\napp()\n")
    help_time = cold([sys.executable, "-m", "budgetplan", "--help"])
    empty = cold([sys.executable, str(app), "--help"])
    print(f"--help {help_time * 1e3:.0f} ms, an empty typer app {empty * 1e3:.0f} ms: {help_time / empty:.2f} x")
    assert help_time <= 1.3 * empty
    plan = cold([sys.executable, "-m", "budgetplan", "plan", "--budget", "1e25"])
    bare = cold([sys.executable, "-c", "import numpy, pydantic.main, ruamel.yaml, typer.main"])
    print(f"plan --budget 1e25 {plan * 1e3:.0f} ms, importing what it needs {bare * 1e3:.0f} ms: {plan / bare:.2f} x")
    assert plan <= 3.5 * bare
