"""The additive family under bounds against cvxpy, which solves the same problem as a geometric program."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from budgetplan.planning.limits import ROW_NAMES
from budgetplan.planning.problem import problem
from budgetplan.planning.solver import solve

KAPPA = (6.0, 14.0, 8.0)


@pytest.mark.parametrize("seed", range(30))
def test_bounded_additive_optimum_agrees_with_cvxpy(seed, additive, limited) -> None:
    pytest.importorskip("cvxpy", reason="the second opinion is not installed")
    from tests.oracles.geometric_program import geometric_minimum

    rng = np.random.default_rng(seed)
    budget = 10 ** rng.uniform(20, 28)
    first = 0.1 * np.sqrt(3 * budget) * 10 ** rng.uniform(-1, 0.5)
    free = problem(additive, budget, KAPPA, first)
    y = solve(free).y[:, 0]
    values = np.exp(np.concatenate([y, y[0] + y[1:]]))
    values[4:] *= np.array(KAPPA) / budget
    bounds: dict[str, tuple[float | None, float | None]] = {}
    for row in rng.choice(7, size=rng.integers(1, 4), replace=False):
        bound = float(values[row] * np.exp(rng.uniform(-0.7, 0.7)))
        bounds[ROW_NAMES[row]] = (bound, None) if rng.random() < 0.5 else (None, bound)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the peer says where its own answer may be inaccurate
        truth = geometric_minimum(additive, budget, KAPPA, first, bounds)
    ours = float(solve(limited(free, bounds), 8).loss[0])
    if truth is None:
        assert not np.isfinite(ours)
    else:
        assert ours == pytest.approx(truth, rel=1e-6)
        assert ours <= truth * (1 + 1e-9) or ours == pytest.approx(truth, rel=2e-8)
