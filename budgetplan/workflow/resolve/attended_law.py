"""A law as a function of the cost size in place of params: what a solver is given where attention is counted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetplan.costs.cost_size import CostSize
from budgetplan.laws.law import Law
from budgetplan.laws.model import AbstractModel, Outcome
from budgetplan.numerics.arrays import Array


@dataclass(frozen=True)
class AttendedModel(AbstractModel):
    """Another law, its params told by what they cost.

    Attributes
    ----------
    model : AbstractModel
        In ln N.
    sizes : CostSize
        From ln M to ln N.
    """

    model: AbstractModel
    sizes: CostSize

    @property
    def uses(self) -> tuple[bool, bool, bool, bool]:
        """As the law does."""
        return self.model.uses

    @property
    def floor(self) -> float:
        """The law's."""
        return self.model.floor

    def without_floor(self) -> AttendedModel:
        """The law's without its floor."""
        return replace(self, model=self.model.without_floor())

    def evaluate(self, x: Array) -> Outcome:
        """What the law predicts at ln M, ln D, ln R, ln k, shape (4, ...)."""
        return self.model.evaluate(self._told(x)[0])

    def loss_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """The law's loss and its derivatives by ln M, ln D, ln R, ln k."""
        told, slope = self._told(x)
        loss, gradient = self.model.loss_and_gradient(told)
        return loss, np.concatenate([gradient[:1] * slope, gradient[1:]])

    def bound(self, low: Array, high: Array) -> Array:
        """The law's bound: boxes of ln M are boxes of ln N, since one rises in the other."""
        return self.model.bound(self._told(low)[0], self._told(high)[0])

    def _told(self, x: Array) -> tuple[Array, Array]:
        n, slope = self.sizes.log_params(x[0])
        return np.concatenate([n[None], x[1:]]), slope


def attended(law: Law, sizes: CostSize | None) -> Law:
    """A law for a solver: its function in the cost size; the law itself where there is none.

    Parameters
    ----------
    law : Law
        With a loss.
    sizes : CostSize or None
    """
    return law if sizes is None else replace(law, function=AttendedModel(law.model, sizes))
