"""Speed of planning under draws against a loop of SciPy: ratios in one process.

Run by `pytest tests/benchmarks --benchmark-only`. SciPy starts from the plan at the law's own values, which is near every draw's
optimum and gives it no chance of another basin; it is timed on 40 draws and extrapolated.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from budgetplan.laws.catalogue import load_law
from budgetplan.laws.model import taken
from budgetplan.planning.faces import Face
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.draws import draw_law

KAPPA, BUDGET, MEASURED = (6.0, 14.0, 8.0), 1e25, 40
FACE = Face(True, True, True)


def drawn(law: str, count: int) -> tuple[Problem, Problem]:
    """The problem at the law's values, and at draws."""
    one = problem(load_law(law).model, BUDGET, KAPPA, 0.1 * np.sqrt(3 * BUDGET))
    return one, replace(one.repeated(count), model=draw_law(load_law(law), count, 0).law.model, drawn=True)


@pytest.mark.parametrize(("law", "count", "least"), [("default", 2000, 10), ("additive", 100_000, 1000)])
def test_draws_against_a_loop(benchmark: Any, law: str, count: int, least: float) -> None:
    one, many = drawn(law, count)
    z = FACE.coordinates(one, solve(one, 8).y)[:, 0]
    found = benchmark.pedantic(lambda: solve(many, 3), rounds=3, warmup_rounds=1)

    def cost(point: Any, part: Problem) -> float:
        return float(np.log(part.loss(FACE.allocate(part, point[:, None])[0])[0]))

    begun = time.perf_counter()
    losses = []
    for index in range(MEASURED):
        part = replace(one, model=taken(many.model, np.array([index])), drawn=True)
        losses.append(np.exp(minimize(cost, z, (part,), method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-9}).fun))
    slow = (time.perf_counter() - begun) * count / MEASURED
    ratio = slow / benchmark.stats["median"]
    benchmark.extra_info.update(ratio=ratio, slow_seconds=slow)
    print(f"\n{count:,} draws of {law}: {benchmark.stats['median']:.3g} s, {ratio:.0f} x a loop of L-BFGS-B")
    assert np.all(found.loss[:MEASURED] <= np.array(losses) * (1 + 1e-9))
    assert ratio >= least
