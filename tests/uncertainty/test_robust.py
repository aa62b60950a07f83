"""Robust plans: no worse than the point plan, as good as a slow method without curves and gradients, within limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar

from budgetplan.errors import ScenarioError
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.model import AbstractModel
from budgetplan.planning.baselines import baseline_problem
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.draws import draw_law
from budgetplan.uncertainty.robust import ROBUST, RiskModel, robust_plan
from budgetplan.uncertainty.robust_curve import waste_curve
from budgetplan.uncertainty.robust_risk import Greatest, WorstTenth, risk_of
from budgetplan.uncertainty.robust_worlds import DrawnWorlds, SeveralLaws

Asked = Callable[[str, float], Problem]
DRAWS = 60


def _points(one: Problem) -> dict[str, np.ndarray]:
    points = {"plan": solve(one, 8).y[:, 0]}
    if one.has_samples:
        points["equal-thirds"] = solve(baseline_problem(one, "equal-thirds"), 4).y[:, 0]
    return points


def _drawn(name: str, count: int = DRAWS, seed: int = 0) -> DrawnWorlds:
    return DrawnWorlds(draw_law(load_law(name), count, seed).law.model, count)


def _on_surface(one: Problem, z: np.ndarray) -> np.ndarray:
    """y that spends the budget: ln N, then logits of the shares of RL and of samples beyond the first against pre-training."""
    size = np.exp(z[0])
    first = one.kappa[2] * size * np.exp(one.least_inference[0])
    parts = np.exp([0.0, *z[1:]])
    costs = parts / parts.sum() * max(float(one.budget[0]) - first, 1e-300)
    rl, more = (costs[1], costs[2]) if len(costs) == 3 else (0.0, 0.0)
    with np.errstate(divide="ignore"):
        return np.array([z[0], *np.log([costs[0] / (one.kappa[0] * size), rl / (14.0 * size), (first + more) / (8.0 * size)])])


@pytest.mark.parametrize("objective", ["expected", "cvar10"])
@pytest.mark.parametrize("name", ["default", "additive", "besiroglu-2024"])
def test_never_worse_than_the_point_plan_or_thirds(name: str, objective: str, asked: Asked) -> None:
    one = asked(name, 1e25)
    points, worlds = _points(one), _drawn(name)
    found = robust_plan(one, worlds, objective, points)
    assert all(found.value <= found.values[other] for other in points)
    assert found.value < found.values["plan"]  # every one of these laws has draws that pull the plan to one side
    assert found.kkt_residual < 1e-6
    assert float(one.violation(found.y[:, None])[0]) < 1e-8
    assert found.value == risk_of(objective).exact(worlds.wasted(one, {"again": found.y})["again"])


@pytest.mark.parametrize("objective", ["expected", "cvar10"])
@pytest.mark.parametrize("name", ["default", "additive"])
def test_slow_method_on_exact_regrets_finds_nothing_better(name: str, objective: str, asked: Asked) -> None:
    """Nelder and Mead from the point plan, every regret from a solve in its own world."""
    one, worlds = asked(name, 1e25), _drawn(name, 20)
    points = _points(one)
    found = robust_plan(one, worlds, objective, points)
    risk = risk_of(objective)

    def slow(z: np.ndarray) -> float:
        return risk.exact(worlds.wasted(one, {"here": _on_surface(one, z)})["here"])

    plan = points["plan"]
    cost = one.cost(plan[:, None])[:, 0]
    first = one.kappa[2] * np.exp(plan[0] + one.least_inference[0])
    start = np.array([plan[0], np.log(cost[1] / cost[0]), np.log((cost[2] - first) / cost[0])])
    assert slow(start) == pytest.approx(found.values["plan"], abs=1e-6)
    end = minimize(slow, start, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-6, "maxfev": 250})
    assert found.value <= end.fun + 1e-5
    assert found.value == pytest.approx(end.fun, abs=1e-4)


@pytest.mark.parametrize("objective", ["expected", "cvar10"])
def test_pretraining_law_against_a_line_search(objective: str, asked: Asked) -> None:
    one, worlds = problem(load_law("besiroglu-2024").model, 5.76e23, (6.0, 14.0, 8.0)), _drawn("besiroglu-2024", 100)
    found = robust_plan(one, worlds, objective, _points(one))
    risk = risk_of(objective)
    grid = np.linspace(found.y[0] - 1.0, found.y[0] + 1.0, 41)
    tried = worlds.wasted(one, {f"{n}": _on_surface(one, np.array([n])) for n in grid})
    values = [risk.exact(item) for item in tried.values()]
    near = grid[int(np.argmin(values))]
    slow = minimize_scalar(
        lambda n: risk.exact(worlds.wasted(one, {"here": _on_surface(one, np.array([n]))})["here"]),
        bounds=(near - 0.05, near + 0.05), method="bounded", options={"xatol": 1e-4},
    )  # fmt: skip
    assert found.value == pytest.approx(slow.fun, abs=1e-5)


def test_greatest_regret_over_laws_against_a_dense_grid() -> None:
    names = ("besiroglu-2024", "hoffmann-2022", "sardana-2024", "hoffmann-2022-printed", "kaplan-2020")
    worlds = SeveralLaws({name: load_law(name).model for name in names})
    one = problem(worlds.models["besiroglu-2024"], 5.76e23, (6.0, 14.0, 8.0))
    found = robust_plan(one, worlds, "minimax-law", _points(one))
    grid = np.linspace(np.log(1e9), np.log(1e12), 601)
    dense = worlds.wasted(one, {f"{n}": _on_surface(one, np.array([n])) for n in grid[::10]})
    coarse = grid[::10][int(np.argmin([item.max() for item in dense.values()]))]
    slow = minimize_scalar(
        lambda n: worlds.wasted(one, {"here": _on_surface(one, np.array([n]))})["here"].max(),
        bounds=(coarse - 0.12, coarse + 0.12), method="bounded", options={"xatol": 1e-6},
    )  # fmt: skip
    assert found.value == pytest.approx(slow.fun, abs=1e-4)
    ranked = np.sort(found.wasted[ROBUST])
    assert ranked[-1] - ranked[-2] < 1e-3  # two laws tie, and pull in opposite directions
    assert found.value < found.values["plan"]


def test_limits_hold(asked: Asked) -> None:
    one = asked("default", 1e25)
    free = robust_plan(one, _drawn("default"), "expected", _points(one))
    share = one.cost(free.y[:, None])[:, 0] / one.budget[0]
    high = one.limits.high.copy()
    high[5] = np.log(0.5 * share[1] * one.budget / one.kappa[1])
    tight = replace(one, limits=replace(one.limits, high=high))
    found = robust_plan(tight, _drawn("default"), "expected", {"plan": solve(tight, 8).y[:, 0]})
    held = tight.cost(found.y[:, None])[:, 0] / tight.budget[0]
    assert held[1] == pytest.approx(0.5 * share[1], rel=1e-6)
    assert held.sum() == pytest.approx(1.0, rel=1e-6)
    assert found.value <= found.values["plan"]


@pytest.mark.parametrize("name", ["default", "additive", "besiroglu-2024"])
def test_curve_is_the_exact_regret(name: str, asked: Asked) -> None:
    one, worlds = asked(name, 1e25), _drawn(name)
    points = _points(one)
    away = {f"{shift}": points["plan"] + np.array([shift, -shift, 0, 0]) for shift in (-1.5, -0.7, 0.4)}
    exact = worlds.wasted(one, away)
    curve, kept = waste_curve(one, worlds)
    assert kept.all()
    for label, y in away.items():
        fast = curve.wasted(worlds.loss(one.law_point(y[:, None])))[0][0]
        # where the budget does not hold a larger model's demand, the exact regret is cut at zero
        assert np.maximum(fast, 0.0) == pytest.approx(exact[label], abs=2e-4)


@pytest.mark.parametrize("objective", ["expected", "cvar10", "minimax-law"])
def test_gradient_of_the_risk_is_its_difference_quotient(objective: str, asked: Asked) -> None:
    one, worlds = asked("default", 1e25), _drawn("default")
    curve, _ = waste_curve(one, worlds)
    model: AbstractModel = RiskModel(worlds, curve, risk_of(objective))
    x = one.law_point(_points(one)["plan"][:, None]) + np.array([[0.3], [-0.2], [0.4], [0.1]])
    _, slope = model.loss_and_gradient(x)
    for row in range(4):
        step = np.zeros((4, 1))
        step[row] = 1e-5
        quotient = (model.evaluate(x + step).loss - model.evaluate(x - step).loss) / 2e-5
        assert slope[row] == pytest.approx(quotient, rel=1e-5, abs=1e-7)


def test_smoothed_risks_bound_the_kinked_ones() -> None:
    wasted = np.random.default_rng(0).beta(1, 6, 300)
    for risk, room in ((WorstTenth(), 1e-4), (Greatest(1e-3), 1e-3 * np.log(300))):
        smooth = float(risk.smooth(wasted[None])[0][0])
        assert risk.exact(wasted) <= smooth <= risk.exact(wasted) + room


def test_unknown_objective_is_refused(asked: Asked) -> None:
    with pytest.raises(ScenarioError, match="one of expected, cvar10, minimax-law"):
        robust_plan(asked("additive", 1e24), _drawn("additive"), "median", {})
