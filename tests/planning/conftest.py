"""Laws and problems that the tests of the planner share, and limits by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import log

import numpy as np
import pytest

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.catalogue import load_law
from budgetplan.planning.limits import ROW_NAMES, Limits, no_limits
from budgetplan.planning.problem import Problem, problem

KAPPA = (6.0, 14.0, 8.0)
"""GRPO with decoding at a quarter of training utilisation. [FLOP/(param token)]"""

Bounds = Mapping[str, tuple[float | None, float | None]]
Limited = Callable[..., Problem]


@pytest.fixture(scope="session")
def default_at() -> Callable[[float], Problem]:
    """Return the default law's problem at a budget, with a tenth of its compute-optimal tokens as first sample."""
    model = load_law("default").model
    base = load_law("besiroglu-2024").record.values

    def at(budget: float) -> Problem:
        alpha, beta = base["alpha"], base["beta"]
        scale = (alpha * base["A"] / (beta * base["B"])) ** (1 / (alpha + beta))
        tokens = (budget / 6) ** (alpha / (alpha + beta)) / scale
        return problem(model, budget, KAPPA, 0.1 * tokens)

    return at


@pytest.fixture(scope="session")
def additive() -> AdditiveLoss:
    """The shipped additive law: four terms, none negligible."""
    law = load_law("additive").model
    assert isinstance(law, AdditiveLoss)
    return law


@pytest.fixture(scope="session")
def limited() -> Limited:
    """Return a maker of the same problem under limits, named and in SI units; None leaves a side open."""

    def make(base: Problem, bounds: Bounds) -> Problem:
        limits = no_limits(base.size)
        low, high, forbidden = limits.low, limits.high, False
        for name, (least, most) in bounds.items():
            row = ROW_NAMES.index(name)
            unit = base.budget / base.kappa[row - 4] if row > 3 else np.ones(base.size)
            if row in (2, 5) and most == 0:
                forbidden = True
                continue
            if least is not None:
                low[row] = log(least) + np.log(unit)
            if most is not None:
                high[row] = log(most) + np.log(unit)
        return replace(base, limits=Limits(low, high, forbidden))

    return make
