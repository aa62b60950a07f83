"""Hand-written derivatives of every model, and how models take shapes, zero RL and one sample."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.model import AbstractModel
from budgetplan.numerics.arrays import Array

Points = Callable[[int], Array]
ROWS = ("params", "pretraining tokens", "RL tokens", "samples")


def difference(model: AbstractModel, x: Array, row: int, step: float) -> Array:
    """Central difference of fourth order, (8 [f(h) - f(-h)] - [f(2h) - f(-2h)])/(12 h)."""
    move = np.zeros((4, 1))
    move[row] = step

    def at(times: int) -> Array:
        return model.evaluate(x + times * move).loss

    return np.asarray((8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step))


def test_derivatives_against_differences(model: AbstractModel, points: Points) -> None:
    """Every row at 600 allocations; the best of four steps, because bends and rounding ask for different ones."""
    x = points(600)
    x[3] = np.maximum(x[3], 0.1)  # differences must not step below one sample
    loss, gradient = model.loss_and_gradient(x)
    assert np.isfinite(gradient).all()
    for row, name in enumerate(ROWS):
        misses = [np.abs(difference(model, x, row, step) - gradient[row]) for step in (1e-2, 1e-3, 1e-4, 1e-5)]
        # rounding of the loss by 1e-16 over a step of 1e-3 leaves some 1e-12 of it in the difference
        allowed = 2e-7 * np.abs(gradient[row]) + 1e-11 * loss
        worst = int(np.argmax(np.min(misses, axis=0) - allowed))
        assert np.min(misses, axis=0)[worst] <= allowed[worst], (name, x[:, worst], gradient[:, worst])


def test_an_unused_variable_has_no_effect(model: AbstractModel, points: Points) -> None:
    """`uses` says which derivatives can be other than zero, and all of those are somewhere."""
    gradient = model.loss_and_gradient(points(600))[1]
    assert [bool(np.any(row != 0)) for row in gradient] == list(model.uses)


def test_value_of_the_gradient_call_is_that_of_evaluate(model: AbstractModel, points: Points) -> None:
    """Two routes to the loss give one number."""
    x = points(600)
    assert model.loss_and_gradient(x)[0] == pytest.approx(model.evaluate(x).loss, rel=1e-13, abs=0)


def test_loss_is_above_the_floor(model: AbstractModel, points: Points) -> None:
    """No allocation goes below what the law calls its floor."""
    assert (model.evaluate(points(600)).loss >= model.floor).all()


def test_no_rl_and_one_sample_are_ordinary(model: AbstractModel, points: Points) -> None:
    """R = 0 (-inf in logs) and k = 1 give finite numbers, where no RL term is a power of 1/R."""
    x = points(600)
    x[2], x[3] = -np.inf, 0.0
    loss, gradient = model.loss_and_gradient(x)
    if isinstance(model, AdditiveLoss) and model.uses[2]:
        assert np.isinf(loss).all()  # G/R^gamma: the additive family has no answer without RL
        assert (gradient[2] == -np.inf).all()
        return
    assert np.isfinite(loss).all()
    assert np.isfinite(gradient).all()
    assert (gradient[2] == 0.0).all()
    x[2] = np.log(1e-9)
    near = model.evaluate(x).loss
    # a share of the errors solved by RL, however small, towers over a start of e^-100: there only success is continuous
    hopeless = (loss > 30) & (near > 30)
    assert near[~hopeless] == pytest.approx(loss[~hopeless], rel=1e-6, abs=0)
    assert (near <= loss * (1 + 1e-12)).all()


def test_scalars_and_arrays_agree(model: AbstractModel, points: Points) -> None:
    """A cell alone, shape (4,), gives the numbers it gives among others, in any layout of the cells."""
    x = points(24)
    outcome, (loss, gradient) = model.evaluate(x), model.loss_and_gradient(x)
    grid_loss, grid_gradient = model.loss_and_gradient(x.reshape(4, 2, 3, 4))
    assert (grid_loss.shape, grid_gradient.shape) == ((2, 3, 4), (4, 2, 3, 4))
    assert grid_loss.reshape(24) == pytest.approx(loss, rel=1e-13, abs=0)
    assert grid_gradient.reshape(4, 24) == pytest.approx(gradient, rel=1e-12, abs=0)
    for i in range(24):
        one, (lone_loss, lone_gradient) = model.evaluate(x[:, i]), model.loss_and_gradient(x[:, i])
        assert (np.shape(lone_loss), lone_gradient.shape) == ((), (4,))
        assert [float(one.loss), float(lone_loss)] == pytest.approx([loss[i]] * 2, rel=1e-13, abs=0)
        assert lone_gradient == pytest.approx(gradient[:, i], rel=1e-12, abs=0)
        for whole, part in ((outcome.success, one.success), (outcome.pretraining_loss, one.pretraining_loss)):
            assert (whole is None) == (part is None)
            if whole is not None and part is not None:
                assert float(part) == pytest.approx(whole[i], rel=1e-13, abs=0)


def test_success_and_loss_say_the_same(model: AbstractModel, points: Points) -> None:
    """A law of success has the loss -ln(success); the others have their pre-training loss or no success."""
    outcome = model.evaluate(points(600))
    if outcome.success is None:
        assert outcome.pretraining_loss is not None
        assert (outcome.loss >= outcome.pretraining_loss).all()
        return
    assert ((outcome.success >= 0) & (outcome.success <= 1)).all()
    visible = (outcome.success > 1e-300) & (outcome.success < 1 - 1e-6)
    assert visible.sum() > 100
    # 1 - success carries the rounding of success: eps/(1e-6) at the most
    assert -np.log(outcome.success[visible]) == pytest.approx(outcome.loss[visible], rel=1e-9, abs=0)
