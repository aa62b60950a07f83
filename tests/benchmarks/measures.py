"""What is compared, with whom, and on how much of the work: one entry per row of the table."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import minimize

from budgetplan.fitting.loss.bootstrap import counts, refit
from budgetplan.fitting.loss.chinchilla import CHINCHILLA
from budgetplan.fitting.loss.loss_fit import find_optimum
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.runs.runs import Runs
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.model import taken
from budgetplan.planning.faces import Face
from budgetplan.planning.power_allocation import allocate
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.draws import draw_law
from tests.benchmarks import peers
from tests.benchmarks.interleaved import Measure
from tests.benchmarks.one_core import ONE_CORE

Sides = tuple[Callable[[], object], Callable[[], object]]
BUDGETS = np.logspace(20, 27, 10_000)

EMPTY_APP = "import typer; app = typer.Typer(); app.command('a')(lambda: None); app.command('b')(lambda: None); app()"


def _process(*words: str) -> Callable[[], object]:
    """A process from start to end."""
    line = [sys.executable, *words]
    return lambda: subprocess.run(line, capture_output=True, check=True, env={**os.environ, **ONE_CORE})


def _start_up() -> Sides:
    return _process("-m", "budgetplan", "--help"), _process("-c", EMPTY_APP, "--help")


def _plan_command() -> Sides:
    imports = _process("-c", "import numpy, pydantic.main, ruamel.yaml, typer.main")
    return _process("-m", "budgetplan", "plan", "--budget", "1e25"), imports


def _joint(budgets: Any, law: str = "default") -> Problem:
    amounts = np.atleast_1d(np.asarray(budgets, dtype=float))
    return problem(load_law(law).model, amounts, (6.0, 14.0, 8.0), 0.1 * np.sqrt(3 * amounts))


def _one_plan() -> Sides:
    asked, rng = _joint(1e25), np.random.default_rng(0)
    starts = []
    for _ in range(40):  # some take ten times as long as others
        share = rng.dirichlet([1.0, 1.0, 1.0])
        size = 0.5 * np.log(1e25 / 120) + rng.uniform(-3, 1)
        begin = np.concatenate([[size], np.log(share * 1e25 / asked.kappa) - size])
        begin[3] = max(begin[3], asked.least_inference[0] + 0.1)
        starts.append(begin)

    def phi(z: Any) -> tuple[float, Any]:
        loss, gradient = asked.loss_and_gradient(z[:, None])
        return float(np.log(loss[0])), gradient[:, 0] / loss[0]

    limits = [
        {"type": "ineq", "fun": lambda z: -asked.overspend(z[:, None])[0]},
        {"type": "ineq", "fun": lambda z: z[3] - asked.least_inference[0]},
    ]
    options = {"ftol": 1e-14, "maxiter": 200}

    def loop() -> None:
        for begin in starts:
            minimize(phi, begin, jac=True, method="SLSQP", constraints=limits, options=options)

    return lambda: solve(asked), loop


def _sweep_scipy() -> Sides:
    logs = np.log(BUDGETS)
    return _ours(logs), lambda: peers.budgets_by_scipy(logs[::400])


def _sweep_cvxpy() -> Sides:
    plan = peers.budgets_by_cvxpy()
    return _ours(np.log(BUDGETS)), lambda: plan(BUDGETS[::1000])


def _ours(logs: Any) -> Callable[[], object]:
    return lambda: allocate(logs, peers.PARAMS, peers.TOKENS, np.log(peers.KAPPA))


def _sweep_chinchilla() -> Sides:
    from chinchilla import Chinchilla

    law = {"E": 1.8172, "A": 482.01, "B": 2085.43, "alpha": 0.3478, "beta": 0.3658}
    logs, kappa = np.log(BUDGETS), np.log(np.array([6.0]))
    return lambda: allocate(logs, peers.PARAMS, peers.TOKENS[:1], kappa), lambda: Chinchilla.allocate_compute(BUDGETS, law)


def _joint_sweep() -> Sides:
    some, alone = _joint(np.logspace(20, 28, 2000)), _joint(1e25)
    return lambda: solve(some), lambda: solve(alone)


def _draws() -> Sides:
    one = _joint(1e25)
    many = replace(one.repeated(2000), model=draw_law(load_law("default"), 2000, 0).law.model, drawn=True)
    face = Face(True, True, True)
    z = face.coordinates(one, solve(one, 8).y)[:, 0]
    parts = [replace(one, model=taken(many.model, np.array([index])), drawn=True) for index in range(8)]

    def cost(point: Any, part: Problem) -> float:
        return float(np.log(part.loss(face.allocate(part, point[:, None])[0])[0]))

    def loop() -> None:
        for part in parts:
            minimize(cost, z, (part,), method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-9})

    return lambda: solve(many, 3), loop


def simulated_runs(count: int = 240) -> Runs:
    """Simulated runs with lognormal noise of 0.5 %."""
    draw = np.random.default_rng(0)
    params = np.exp(draw.uniform(np.log(5e7), np.log(1.6e10), count))
    tokens = params * np.exp(draw.uniform(np.log(1), np.log(300), count))
    loss = (1.8172 + 482.01 / params**0.3478 + 2085.43 / tokens**0.3658) * np.exp(0.005 * draw.standard_normal(count))
    return Runs({"params": params, "tokens": tokens, "loss": loss}, np.arange(1, count + 1))


def _columns() -> tuple[Any, Any, Any]:
    runs = simulated_runs()
    return runs["params"], runs["tokens"], runs["loss"]


def _fit_scipy() -> Sides:
    runs, total, ones = simulated_runs(), peers.huber(*_columns()), np.ones(240)

    def loop() -> None:
        for start in peers.starts(10):
            minimize(total, start, (ones,), jac=True, method="L-BFGS-B")

    return lambda: find_optimum(CHINCHILLA, runs, FitOptions()), loop


def _fit_chinchilla() -> Sides:
    runs = simulated_runs()
    return lambda: find_optimum(CHINCHILLA, runs, FitOptions()), peers.fit_by_chinchilla(*_columns())


def _bootstrap() -> Sides:
    runs, total = simulated_runs(), peers.huber(*_columns())
    solved = find_optimum(CHINCHILLA, runs, FitOptions())
    weights, options = counts(20, np.arange(240), 0), FitOptions(bootstrap=1000)

    def loop() -> None:
        for w in weights:
            minimize(total, solved.optimum.theta, (w,), jac=True, method="BFGS")

    return lambda: refit(solved.optimum, solved.objective, np.arange(240), options), loop


def _report() -> Sides:
    from budgetplan.report import as_html, document, examine
    from budgetplan.scenario import scenario_from_fields

    def ours() -> None:
        as_html(document(examine(scenario_from_fields({"law": "additive", "budget": 1e24, "draws": 100}))))

    def bare() -> None:
        import io

        from matplotlib.figure import Figure

        for _ in range(5):
            ax = Figure().subplots()
            for line in range(3):
                ax.plot(np.arange(20) * line)
            ax.figure.savefig(io.BytesIO(), format="svg")

    return ours, bare


MEASURES = (
    Measure("start-up: --help", "an empty typer app", _start_up),
    Measure("start-up: plan --budget 1e25", "importing what it needs", _plan_command),
    Measure("plan: one joint optimum", "20 starts of SciPy SLSQP", _one_plan, 0.5),
    Measure("sweep: 10,000 additive budgets", "SciPy L-BFGS-B in a loop", _sweep_scipy, 400),
    Measure("sweep: 10,000 additive budgets", "cvxpy with parameters", _sweep_cvxpy, 1000),
    Measure("sweep: 10,000 Chinchilla budgets", "chinchilla, a closed form", _sweep_chinchilla),
    Measure("sweep: 2,000 joint budgets", "one at a time", _joint_sweep, 2000),
    Measure("draws: 2,000 joint plans", "SciPy L-BFGS-B in a loop", _draws, 250),
    Measure("fit: 240 runs", "4,500 starts of SciPy L-BFGS-B", _fit_scipy, 450),
    Measure("fit: 240 runs", "chinchilla, 32 starts", _fit_chinchilla),
    Measure("bootstrap: 1,000 replicates", "SciPy BFGS in a loop", _bootstrap, 50),
    Measure("report: 100 draws, HTML", "five bare matplotlib figures", _report),
)
