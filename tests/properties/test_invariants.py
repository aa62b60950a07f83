"""What every plan must obey, whatever the numbers: Hypothesis looks for a counterexample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.catalogue import load_law
from budgetplan.planning.baselines import named_split
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve

KAPPA = (6.0, 14.0, 8.0)
RL = ("math-log", "qwen3-gsm8k-saturating", "scalerl-8b", "tan-2025-qwen-base")
VERIFIERS = ("none", "oracle", 0.01, 0.3)
MODELS = [load_law("default", {"rl": rl}).with_options(verifier).model for rl in RL for verifier in VERIFIERS]
MODELS += [load_law(name).model for name in ("additive", "besiroglu-2024", "muennighoff-2023", "kaplan-2020")]

models = st.sampled_from(MODELS)
decades = st.floats(19.0, 28.0)
demands = st.floats(-3.0, 0.5)


def asked(model, decade: float, demand: float) -> Problem:
    """A problem whose first sample takes a part of what a twenty-tokens-per-param model would see."""
    budget = 10.0**decade
    return problem(model, budget, KAPPA, 10.0**demand * np.sqrt(3 * budget))


@given(models, decades, demands, st.floats(0.01, 3.0))
def test_more_budget_never_raises_the_loss(model, decade, demand, more) -> None:
    small = asked(model, decade, demand)
    many = small.repeated(2).rescaled(small.budget[0] * np.array([1.0, 10.0**more]))
    loss = solve(many).loss
    assert loss[1] <= loss[0] * (1 + 1e-10)


@given(models, decades, demands)
def test_the_budget_is_spent(model, decade, demand) -> None:
    one = asked(model, decade, demand)
    assert abs(np.expm1(one.overspend(solve(one).y)[0])) <= 1e-9


@given(models, decades, demands, st.tuples(st.floats(0.02, 1), st.floats(0.02, 1), st.floats(0.02, 1)))
def test_no_named_split_beats_the_optimum(model, decade, demand, weights) -> None:
    one = asked(model, decade, demand)
    parts = [weights[0], weights[1] if model.uses[2] else 0.0, weights[2] if one.has_samples else 0.0]
    names = ("pretraining", "rl", "inference")
    split = named_split(one, {name: part / sum(parts) for name, part in zip(names, parts, strict=True) if part})
    if not feasible_params(split).any[0]:
        return
    best, other = solve(one).loss[0], solve(split).loss[0]
    assert other - best >= -1e-10 * abs(best)
    answer = budget_for(lambda c, who: one.take(who).rescaled(c), np.array([other]), np.log(one.budget))
    assert 1 - np.exp(answer.log_budget[0]) / one.budget[0] >= -1e-10


@given(models, decades, demands, st.floats(-3.0, 3.0))
def test_the_unit_of_compute_does_not_matter(model, decade, demand, power) -> None:
    one = asked(model, decade, demand)
    unit = 10.0**power
    other = replace(one, budget=one.budget * unit, kappa=one.kappa * unit)
    first, second = solve(one), solve(other)
    assert second.loss[0] == np.float64(second.loss[0])
    np.testing.assert_allclose(second.loss, first.loss, rtol=1e-9)
    shares = [item.cost(answer.y)[:, 0] / item.budget for item, answer in ((one, first), (other, second))]
    np.testing.assert_allclose(shares[0], shares[1], atol=2e-4)


@given(decades, st.floats(0.2, 0.5), st.floats(0.2, 0.5), st.floats(0.05, 0.4))
def test_additive_shares_are_elasticities(decade, alpha, beta, gamma) -> None:
    law = AdditiveLoss(1.8, 480.0, alpha, 2000.0, beta, 5.0, gamma)
    one = problem(law, 10.0**decade, KAPPA)
    y = solve(one).y
    _, gradient = law.loss_and_gradient(one.law_point(y))
    share = one.cost(y)[:2, 0] / one.budget[0]
    np.testing.assert_allclose(share, gradient[1:3, 0] / gradient[1:3, 0].sum(), rtol=1e-9)
