"""Coefficient arrays with a leading draw axis: every draw gives the numbers of its own scalars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.coverage import AbstractCoverage, BetaSpread, CoveragePower
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.model import AbstractModel
from budgetplan.laws.rl_gain import AbstractRlLink, ApproachingGain, LogarithmicGain, SaturatingGain
from budgetplan.laws.rl_published import ErrorPower, SuccessSigmoid
from budgetplan.laws.selection import Selection
from budgetplan.laws.task_link import LogisticTask
from budgetplan.numerics.arrays import Array

DRAWS, CELLS = 5, 7
FACTORS = 1 + 0.15 * np.random.default_rng(3).uniform(-1, 1, (40, DRAWS))

Points = Callable[[int], Array]
Maker = Callable[..., Any]


def spread_out(make: Maker, *values: float, skip: int = 0) -> tuple[Any, list[Any]]:
    """The part with every coefficient as a (draw, 1) array, and the same draw by draw as floats."""
    drawn = [value * FACTORS[skip + i] for i, value in enumerate(values)]
    together = make(*[column[:, None] for column in drawn])
    return together, [make(*[float(column[i]) for column in drawn]) for i in range(DRAWS)]


def assert_draw_by_draw(together: AbstractModel, single: Sequence[AbstractModel], x: Array) -> None:
    """Loss, gradient, bound and outcome of (draw, cell) arrays against one model per draw."""
    outcome, (loss, gradient) = together.evaluate(x), together.loss_and_gradient(x)
    bound = together.bound(x - 0.2, x)
    assert (loss.shape, gradient.shape, bound.shape) == ((DRAWS, CELLS), (4, DRAWS, CELLS), (DRAWS, CELLS))
    for i, alone in enumerate(single):
        own_loss, own_gradient = alone.loss_and_gradient(x)
        assert loss[i] == pytest.approx(own_loss, rel=1e-12, abs=0)
        assert outcome.loss[i] == pytest.approx(own_loss, rel=1e-12, abs=0)
        assert gradient[:, i] == pytest.approx(own_gradient, rel=1e-10, abs=1e-300)
        assert bound[i] == pytest.approx(alone.bound(x - 0.2, x), rel=1e-12, abs=0)
    assert np.ptp(loss, axis=0).min() > 0


def test_chinchilla_and_additive(points: Points) -> None:
    """The two laws of loss that carry draws."""
    x = points(CELLS)
    for model in (
        spread_out(ChinchillaLoss, 1.8, 482, 2085, 0.35, 0.37),
        spread_out(AdditiveLoss, 1.8, 482, 0.34, 2085, 0.36, 5, 0.13, 1, 0.3),
    ):
        assert_draw_by_draw(*model, x)


RL_PARTS: dict[str, tuple[type[AbstractRlLink], tuple[float, ...]]] = {
    "log": (LogarithmicGain, (0.25, 3e5)),
    "saturating": (SaturatingGain, (1.3, 7e6, 1.5)),
    "approach": (ApproachingGain, (-0.4, 7e6, 0.8)),
    "sigmoid": (SuccessSigmoid, (0.61, 0.3, 2542, 1.92, 4.1e6)),
    "error": (ErrorPower, (0.135, 13.1e9, 1e8)),
}
INFERENCE_PARTS: dict[str, tuple[type[AbstractCoverage], tuple[float, ...]]] = {
    "beta": (BetaSpread, (0.4, 1.5)),
    "drift": (BetaSpread, (0.8, 1.5, 0.4)),
    "power": (CoveragePower, (-0.43,)),
}


@pytest.mark.parametrize("inference", INFERENCE_PARTS)
@pytest.mark.parametrize("rl", RL_PARTS)
def test_all_four_links_drawn_together(rl: str, inference: str, points: Points) -> None:
    """Every coefficient of the joint law on the draw axis at once, cells where success is neither 0 nor 1."""
    x = np.array([[23.0], [27.0], [20.0], [1.0]]) + np.linspace(0, 1, CELLS) * np.array([[2.0], [2.0], [8.0], [4.0]])
    base = spread_out(ChinchillaLoss, 1.82, 482, 2085, 0.35, 0.37)
    task = spread_out(LogisticTask, 12.0, 2.0, skip=5)
    link = spread_out(RL_PARTS[rl][0], *RL_PARTS[rl][1], skip=10)
    part = spread_out(INFERENCE_PARTS[inference][0], *INFERENCE_PARTS[inference][1], skip=20)
    choice = spread_out(Selection, 0.27, 100.0, skip=30)
    together = FourLinks(base[0], task[0], link[0], part[0], choice[0])
    single = [FourLinks(*parts) for parts in zip(base[1], task[1], link[1], part[1], choice[1], strict=True)]
    assert_draw_by_draw(together, single, x)


@pytest.mark.parametrize("drawn", ["pretraining", "task", "rl", "inference", "selection"])
def test_one_link_drawn_alone(drawn: str) -> None:
    """A draw axis in one link only meets scalars in the others."""
    x = np.array([[23.0], [27.0], [20.0], [1.0]]) + np.linspace(0, 1, CELLS) * np.array([[2.0], [2.0], [8.0], [4.0]])
    makers: dict[str, tuple[Maker, tuple[float, ...]]] = {
        "pretraining": (ChinchillaLoss, (1.82, 482, 2085, 0.35, 0.37)),
        "task": (LogisticTask, (12.0, 2.0)),
        "rl": (LogarithmicGain, (0.25, 3e5)),
        "inference": (BetaSpread, (0.4, 1.5)),
        "selection": (Selection, (0.27, 100.0)),
    }
    fixed = {name: make(*values) for name, (make, values) in makers.items()}
    part, parts = spread_out(makers[drawn][0], *makers[drawn][1])
    together = FourLinks(**(fixed | {drawn: part}))
    assert_draw_by_draw(together, [FourLinks(**(fixed | {drawn: one})) for one in parts], x)
