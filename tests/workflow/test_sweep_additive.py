"""Closed forms of the additive law's sweep against the general solver and the general search for a budget."""

from __future__ import annotations

import numpy as np
import pytest

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.planning.baselines import baseline_problem
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from budgetplan.workflow.sweeps.additive import has_closed_form, matching_budget, thirds_loss

LAW = AdditiveLoss(1.8172, 482.01, 0.3478, 2085.43, 0.3658, 50.0, 0.25, 0.3, 0.2)
KAPPA = (6.0, 14.0, 8.0)
BUDGETS = np.geomspace(1e18, 1e28, 41)


def cases() -> dict[str, Problem]:
    return {
        "many samples": problem(LAW, BUDGETS, KAPPA, 1e-3 * np.sqrt(BUDGETS)),
        "one sample": problem(LAW, BUDGETS, KAPPA, 0.3 * np.sqrt(BUDGETS)),
        "one sample and many": problem(LAW, BUDGETS, KAPPA, 1e10),
        "no demand": problem(LAW, BUDGETS, KAPPA),
        "no term of samples": problem(AdditiveLoss(1.8, 482.0, 0.35, 2085.0, 0.37, 50.0, 0.25), BUDGETS, KAPPA),
    }


@pytest.mark.parametrize("name", cases())
def test_thirds_are_those_of_the_general_solver(name: str) -> None:
    asked = cases()[name]
    assert has_closed_form(asked)
    loss = thirds_loss(asked)
    other = baseline_problem(asked, "equal-thirds")
    able = feasible_params(other).any
    np.testing.assert_array_equal(np.isfinite(loss), able)
    assert able.any()
    np.testing.assert_allclose(loss[able], solve(other.take(able), 3).loss, rtol=1e-10)


@pytest.mark.parametrize("name", cases())
def test_the_matching_budget_is_the_one_that_a_search_finds(name: str) -> None:
    asked = cases()[name]
    able = np.isfinite(thirds_loss(asked))
    part = asked.take(able)
    loss = thirds_loss(part)
    log_budget, allowed = matching_budget(part, loss)
    assert allowed.all()
    found = budget_for(lambda c, who: part.take(who).rescaled(c), loss, np.log(part.budget))
    np.testing.assert_allclose(log_budget, found.log_budget, atol=1e-9)
    best = solve(part.rescaled(np.exp(log_budget)))
    np.testing.assert_allclose(best.loss, loss, rtol=1e-12)


def test_both_ways_to_spend_on_samples_are_met() -> None:
    asked = cases()["one sample and many"]
    best = solve(asked)
    samples = np.exp(asked.log_samples(best.y[3])[0])
    assert samples.min() == 1.0
    assert samples.max() > 10


def test_problems_that_the_formulas_do_not_know_are_left_to_the_solver() -> None:
    assert not has_closed_form(problem(LAW, BUDGETS, KAPPA, 1e9, served=1e9))
    assert not has_closed_form(problem(AdditiveLoss(1.8, 482.0, 0.35, 2085.0, 0.37, 50.0, 0.25), BUDGETS, KAPPA, 1e9))
    assert not has_closed_form(problem(AdditiveLoss(1.8, 482.0, 0.35, 2085.0, 0.37), BUDGETS, KAPPA))
