"""Demand from nothing to more than the budget pays, and served tokens that dwarf those of the samples to choose."""

from __future__ import annotations

import json

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.cli import main
from budgetplan.errors import InfeasibleError, ScenarioError
from budgetplan.laws.catalogue import load_law
from budgetplan.planning.limits import FEWEST_PARAMS, FEWEST_TOKENS, no_limits
from budgetplan.planning.problem import problem
from tests.edges.certified import KAPPA, checked

FIRST = np.concatenate([[0.0], np.geomspace(1.0, 1e30, 31)])
"""Tokens of one sample to every query. [token]"""
SERVED = np.concatenate([[0.0], np.geomspace(1e3, 1e24, 22)])
"""Served tokens that only cost. [token]"""


@pytest.mark.parametrize("name", ["default", "lab", "additive", "besiroglu-2024"])
@pytest.mark.parametrize("verifier", ["none", "oracle"])
def test_any_demand(name: str, verifier: str) -> None:
    law = load_law(name)
    model = law.model if name in ("additive", "besiroglu-2024") else law.with_options(verifier).model
    budget = 1e25
    for chosen in (FIRST[:1], FIRST[1:]):
        loss = checked(problem(model, np.full(len(chosen), budget), KAPPA, chosen)).loss
        pays = budget >= FEWEST_PARAMS * (KAPPA[0] * FEWEST_TOKENS + KAPPA[2] * chosen)
        assert np.array_equal(np.isfinite(loss), pays)
        assert np.all(np.diff(loss[pays]) >= 0), "more queries never lower the loss"


@pytest.mark.parametrize("verifier", ["none", "oracle"])
@pytest.mark.parametrize("name", ["default", "lab", "additive"])
def test_served_tokens_that_only_cost(name: str, verifier: str) -> None:
    """From none to 1e10 times the tokens of the first sample, where k keeps six of its sixteen digits in ln I."""
    law = load_law(name)
    model = law.model if name == "additive" else law.with_options(verifier).model
    first = 1e11
    ratio = np.concatenate([[0.0], np.geomspace(1e-3, 1e9, 4 if name == "lab" else 7)])
    several = [problem(model, np.array([1e25]), KAPPA, first, first * part) for part in ratio]
    loss = np.array([checked(one, 8).loss[0] for one in several])
    assert np.all(np.diff(loss[np.isfinite(loss)]) > 0), "served tokens only cost"
    assert np.isfinite(loss[:-1]).all()


@pytest.mark.parametrize("verifier", ["none", "oracle"])
def test_samples_keep_their_digits_beside_what_is_served(verifier: str) -> None:
    """1e25 FLOP, 1e20 tokens to serve: at 12,500 params all but 0.1 % goes to serving, and the rest is split as ever.

    The same choice without a served token, at the size found and with the compute that serving leaves, has the same optimum.
    """
    model = load_law("default").with_options(verifier).model
    first, served = 5.3e11, 1e20
    one = problem(model, 1e25, KAPPA, first, served)
    answer = checked(one, 8)
    n = float(answer.y[0, 0])
    limits = no_limits(1)
    limits.low[0] = limits.high[0] = n
    rest = problem(model, 1e25 - KAPPA[2] * np.exp(n) * served, KAPPA, first, 0.0, limits)
    alone = checked(rest, 8)
    assert answer.loss[0] == pytest.approx(alone.loss[0], rel=1e-9)
    assert answer.y[1:3, 0] == pytest.approx(alone.y[1:3, 0], abs=1e-5)
    k, other = (np.exp(item.log_samples(found.y[3])[0][0]) for item, found in ((one, answer), (rest, alone)))
    assert k == pytest.approx(other, rel=1e-3)


def test_a_plan_that_mostly_serves_is_certified() -> None:
    study = bp.plan(budget=1e25, serve=1e20)
    assert study.certificate.kkt_residual <= 1e-6
    assert study.plan.share["inference"] > 0.99
    assert study.plan.samples_per_query > 100, "samples are next to nothing beside what is served"


def test_serving_that_costs_more_than_the_budget_is_infeasible(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InfeasibleError, match="over the budget of 1e\\+25 FLOP"):
        bp.plan(budget=1e25, serve=1e21)
    assert main(["plan", "--budget", "1e25", "--serve", "1e21", "--format", "json"]) == 3
    done = capsys.readouterr()
    assert done.out == ""
    assert json.loads(done.err)["error"]["code"] == "infeasible"


def test_samples_that_nobody_could_tell_beside_what_is_served_are_refused() -> None:
    """One query of 2,000 tokens beside 1e15 served ones: a sample more is a digit that floats do not have."""
    with pytest.raises(ScenarioError, match="served tokens are more than 1e\\+10 times"):
        bp.plan(budget=1e25, queries=1, serve=1e15)
    table = bp.sweep(budget=1e25, queries=1.0, serve=[1e12, 1e15])
    assert list(table["status"]) == ["optimal", "scenario"]
