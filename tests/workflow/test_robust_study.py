"""Robust plans as the planner asks for them: chosen on some draws, told on others; several laws; refusals."""

from __future__ import annotations

import numpy as np
import pytest

from budgetplan.errors import ScenarioError
from budgetplan.planning.baselines import baseline_problem
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.workflow.plans.robust_study import plan_for_draws, plan_for_laws
from budgetplan.workflow.resolve.question import Question, resolve


def _asked(scenario: Scenario) -> tuple[Question, Problem, dict[str, np.ndarray]]:
    question = resolve(scenario)
    problem = question.at(np.array([scenario.budget]))
    points = {"plan": solve(problem, 8).y[:, 0]}
    if problem.has_samples:
        points["equal-thirds"] = solve(baseline_problem(problem, "equal-thirds"), 4).y[:, 0]
    return question, problem, points


def test_worst_tenth_falls_on_draws_that_were_not_seen() -> None:
    question, problem, points = _asked(Scenario(law="additive", budget=1e25, draws=1500))
    study = plan_for_draws(question, problem, points, "cvar10")
    assert study.regret["robust"]["worst_tenth"] < study.regret["plan"]["worst_tenth"]
    assert study.regret["robust"]["worst_tenth"] < study.regret["equal-thirds"]["worst_tenth"]
    assert study.found.value <= study.found.values["plan"]
    assert study.to_dict()["worlds"].startswith("1,500 draws other than")


def test_same_seed_same_plan() -> None:
    question, problem, points = _asked(Scenario(law="besiroglu-2024", budget=1e24, seed=4))
    first, second = (plan_for_draws(question, problem, points, "expected") for _ in range(2))
    assert np.array_equal(first.y, second.y, equal_nan=True)
    assert first.regret == second.regret


def test_several_laws() -> None:
    question, problem, points = _asked(Scenario(law="besiroglu-2024", budget=5.76e23))
    names = ("besiroglu-2024", "hoffmann-2022", "sardana-2024")
    study = plan_for_laws(question, problem, points, names)
    assert set(study.regret["robust"]) == {*names, "greatest"}
    assert study.regret["robust"]["greatest"] < study.regret["plan"]["greatest"]
    assert study.regret["plan"]["besiroglu-2024"] == 0.0
    sizes = [float(solve(resolve(Scenario(law=name, budget=5.76e23)).at(np.array([5.76e23]))).y[0, 0]) for name in names]
    assert min(sizes) < study.y[0] < max(sizes)


def test_refusals() -> None:
    question, problem, points = _asked(Scenario(law="besiroglu-2024", budget=1e24))
    with pytest.raises(ScenarioError, match="compares laws"):
        plan_for_draws(question, problem, points, "minimax-law")
    with pytest.raises(ScenarioError, match="two laws or more"):
        plan_for_laws(question, problem, points, ("besiroglu-2024",))
    with pytest.raises(ScenarioError, match="same stages"):
        plan_for_laws(question, problem, points, ("besiroglu-2024", "default"))
    other, there, where = _asked(Scenario(law="hoffmann-2022", budget=1e24))
    with pytest.raises(ScenarioError, match="states no spread"):
        plan_for_draws(other, there, where, "expected")
