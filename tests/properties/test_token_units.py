"""Counting tokens in another unit, with prices and law to match, changes no share and no loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.coverage import BetaSpread
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.model import AbstractModel
from budgetplan.laws.rl_gain import LogarithmicGain, SaturatingGain
from budgetplan.laws.selection import Selection
from budgetplan.laws.task_link import LogisticTask
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve

KAPPA = np.array([6.0, 14.0, 8.0])
decades = st.floats(19.0, 28.0)
demands = st.floats(-3.0, 0.5)
units = st.floats(0.0, 3.0)


def additive(unit: float) -> AbstractModel:
    """The shipped additive law for tokens counted in 1/unit."""
    law = load_law("additive").model
    assert isinstance(law, AdditiveLoss)
    return AdditiveLoss(
        law.E, law.A, law.alpha, law.B * unit**law.beta, law.beta, law.G * unit**law.gamma, law.gamma, law.H, law.delta
    )


def joint(unit: float, saturating: bool) -> AbstractModel:
    """A joint law for tokens counted in 1/unit: B and the RL link's scale of tokens move with it."""
    base = ChinchillaLoss(1.8172, 482.01, 2085.43 * unit**0.3658, 0.3478, 0.3658)
    rl = SaturatingGain(1.3, 7e8 * unit, 1.5) if saturating else LogarithmicGain(0.25, 3e5 * unit)
    return FourLinks(base, LogisticTask(12.0, 2.05), rl, BetaSpread(0.45, 1.75), Selection(0.27, 100.0))


def asked(model: AbstractModel, decade: float, demand: float, unit: float) -> Problem:
    """`unit` times as many tokens, each at 1/unit of the price."""
    budget = 10.0**decade
    return problem(model, budget, KAPPA / unit, unit * 10.0**demand * np.sqrt(3 * budget))


@given(decades, demands, units)
def test_additive(decade: float, demand: float, power: float) -> None:
    unit = 10.0**power
    first, second = asked(additive(1.0), decade, demand, 1.0), asked(additive(unit), decade, demand, unit)
    one, other = solve(first), solve(second)
    assert other.loss == pytest.approx(one.loss, rel=1e-13)
    assert second.cost(other.y)[:, 0] == pytest.approx(first.cost(one.y)[:, 0], rel=1e-10)
    assert other.y[1:, 0] - np.log(unit) == pytest.approx(one.y[1:, 0], abs=1e-10)


@given(decades, demands, units, st.booleans())
def test_joint(decade: float, demand: float, power: float, saturating: bool) -> None:
    unit = 10.0**power
    first = asked(joint(1.0, saturating), decade, demand, 1.0)
    second = asked(joint(unit, saturating), decade, demand, unit)
    one, other = solve(first, 8), solve(second, 8)
    assert other.loss == pytest.approx(one.loss, rel=1e-9)
    # the loss is flat to second order: shares are known as the square root of what is known of the loss
    assert second.cost(other.y)[:, 0] / first.budget == pytest.approx(first.cost(one.y)[:, 0] / first.budget, abs=1e-5)
