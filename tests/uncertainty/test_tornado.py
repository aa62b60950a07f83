"""Ends of ranges are plans of their own, regret is what the held plan wastes there, and advices turn where they are said to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetplan.laws.catalogue import load_law
from budgetplan.laws.law import Law
from budgetplan.planning.baselines import baseline_problem
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.advice import Advice, advices_for, better_than
from budgetplan.uncertainty.flips import flips
from budgetplan.uncertainty.lever import Lever, coefficient_levers, natural_range, repriced
from budgetplan.uncertainty.pivots import follow
from budgetplan.uncertainty.together import batches, losses, optima, stacked_models, wasted
from budgetplan.uncertainty.tornado import held, tornado

KAPPA = np.array([6.0, 14.0, 8.0])


def options(law: Law) -> Law:
    return law.with_options("none")


def asked(law: str, budget: float = 1e25, first_sample: float = 5e11) -> tuple[Law, Problem]:
    loaded = load_law(law)
    return loaded, problem(options(loaded).model, budget, KAPPA, first_sample)


def price_lever(one: Problem) -> Lever:
    return Lever("inference_kappa", "FLOP/(param token)", 8.0, lambda value: repriced(one, np.array([6.0, 14.0, value])), 3.0, 30.0)


@pytest.mark.parametrize("name", ["default", "additive", "shen-2026-chess"])
def test_problems_solved_together_are_those_solved_alone(name: str) -> None:
    law, one = asked(name, 1e22 if name == "shen-2026-chess" else 1e25)
    levers = [*coefficient_levers(law, one, options, follows=True), price_lever(one)]
    problems = [lever.at(value) for lever in levers if lever.ranged for value in (lever.low, lever.high)]
    assert len(batches(problems)) <= 4
    found = optima(problems)
    for index, item in enumerate(problems):
        assert found.loss[index] == pytest.approx(float(solve(item, 4).loss[0]), rel=1e-10)
    assert losses(problems, found.y) == pytest.approx(found.loss, rel=1e-12)


def test_equal_laws_stay_a_law_of_numbers() -> None:
    _, one = asked("default")
    assert stacked_models([one.model, one.model]) is one.model


def test_an_infeasible_problem_has_no_optimum_and_leaves_the_others_theirs() -> None:
    _, one = asked("default")
    poor = replace(one, first_sample=np.array([1e24]))
    found = optima([one, poor])
    assert found.loss[0] == pytest.approx(float(solve(one).loss[0]))
    assert np.isinf(found.loss[1])
    assert np.isnan(wasted([poor], optima([poor]), np.array([1.0]))[0])


@pytest.mark.parametrize("name", ["default", "additive"])
def test_regret_is_the_budget_that_the_optimum_would_save(name: str) -> None:
    law, one = asked(name)
    y = solve(one, 8).y[:, 0]
    levers = {lever.name: lever for lever in (*coefficient_levers(law, one, options, follows=True), price_lever(one))}
    swings = tornado(one, y, list(levers.values()))
    assert [swing.regret for swing in swings] == sorted((swing.regret for swing in swings), reverse=True)
    assert {swing.lever for swing in swings} == {name for name, lever in levers.items() if lever.ranged}
    for swing in swings[:4]:
        for end in (swing.low, swing.high):
            there = levers[swing.lever].at(end.value)
            assert end.loss == pytest.approx(float(solve(there, 8).loss[0]), rel=1e-9)
            saved = solve(there.rescaled(there.budget * (1 - end.regret)), 8)
            assert float(saved.loss[0]) == pytest.approx(float(there.loss(held(one, y, there)[:, None])[0]), rel=1e-6)


def test_partners_follow_and_are_no_levers_of_their_own() -> None:
    law, one = asked("additive")
    levers = {lever.name: lever for lever in coefficient_levers(law, one, options, follows=True)}
    assert set(levers) == {"E", "alpha", "beta", "gamma", "delta"}
    moved = levers["beta"].at(0.331).model
    assert pytest.approx(float(follow(law.record, {"beta": np.array(0.331)})["B"])) == moved.B
    alone = {lever.name: lever for lever in coefficient_levers(law, one, options, follows=False)}
    assert law.record.values["B"] == alone["beta"].at(0.331).model.B
    assert set(alone) == {"E", "A", "alpha", "B", "beta", "G", "gamma", "H", "delta"}


def test_a_plan_that_is_held_keeps_size_and_split() -> None:
    _, one = asked("default")
    y = solve(one, 8).y[:, 0]
    assert held(one, y, one) == pytest.approx(y, abs=1e-9)
    dear = repriced(one, np.array([6.0, 28.0, 8.0]))
    kept = held(one, y, dear)
    assert dear.cost(kept[:, None])[:, 0] == pytest.approx(one.cost(y[:, None])[:, 0], rel=1e-9)
    assert kept[2] == pytest.approx(y[2] - np.log(2))


def test_a_held_plan_pays_for_one_sample_first() -> None:
    """Where the split does not serve the demand, inference takes what one sample costs, and the rest shares what is left."""
    _, one = asked("default")
    y = solve(one, 8).y[:, 0]
    crowded = replace(one, first_sample=one.first_sample * 8)
    kept = held(one, y, crowded)
    assert kept[3] == crowded.least_inference[0]
    assert float(crowded.overspend(kept[:, None])[0]) == pytest.approx(0.0, abs=1e-9)
    assert kept[1] - kept[2] == pytest.approx(y[1] - y[2])
    hopeless = replace(one, first_sample=one.first_sample * 1e3)
    assert np.isnan(held(one, y, hopeless)).all()


def test_a_plan_that_spends_less_than_it_may_keeps_its_tokens() -> None:
    """Limits stop the spending: where another price still fits the budget, nothing has to give way."""
    _, one = asked("default", 1e24)
    for row, most in ((0, 1e9), (1, 1e12), (2, 1e10), (3, 2 * 5e11)):
        one.limits.high[row] = np.log(most)
    y = solve(one, 8).y[:, 0]
    assert float(one.overspend(y[:, None])[0]) < -1
    dear = repriced(one, np.array([6.0, 28.0, 8.0]))
    assert held(one, y, dear) == pytest.approx(y, abs=1e-12)
    (swing,) = tornado(
        one, y, [Lever("rl_kappa", "FLOP/(param token)", 14.0, lambda v: repriced(one, np.array([6.0, v, 8.0])), 6.0, 28.0)]
    )
    assert swing.regret == pytest.approx(0.0, abs=1e-6)


def test_an_end_without_a_plan_is_said_so() -> None:
    _, one = asked("default", 1e24, 1e11)
    lever = Lever("demand", "token", 1e11, lambda value: replace(one, first_sample=np.array([value])), 1e11, 1e22)
    (swing,) = tornado(one, solve(one, 8).y[:, 0], [lever])
    assert swing.high.loss is None
    assert swing.regret == 1.0
    assert swing.high.changes == ("infeasible",)
    assert swing.to_dict()["high"]["params"] is None


def test_limits_on_shares_stay_limits_on_shares_at_other_prices() -> None:
    _, one = asked("default")
    one.limits.high[5] = np.log(0.1 * one.budget / one.kappa[1])
    dear = repriced(one, np.array([6.0, 28.0, 8.0]))
    y = solve(dear, 8).y
    assert dear.cost(y)[1, 0] / dear.budget[0] == pytest.approx(0.1, rel=1e-6)


@pytest.mark.parametrize(("name", "budget"), [("default", 1e25), ("additive", 1e24)])
def test_advices_turn_where_they_are_said_to(name: str, budget: float) -> None:
    """On both sides of each value the answer differs; where nothing turns, 25 values between the ends all agree."""
    law, one = asked(name, budget)
    levers = {lever.name: lever for lever in (*coefficient_levers(law, one, options, follows=True), price_lever(one))}
    advices = {advice.name: advice for advice in advices_for(one, 0.01)}
    found = flips(list(advices.values()), list(levers.values()))
    assert any(flip.at for flip in found)
    for flip in found:
        lever, advice = levers[flip.lever], advices[flip.advice]
        for value in flip.at:
            width = 1e-5 * (flip.high - flip.low)
            near, far = (value - width, value + width) if value > flip.value else (value + width, value - width)
            answers = advice.margins([lever.at(near), lever.at(far)]) > 0
            assert list(answers) == [flip.answer, not flip.answer], (flip.advice, flip.lever)
    steady = [flip for flip in found if not flip.at and flip.advice in ("more-rl", "more-pretraining")]
    for flip in steady[:6]:
        lever = levers[flip.lever]
        many = [lever.at(float(value)) for value in lever.between(flip.low, flip.high, np.linspace(0, 1, 25))]
        assert set(advices[flip.advice].margins(many) > 0) == {flip.answer}


def test_an_advice_that_jumps_is_closed_in_on() -> None:
    """A margin of plus or minus one has no slope: only the bracket tells."""
    _, one = asked("additive")
    lever = Lever("budget", "FLOP", 1e25, lambda value: one.rescaled(np.array([value])), 1e22, 1e28)
    step = Advice(
        "rich", "more than 3e26 FLOP?", lambda problems, _: np.array([1.0 if p.budget[0] > 3e26 else -1.0 for p in problems]), False
    )
    (flip,) = flips([step], [lever])
    assert not flip.answer
    assert flip.at == pytest.approx((3e26,), rel=1e-5)
    assert flip.row()["above"] == flip.at[0]
    assert flip.row()["below"] is None


def test_the_better_of_two_methods_turns_at_equal_prices() -> None:
    """Methods differ in what an RL token costs: the advice turns where the costs are equal."""
    _, one = asked("default", 1e24)
    lever = Lever("rl_kappa", "FLOP/(param token)", 14.0, lambda value: repriced(one, np.array([6.0, value, 8.0])), 6.0, 26.0)
    rival = better_than("better-than-rival", "better than at 16?", lambda item: repriced(item, np.array([6.0, 16.0, 8.0])))
    (flip,) = flips([rival], [lever])
    assert flip.answer
    assert flip.at == pytest.approx((16.0,), rel=1e-6)


def test_thirds_are_within_the_tolerance_where_their_margin_is_positive() -> None:
    _, one = asked("default")
    thirds = solve(baseline_problem(one, "equal-thirds"), 4)
    lost = float(wasted([one], optima([one]), thirds.loss)[0])
    for tolerance, yes in ((lost * 0.99, False), (lost * 1.01, True)):
        advice = advices_for(one, tolerance)[-1]
        assert bool(advice.margins([one])[0] > 0) == yes


def test_nothing_to_vary_gives_nothing() -> None:
    _, one = asked("besiroglu-2024", first_sample=0.0)
    assert advices_for(one, 0.01) == ()
    assert flips((), [price_lever(one)]) == ()
    assert tornado(one, solve(one).y[:, 0], []) == ()


def test_a_search_stays_where_a_coefficient_has_a_meaning() -> None:
    part = Lever("inference.selection_efficiency", "1", 0.27, lambda value: pytest.fail("not asked"), 0.2, 0.4)
    assert natural_range(part, 30.0)[1] == 0.999
    signed = Lever("inference.narrowing", "1", 1.75, lambda value: pytest.fail("not asked"), 0.5, 2.5)
    assert natural_range(signed, 3.0) == (-1.75, 5.25)
