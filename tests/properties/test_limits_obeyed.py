"""Under any limits: they hold, the budget is spent unless they stop it, and tightening one never lowers the loss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from budgetplan.laws.catalogue import load_law
from budgetplan.planning.certificate import certify_point
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.limits import Limits, no_limits
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve

MODELS = [load_law("default", {"rl": rl}).model for rl in ("math-log", "scalerl-8b", "tan-2025-qwen-base")]
MODELS.append(load_law("additive").model)
models = st.sampled_from(MODELS)
decades = st.floats(20.0, 27.0)
bounds = st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.floats(-1.2, 1.2)), min_size=1, max_size=3)


def asked(model, decade: float, wanted: list[tuple[int, bool, float]]) -> Problem:
    """Bounds on rows, as e-folds from the optimum without them: (row, whether it is a maximum, distance)."""
    budget = 10.0**decade
    free = problem(model, budget, (6.0, 14.0, 8.0), 0.1 * np.sqrt(3 * budget))
    y = solve(free).y
    values = np.concatenate([y, y[:1] + y[1:]])
    limits = no_limits(1)
    for row, most, distance in wanted:
        if np.isfinite(values[row, 0]):
            # a later bound on the same row only ever tightens it
            if most:
                limits.high[row] = np.minimum(limits.high[row], values[row] + distance)
            else:
                limits.low[row] = np.maximum(limits.low[row], values[row] + distance)
    return replace(free, limits=Limits(limits.low, limits.high))


@given(models, decades, bounds)
def test_spent_unless_limits_stop_it(model, decade, wanted) -> None:
    one = asked(model, decade, wanted)
    answer = solve(one)
    assert np.isfinite(answer.loss[0]) == feasible_params(one).any[0]
    assume(np.isfinite(answer.loss[0]))
    assert one.violation(answer.y)[0] <= 1e-8
    certificate = certify_point(one, answer.y[:, 0])
    assert certificate.status == "optimal"
    over = float(np.expm1(one.overspend(answer.y)[0]))
    if abs(over) > 1e-9:
        assert over < 0
        assert certificate.shadow_prices["budget"] == 0.0
        stopped = [name for name in certificate.active_limits if certificate.shadow_prices[name] > 0]
        assert stopped, "unspent, and no limit would save loss if it gave way"


@given(models, decades, bounds)
def test_limits_never_lower_the_loss(model, decade, wanted) -> None:
    one = asked(model, decade, wanted)
    free = replace(one, limits=no_limits(1))
    fewer = asked(model, decade, wanted[:-1])
    held, less, best = (float(solve(item, 8).loss[0]) for item in (one, fewer, free))
    assert held >= best * (1 - 1e-10)
    assert held >= less * (1 - 1e-9)
