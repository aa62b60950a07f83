"""When an equal split is right: the equation, its closed form for sums of powers, and intervals that hold when asked again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.law import Law
from budgetplan.planning.baselines import baseline_problem
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.lever import Lever, coefficient_levers
from budgetplan.uncertainty.thirds_additive import kept_by_equal_split, sizes_for
from budgetplan.uncertainty.thirds_condition import RULES, intervals, reducible_elasticities
from budgetplan.uncertainty.together import optima, wasted

KAPPA = np.array([6.0, 14.0, 8.0])
THIRDS = dict.fromkeys(("pretraining", "rl", "inference"), 1 / 3)


def options(law: Law) -> Law:
    return law.with_options("none")


def lost(one: Problem, by: str) -> float:
    """Compute that an equal split wastes, from a budget found by bisection: slow and obvious."""
    goal = float(solve(baseline_problem(one, RULES[by]), 4).loss[0])
    low, high = 0.0, 0.9
    for _ in range(40):
        middle = 0.5 * (low + high)
        reached = float(solve(one.rescaled(one.budget * (1 - middle)), 4).loss[0])
        low, high = (middle, high) if reached < goal else (low, middle)
    return 0.5 * (low + high)


def test_two_costs_are_equal_only_where_their_exponents_are() -> None:
    """Pope's form: the least of a x^p + b/x^q has p cost_a = q cost_b."""
    for p, q in ((1.0, 1.0), (0.5, 0.5), (0.3, 0.6)):
        x = np.exp(np.linspace(-30, 30, 600_001))
        one, two = 3.0 * x**p, 7.0 * x**-q
        best = int(np.argmin(one + two))
        assert one[best] / two[best] == pytest.approx(q / p, rel=1e-3)


@pytest.mark.parametrize(
    ("share", "kept"), [((0.5, 0.25, 0.25), 0.9428), ((0.6, 0.3, 0.1), 0.8182), ((0.8, 0.15, 0.05), 0.6152), ((1 / 3,) * 3, 1.0)]
)
def test_an_equal_split_keeps_the_entropy_of_the_shares(share: tuple[float, ...], kept: float) -> None:
    assert kept_by_equal_split(np.array(share)) == pytest.approx(kept, abs=1e-4)


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (6.0, 14.0, 8.0), (0.5, 0.1, 0.4)], ids=["thirds", "tokens", "named"])
@pytest.mark.parametrize("budget", [1e22, 1e25])
def test_closed_form_sizes_make_the_split_optimal(weights: tuple[float, ...], budget: float) -> None:
    """The solver, asked with those sizes, answers with that split and that N."""
    law, first = load_law("additive").model, 1e11
    share = dict(zip(THIRDS, np.array(weights) / sum(weights), strict=True))
    exact = sizes_for(law, KAPPA, budget, first, share)
    y = solve(problem(replace(law, G=exact.G, H=exact.H), budget, KAPPA, first)).y
    cost = problem(law, budget, KAPPA, first).cost(y)[:, 0]
    assert cost / cost.sum() == pytest.approx(list(share.values()), rel=1e-8)
    assert float(np.exp(y[0, 0])) == pytest.approx(exact.params, rel=1e-8)


def test_sizes_grow_with_the_budget_as_their_exponents_say() -> None:
    law = load_law("additive").model
    less, more = (sizes_for(law, KAPPA, budget, 1e11, THIRDS) for budget in (1e23, 1e24))
    assert np.log10(more.G / less.G) == pytest.approx(less.G_growth, rel=1e-9)
    assert np.log10(more.H / less.H) == pytest.approx(less.H_growth, rel=1e-9)
    even = sizes_for(replace(law, gamma=law.beta), KAPPA, 1e24, 1e11, THIRDS)
    assert even.G_growth == 0.0


@pytest.mark.parametrize(("name", "budget"), [("default", 1e25), ("additive", 1e24)])
def test_shares_are_elasticities_over_that_of_params(name: str, budget: float) -> None:
    """share_j = e_j/e_N and e_N = sum of e_j, whatever the floor."""
    one = problem(options(load_law(name)).model, budget, KAPPA, 5e11)
    y = solve(one, 8).y
    earns = reducible_elasticities(one, y[:, 0])
    cost = one.cost(y)[:, 0]
    ratio = np.array([earns[stage] for stage in THIRDS]) / earns["params"]
    assert ratio == pytest.approx(cost / cost.sum(), rel=1e-8)
    assert ratio.sum() == pytest.approx(1.0, rel=1e-8)


def test_a_first_sample_that_is_no_choice_leaves_the_rest_in_proportion() -> None:
    one = problem(options(load_law("default")).model, 1e20, KAPPA, 1e12)
    y = solve(one, 8).y
    earns, share = reducible_elasticities(one, y[:, 0]), one.cost(y)[:, 0] / one.budget[0]
    assert float(one.log_samples(y[3])[0][0]) == 0.0
    assert earns["pretraining"] / earns["rl"] == pytest.approx(share[0] / share[1], rel=1e-7)
    assert earns["params"] == pytest.approx((earns["pretraining"] + earns["rl"]) / (1 - share[2]), rel=1e-7)


@pytest.mark.parametrize("by", ["compute", "tokens"])
def test_ends_of_an_interval_waste_what_is_tolerated(by: str) -> None:
    """Just inside each end less is wasted, just outside more; the budget that is wasted is found by bisection."""
    base = load_law("additive")
    exact = sizes_for(base.model, KAPPA, 1e24, 1e11, {key: w / s for key, w, s in _weights(by)})
    record = base.record
    nearly = {"G": 1.05 * exact.G, "H": 0.97 * exact.H}
    changed = {name: replace(record.coefficients[name], value=value) for name, value in nearly.items()}
    law = replace(base, record=replace(record, coefficients={**record.coefficients, **changed}))
    law = replace(law, parts={"joint": law.record}, function=AdditiveLoss(**{**_values(base), **nearly}))
    one = problem(law.model, 1e24, KAPPA, 1e11)
    levers = {lever.name: lever for lever in coefficient_levers(law, one, lambda item: item, follows=True, led=True)}
    found = intervals(list(levers.values()), by, 0.01)
    assert all(item.inside for item in found)
    for item in found:
        if item.coefficient not in ("G", "H", "gamma", "B"):
            continue
        for end, outward in ((item.low, -1), (item.high, 1)):
            if end in item.searched:
                continue
            here = lost(levers[item.coefficient].at(end), by)
            beyond = lost(levers[item.coefficient].at(end * (1 + outward * 1e-3)), by)
            assert here == pytest.approx(0.01, rel=2e-3)
            assert beyond > 0.01


def _weights(by: str) -> list[tuple[str, float, float]]:
    weights = np.ones(3) if by == "compute" else KAPPA
    return [(key, float(weight), float(weights.sum())) for key, weight in zip(THIRDS, weights, strict=True)]


def _values(law: Law) -> dict[str, float]:
    return {name: law.record.values[name] for name in ("E", "A", "alpha", "B", "beta", "G", "gamma", "H", "delta")}


def test_no_value_inside_is_said_with_the_least_that_is_wasted() -> None:
    law = load_law("additive")
    one = problem(law.model, 1e24, KAPPA, 5e11)
    levers = [lever for lever in coefficient_levers(law, one, lambda item: item, follows=True) if lever.name == "gamma"]
    (found,) = intervals(levers, "compute", 0.01)
    assert (found.low, found.high) == (None, None)
    assert not found.inside
    there = levers[0].at(found.best)
    thirds = solve(baseline_problem(there, "equal-thirds"), 4).loss
    assert found.least_wasted == pytest.approx(float(wasted([there], optima([there]), thirds)[0]), abs=1e-7)
    many = [levers[0].at(float(value)) for value in np.geomspace(*found.searched, 40)]
    even = optima([baseline_problem(item, "equal-thirds") for item in many])
    assert np.min(wasted(many, optima(many), even.loss)) > 0.01


def test_a_narrow_interval_between_two_values_is_found() -> None:
    """A lever whose one right value lies far from the values that are tried first."""
    law = load_law("additive")
    one = problem(law.model, 1e24, KAPPA, 1e11)
    exact = sizes_for(law.model, KAPPA, 1e24, 1e11, THIRDS)

    def at(value: float) -> Problem:
        off = np.log(value / 3.3) * 40.0  # the terms are wrong by e^off but at 3.3
        return replace(one, model=replace(law.model, G=exact.G * float(np.exp(off)), H=exact.H))

    (found,) = intervals([Lever("narrow", "1", 1.0, at)], "compute", 0.01)
    assert found.low is not None
    assert found.low < 3.3 < found.high
    assert found.high / found.low < 1.2


def test_what_is_said_of_a_coefficient_does_not_depend_on_what_else_is_asked() -> None:
    law = load_law("default")
    one = problem(law.model, 1e23, KAPPA, 5e10)
    levers = coefficient_levers(law, one, lambda item: item, follows=True)[:4]
    together = intervals(levers, "compute", 0.01)
    alone = [found for lever in levers for found in intervals([lever], "compute", 0.01)]
    assert any(item.low is None for item in together)
    for one_of, other in zip(together, alone, strict=True):
        assert one_of.least_wasted == pytest.approx(other.least_wasted, rel=1e-6, abs=1e-9)
        assert one_of.best == pytest.approx(other.best, rel=1e-9)
        for end, same in ((one_of.low, other.low), (one_of.high, other.high)):
            assert (end is None) == (same is None)
            assert end is None or end == pytest.approx(same, rel=1e-9)
