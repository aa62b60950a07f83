"""`bound(low, high)` is never above the loss of an allocation in its box, and closes on the loss as the box shrinks.

The certificate's branch and bound stands on this; a single counterexample would make a proven optimum a claim.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.coverage import AbstractCoverage, BetaSpread, CoveragePower
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.model import AbstractModel
from budgetplan.laws.rl_gain import AbstractRlLink, ApproachingGain, LogarithmicGain, NoGain, SaturatingGain
from budgetplan.laws.rl_published import ErrorPower, SuccessSigmoid
from budgetplan.laws.selection import Selection
from budgetplan.laws.task_link import LogisticTask
from budgetplan.numerics.arrays import Array

Points = Callable[[int], Array]
ROUNDING = 1 + 1e-11


def assert_bounded(model: AbstractModel, low: Array, high: Array, rng: np.random.Generator) -> None:
    """No corner, no middle and none of 30 allocations in each box has a lower loss than its bound."""
    bound = model.bound(low, high)
    assert np.isfinite(bound).all()
    for choice in np.ndindex(2, 2, 2, 2):
        corner = np.where(np.array(choice)[:, None] == 1, high, low)
        assert (bound <= model.evaluate(corner).loss * ROUNDING).all(), choice
    finite = np.maximum(low, high - 40)  # a box that holds R = 0 has no uniform point
    for _ in range(30):
        inside = finite + (high - finite) * rng.random(low.shape)
        assert (bound <= model.evaluate(inside).loss * ROUNDING).all()


@pytest.mark.parametrize("width", [0.01, 0.3, 3.0, 30.0])
def test_random_boxes(model: AbstractModel, points: Points, width: float) -> None:
    """150 boxes per model and width, from a hundredth of an e-fold to the whole range."""
    rng, low = np.random.default_rng(8), points(150)
    assert_bounded(model, low, low + width * rng.random(low.shape), rng)


def test_boxes_that_hold_no_rl(model: AbstractModel, points: Points) -> None:
    """The lower end of R may be zero and that of k one."""
    low = points(150)
    high = low + 1.0
    low[2], low[3] = -np.inf, 0.0
    if np.isinf(model.evaluate(low).loss).all():
        low[2] = 0.0  # the additive law with an RL term is infinite at R = 0, and so is no bound worth having
    assert_bounded(model, low, high, np.random.default_rng(9))


def test_a_point_is_its_own_bound(model: AbstractModel, points: Points) -> None:
    """At zero width the bound is the loss."""
    x = points(400)
    assert model.bound(x, x) == pytest.approx(model.evaluate(x).loss, rel=1e-10, abs=0)


def test_the_bound_closes_as_boxes_shrink(model: AbstractModel, points: Points) -> None:
    """Half the width leaves about half the gap, so branch and bound ends."""
    x = points(400)
    loss = model.evaluate(x).loss
    x, loss = x[:, loss > 1e-100], loss[loss > 1e-100]  # where success rounds to 1 there is no gap to close
    assert loss.size > 200
    gaps = [float(np.max((loss - model.bound(x - w, x + w)) / loss)) for w in (1e-3, 5e-4, 2.5e-4)]
    assert gaps[0] >= 0
    assert gaps[2] <= gaps[1] <= gaps[0]
    assert gaps[2] <= 0.35 * gaps[0] + 1e-9


def gains() -> st.SearchStrategy[AbstractRlLink]:
    """Every RL link with coefficients over their published ranges and beyond."""
    return st.one_of(
        st.just(NoGain()),
        st.builds(LogarithmicGain, st.floats(0.02, 3), st.floats(1e3, 1e10)),
        st.builds(SaturatingGain, st.floats(0.1, 6), st.floats(1e4, 1e12), st.floats(0.2, 6)),
        st.builds(ApproachingGain, st.floats(-6, 6), st.floats(1e4, 1e12), st.floats(0.2, 6)),
        st.builds(
            SuccessSigmoid,
            st.floats(0.31, 0.99),
            st.floats(0.01, 0.3),
            st.just(2542.0),
            st.floats(0.5, 4),
            st.just(4e6),
        ),
        st.builds(ErrorPower, st.floats(0.02, 0.5), st.floats(1e8, 1e12), st.floats(1e4, 1e11)),
    )


def spreads() -> st.SearchStrategy[AbstractCoverage]:
    """Beta spreads from strongly unequal to nearly equal problems, and power laws of coverage."""
    return st.one_of(
        st.builds(BetaSpread, st.floats(0.02, 20), st.floats(0, 3), st.floats(-0.5, 1)),
        st.builds(CoveragePower, st.floats(-1.5, -0.01)),
    )


@given(
    link=gains(),
    spread=spreads(),
    task=st.builds(LogisticTask, st.floats(2, 20), st.floats(1.8, 3.5), st.sampled_from([0.0, 0.02, 0.25])),
    choice=st.builds(Selection, st.floats(0, 1), st.one_of(st.just(float("inf")), st.floats(1.5, 1e4))),
    width=st.floats(1e-3, 8),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_coefficients(
    link: AbstractRlLink, spread: AbstractCoverage, task: LogisticTask, choice: Selection, width: float, seed: int
) -> None:
    """Forty boxes for any joint law that could be fitted, where plans lie: 1e7 to 1e13 params and up to 1e6 samples."""
    rng = np.random.default_rng(seed)
    model = FourLinks(ChinchillaLoss(1.8172, 482.01, 2085.43, 0.3478, 0.3658), task, link, spread, choice)
    ends = np.log([[1e7, 1e13], [1e8, 1e16], [1e3, 1e15], [1.0, 1e6]])
    low = ends[:, :1] + np.diff(ends) * rng.random((4, 40))
    assert_bounded(model, low, low + width * rng.random((4, 40)), rng)
