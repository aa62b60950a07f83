"""Problems and points that the tests of uncertainty share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from budgetplan.laws.catalogue import load_law
from budgetplan.planning.problem import Problem, problem

KAPPA = (6.0, 14.0, 8.0)


@pytest.fixture
def every_point() -> Callable[[int], np.ndarray]:
    """Return a maker of log variables of plausible allocations, shape (4, count)."""

    def points(count: int) -> np.ndarray:
        draw = np.random.default_rng(5)
        low, high = np.log([1e8, 1e10, 1e8, 1.0]), np.log([1e11, 1e13, 1e12, 50.0])
        return (low + (high - low) * draw.random((count, 4))).T

    return points


@pytest.fixture
def asked() -> Callable[[str, float], Problem]:
    """Return a maker of problems of one instance by law and budget."""

    def make(law: str, budget: float) -> Problem:
        return problem(load_law(law).model, budget, KAPPA, 0.1 * np.sqrt(3 * budget))

    return make
