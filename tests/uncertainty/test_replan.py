"""Draws solved in one batch are the draws solved one by one; regret means what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from budgetplan.laws.catalogue import load_law
from budgetplan.laws.model import taken
from budgetplan.planning.baselines import baseline_problem
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.draws import draw_law
from budgetplan.uncertainty.replan import replan

Asked = Callable[[str, float], Problem]


@pytest.mark.parametrize("name", ["default", "additive", "besiroglu-2024", "muennighoff-2023"])
def test_batched_draws_equal_single_solves(name: str, asked: Asked) -> None:
    one = asked(name, 1e24)
    drawn = draw_law(load_law(name), 40, 0)
    found = replan(one, drawn.law.model, 40, {}, waste=False)
    assert found.kept.all()
    for index in range(40):
        alone = solve(replace(one, model=taken(drawn.law.model, np.array([index])), drawn=True), 3)
        assert found.loss[index] == pytest.approx(float(alone.loss[0]), rel=1e-10)


def test_limits_hold_under_every_draw(asked: Asked) -> None:
    one = asked("default", 1e24)
    one.limits.high[5] = np.log(0.1 * one.budget / one.kappa[1])
    found = replan(one, draw_law(load_law("default"), 30, 0).law.model, 30, {}, waste=False)
    assert found.share[1].max() <= 0.1 + 1e-7


def test_regret_is_the_budget_that_the_optimum_would_save(asked: Asked) -> None:
    """At the budget C (1 - w) a draw's own optimum reaches what the plan reaches with C; nothing beats the draw's optimum."""
    one = asked("default", 1e24)
    plan, thirds = solve(one, 8).y[:, 0], solve(baseline_problem(one, "equal-thirds")).y[:, 0]
    drawn = draw_law(load_law("default"), 25, 4)
    found = replan(one, drawn.law.model, 25, {"plan": plan, "thirds": thirds})
    for name in ("plan", "thirds"):
        assert np.all(found.decisions[name] >= found.loss * (1 - 1e-10))
        assert np.all((found.wasted[name] >= 0) & (found.wasted[name] < 1))
        for index in range(0, 25, 5):
            alone = replace(one, model=taken(drawn.law.model, np.array([index])), drawn=True)
            saved = solve(alone.rescaled(one.budget * (1 - found.wasted[name][index])), 8)
            assert float(saved.loss[0]) == pytest.approx(float(found.decisions[name][index]), rel=1e-5)


def test_chunks_change_nothing(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    one, model = asked("additive", 1e24), draw_law(load_law("additive"), 30, 0).law.model
    whole = replan(one, model, 30, {"plan": solve(one).y[:, 0]})
    monkeypatch.setattr("budgetplan.uncertainty.replan.CHUNK", 7)
    parts = replan(one, model, 30, {"plan": solve(one).y[:, 0]})
    assert np.array_equal(whole.y, parts.y)
    assert whole.wasted["plan"] == pytest.approx(parts.wasted["plan"], rel=1e-9, abs=1e-12)
