"""Rules of thumb: what they spend, and that each has its own best size."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from budgetplan.laws.catalogue import load_law
from budgetplan.planning.baselines import NAMES, baseline_problem, named_split, stages_of
from budgetplan.planning.certificate import certify_point
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve

STAGES = ("pretraining", "rl", "inference")
BUDGETS = [1e20, 1e23, 1e25, 1e27]
At = Callable[[float], Problem]


def best_size(asked: Problem, shares: Mapping[str, float]) -> float:
    """Least loss over N at given shares, by SciPy's scalar search between the sizes at which k is one and 1e5 params."""
    budget = float(asked.budget[0])
    cost = np.array([shares[stage] * budget for stage in STAGES])

    def loss(n: float) -> float:
        y = np.concatenate([[n], np.log(cost / asked.kappa) - n])
        return float(asked.loss(y[:, None])[0])

    top = float(np.log(cost[2] / asked.kappa[2] / asked.first_sample[0]))
    grid = np.linspace(np.log(1e5), top, 200)
    least = int(np.argmin([loss(n) for n in grid]))
    ends = (grid[max(least - 1, 0)], grid[min(least + 1, 199)])
    found = minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-10})
    return min(float(found.fun), loss(top))


@pytest.mark.parametrize("budget", BUDGETS)
def test_equal_thirds_spend_a_third_each_at_their_own_best_size(default_at: At, budget: float) -> None:
    asked = default_at(budget)
    thirds = baseline_problem(asked, "equal-thirds")
    answer = solve(thirds)
    assert thirds.cost(answer.y)[:, 0] == pytest.approx(np.full(3, budget / 3), rel=1e-9)
    assert answer.loss[0] == pytest.approx(best_size(asked, dict.fromkeys(STAGES, 1 / 3)), rel=1e-10)
    assert certify_point(thirds, answer.y[:, 0]).status == "optimal"
    kept = named_split(asked, dict.fromkeys(STAGES, 1 / 3))
    fixed = kept.limits.low.copy()
    fixed[0] = solve(asked).y[0]
    held = asked.loss(np.concatenate([fixed[:1], fixed[4:] - fixed[0]]))
    assert answer.loss[0] < held[0], "the size of the optimum is not the best size of equal thirds"


@pytest.mark.parametrize("budget", BUDGETS)
def test_equal_tokens_are_equal_at_their_own_best_size(default_at: At, budget: float) -> None:
    asked = default_at(budget)
    answer = solve(baseline_problem(asked, "equal-tokens"))
    assert np.ptp(answer.y[1:, 0]) <= 1e-9
    assert asked.cost(answer.y).sum() == pytest.approx(budget, rel=1e-9)
    shares = dict(zip(STAGES, asked.kappa / asked.kappa.sum(), strict=True))
    assert answer.loss[0] == pytest.approx(best_size(asked, shares), rel=1e-10)


@pytest.mark.parametrize("budget", BUDGETS)
def test_chinchilla_does_no_rl_and_draws_one_sample(default_at: At, budget: float) -> None:
    """What the first sample leaves goes into pre-training, at the size that then has the least loss."""
    asked = default_at(budget)
    y = solve(baseline_problem(asked, "chinchilla")).y[:, 0]
    assert y[2] == -np.inf
    assert np.exp(y[3]) == pytest.approx(asked.first_sample[0], rel=1e-12)
    assert asked.cost(y[:, None]).sum() == pytest.approx(budget, rel=1e-12)
    plain = solve(problem(load_law("besiroglu-2024").model, budget, asked.kappa, 0.0, asked.first_sample))
    assert y[:2] == pytest.approx(plain.y[:2, 0], abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_no_rule_of_thumb_beats_the_optimum(default_at: At, name: str) -> None:
    asked = default_at(1e25)
    assert solve(baseline_problem(asked, name)).loss[0] > solve(asked).loss[0]


@pytest.mark.parametrize("name", NAMES)
def test_baselines_keep_a_fixed_size(default_at: At, limited, name: str) -> None:
    asked = limited(default_at(1e25), {"params": (3e10, 3e10)})
    assert np.exp(solve(baseline_problem(asked, name)).y[0, 0]) == pytest.approx(3e10, rel=1e-12)


def test_a_share_that_a_limit_stops_goes_to_the_others(default_at: At, limited) -> None:
    """At most a tenth for RL: equal thirds become .45, .1, .45."""
    asked = limited(default_at(1e25), {"rl_share": (None, 0.1)})
    thirds = baseline_problem(asked, "equal-thirds")
    answer = solve(thirds)
    assert asked.cost(answer.y)[:, 0] / 1e25 == pytest.approx([0.45, 0.1, 0.45], rel=1e-9)


def test_laws_with_fewer_stages_share_among_those() -> None:
    """A law without RL or samples has one stage: nothing to compare."""
    assert stages_of(problem(load_law("besiroglu-2024").model, 1e23, (6.0, 14.0, 8.0), 0.0, 1e11)) == ("pretraining",)
    chess = problem(load_law("shen-2026-chess").model, 1e20, (6.0, 14.0, 8.0))
    assert stages_of(chess) == ("pretraining", "rl")
    halves = solve(baseline_problem(chess, "equal-thirds"))
    assert chess.cost(halves.y)[:, 0] / 1e20 == pytest.approx([0.5, 0.5, 0.0], abs=1e-9)


def test_an_unknown_rule_is_refused(default_at: At) -> None:
    with pytest.raises(KeyError):
        baseline_problem(default_at(1e25), "equal-halves")
