"""Pilots: what is believed, what runs tell, which are chosen, and that what they are said to be worth is what they are worth."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest

from budgetplan.errors import ScenarioError
from budgetplan.laws.catalogue import load_law
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.uncertainty.draws import Draws, draw_law
from budgetplan.uncertainty.pilot import _gains, choose, design, remaining
from budgetplan.uncertainty.pilot_observe import Telling
from budgetplan.uncertainty.pilot_prior import Prior, prior_from
from budgetplan.uncertainty.pilot_runs import RATIOS, candidates, isoflop
from budgetplan.uncertainty.pilot_simulate import fitted, regret_after, trials
from budgetplan.uncertainty.pilot_stakes import stakes_of
from budgetplan.workflow.resolve.question import resolve

LAWS = ("besiroglu-2024", "additive", "default")


def _asked(name: str) -> tuple[Problem, Prior]:
    question = resolve(Scenario(law=name, budget=1e25))
    return question.at(np.array([1e25])), prior_from(question.law, draw_law(question.law, 1000, 0), "none")


def _drawn(prior: Prior, count: int) -> tuple[np.ndarray, Draws]:
    """Truths of which z is known: points of the prior itself."""
    z = np.random.default_rng(3).standard_normal((prior.size, count))
    values = prior.coefficients(z)
    return z, Draws(prior.law_at(z), values, {}, ())


@pytest.mark.parametrize("name", LAWS)
def test_prior_has_mean_and_covariance_of_the_draws(name: str) -> None:
    law = load_law(name)
    draws = draw_law(law, 1000, 0)
    prior, drawn = prior_from(law, draws, "none"), draws.values
    back = {"log": np.log, "logit": lambda c: np.log(c / (1 - c)), "plain": lambda c: c}
    t = np.stack([back[scale](drawn[label]) for label, scale in zip(prior.names, prior.scales, strict=True)])
    assert prior.mean == pytest.approx(t.mean(axis=1), rel=1e-12)
    spread = t.std(axis=1)
    left = (prior.axes @ prior.axes.T - np.cov(t, ddof=0)) / np.outer(spread, spread)
    assert np.abs(left).max() < 1e-5
    middle = prior.coefficients(np.zeros(prior.size))
    assert [float(back[scale](middle[label])) for label, scale in zip(prior.names, prior.scales, strict=True)] == pytest.approx(
        prior.mean.tolist(), rel=1e-9
    )


def test_coefficients_known_only_together_stay_together() -> None:
    """A and alpha: the term at the middle of the runs varies by far less than A does."""
    law = load_law("besiroglu-2024")
    prior = prior_from(law, draw_law(law, 1000, 0), "none")
    values = prior.coefficients(np.random.default_rng(0).standard_normal((prior.size, 500)))
    term = np.log(values["A"]) - values["alpha"] * np.log(1e9)
    assert term.std() < 0.3 * np.log(values["A"]).std()


def test_success_is_told_as_surely_as_counting_allows() -> None:
    """Noise of ln(-ln p) against binomial counts of the same p."""
    model = load_law("default").model
    x = np.log(np.array([[3e9], [3e11], [1e9]]))
    told, deviation = Telling(problems=1319).tell(model, x)
    p = float(np.exp(-np.exp(told[1, 0])))
    assert p == pytest.approx(float(model.evaluate(np.append(x, [[0.0]], axis=0)).success[0]), rel=1e-12)
    counted = np.random.default_rng(0).binomial(1319, p, 20_000) / 1319
    assert np.log(-np.log(counted)).std() == pytest.approx(deviation[1, 0], rel=0.03)
    assert deviation[0, 0] == 0.005


def test_joint_loss_without_rl_that_is_infinite_tells_nothing() -> None:
    model = load_law("additive").model
    x = np.array([[np.log(1e9)], [np.log(1e11)], [-np.inf]])
    with np.errstate(over="ignore"):
        told, deviation = Telling().tell(model, x)
    assert np.isfinite(told).all()
    assert np.isfinite(deviation[0]).all()
    assert np.isinf(deviation[1:]).all()


@pytest.mark.parametrize("name", LAWS)
def test_runs_and_grid_keep_to_the_pilots_budget(name: str) -> None:
    main, prior = _asked(name)
    telling = Telling()
    evaluated = telling.evaluated(main.model)
    runs, grid = candidates(main, 1e22, evaluated, (5e7, 1e9)), isoflop(main, 1e22, evaluated)
    assert runs.cost.max() <= 1e22 * (1 + 1e-9)
    assert grid.cost.sum() == pytest.approx(1e22, rel=1e-6)
    assert np.all(np.abs(runs.x[1] - runs.x[0] - np.log(RATIOS).mean()) <= np.log(RATIOS[1] / RATIOS[0]) / 2 + 1e-9)
    chosen = design(stakes_of(main, prior, 0).form, prior, telling, runs, 1e22, 6)
    assert chosen.runs.size <= 6
    assert chosen.runs.cost.sum() <= 1e22 * (1 + 1e-9)
    assert np.all(chosen.left >= 1)


def test_gain_is_the_fall_of_what_remains() -> None:
    draw = np.random.default_rng(1)
    g, half = draw.standard_normal((12, 2, 4)), draw.standard_normal((4, 4))
    form = half @ half.T
    gains = _gains(form, g, [2, 5])
    for index in range(12):
        fall = remaining(form, g[[2, 5]]) - remaining(form, g[[2, 5, index]])
        assert gains[index] == pytest.approx(fall, rel=1e-9)


def test_remaining_is_the_posterior_variance_of_a_linear_problem() -> None:
    """A Monte Carlo estimate of the same: fit z to noisy tellings by ridge regression, average the squared miss."""
    draw = np.random.default_rng(2)
    g, half = draw.standard_normal((5, 2, 3)), draw.standard_normal((3, 3))
    form, rows = half @ half.T, g.reshape(-1, 3)
    z = draw.standard_normal((3, 200_000))
    told = rows @ z + draw.standard_normal((10, 200_000))
    missed = z - np.linalg.solve(np.eye(3) + rows.T @ rows, rows.T @ told)
    assert remaining(form, g) == pytest.approx(float(np.einsum("im,ij,jm->m", missed, form, missed).mean()), rel=0.01)


@pytest.mark.parametrize("seed", range(12))
def test_exchange_comes_close_to_trying_everything(seed: int) -> None:
    draw = np.random.default_rng(seed)
    g, half, cost = draw.standard_normal((9, 1, 4)), draw.standard_normal((4, 4)), draw.uniform(0.2, 1.0, 9)
    g, form = 2 * g * np.sqrt(cost)[:, None, None], half @ half.T
    found = choose(form, g, cost, 2.0, 4)
    assert cost[found].sum() <= 2.0
    every = [list(tried) for size in range(1, 5) for tried in combinations_with_replacement(range(9), size)]
    best = min(remaining(form, g[tried]) for tried in every if cost[tried].sum() <= 2.0)
    assert best <= remaining(form, g[found]) * (1 + 1e-12)
    assert remaining(form, g[found]) <= 1.15 * best


@pytest.mark.parametrize("name", LAWS)
def test_stakes_are_the_regret_of_the_plan(name: str) -> None:
    """The quadratic form against regrets solved for exactly, at points of the prior: so many that their mean is good to 5 %."""
    main, prior = _asked(name)
    _, truths = _drawn(prior, 900)
    tried = trials(main, prior, truths)
    exact = float(tried.wasted(np.repeat(solve(main, 8).y, tried.size, axis=1)).mean())
    assert stakes_of(main, prior, 0).regret == pytest.approx(exact, rel=0.35)


def test_fit_without_noise_finds_the_truth() -> None:
    main, prior = _asked("besiroglu-2024")
    telling = Telling(noise=1e-6)
    _, truths = _drawn(prior, 30)
    tried, runs = trials(main, prior, truths), isoflop(main, 1e22, 0.0)
    z = fitted(tried, prior, telling, runs, 0)
    found = prior.coefficients(z)
    assert found["alpha"] == pytest.approx(truths.values["alpha"], abs=2e-3)
    assert regret_after(tried, prior, telling, runs, 0).max() < 1e-4


@pytest.mark.parametrize("name", LAWS)
def test_fit_is_no_further_from_the_runs_than_the_truth_is(name: str) -> None:
    """The most probable point has at most the truth's |r|^2 + |z|^2: the descent got there."""
    main, prior = _asked(name)
    telling = Telling()
    true, truths = _drawn(prior, 25)
    tried = trials(main, prior, truths)
    assert tried.size == 25
    runs = isoflop(main, 1e22, telling.evaluated(main.model), 0.3 if main.has_rl else 0.0)
    z = fitted(tried, prior, telling, runs, 5)
    x = np.broadcast_to(runs.x[:, None, :], (3, 25, runs.size))
    told, deviation = telling.tell(prior.law_at(true[..., None]).model, x)
    seen = told + deviation * np.random.default_rng([5, 12]).standard_normal(told.shape)

    def objective(at: np.ndarray) -> np.ndarray:
        missed = (telling.tell(prior.law_at(at[..., None]).model, x)[0] - seen) / deviation
        return (missed**2).sum(axis=(0, 2)) + (at**2).sum(axis=0)

    assert np.all(objective(z) <= objective(true) + 1e-6)


def test_more_runs_and_more_budget_leave_less() -> None:
    main, prior = _asked("besiroglu-2024")
    form, telling = stakes_of(main, prior, 0).form, Telling()
    left = [
        design(form, prior, telling, candidates(main, c, 0.0, (5e7, 1e9)), c, most).variance
        for c, most in ((1e21, 4), (1e22, 4), (1e22, 9))
    ]
    assert left[0] > left[1] > left[2]


def test_pilot_too_small_for_any_run_is_refused() -> None:
    main, _ = _asked("besiroglu-2024")
    with pytest.raises(ScenarioError, match="takes more"):
        candidates(main, 1e12, 0.0, (5e7, 1e9))
    with pytest.raises(ScenarioError, match="at least one run"):
        choose(np.eye(1), np.ones((1, 1, 1)), np.ones(1), 1.0, 0)
