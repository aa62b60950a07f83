"""What may turn out to be true: many draws of one law, or several laws, each a world in which one plan has to do.

A world answers three questions: the loss of allocations, its own optimum at a budget, and the compute that a fixed plan wastes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from budgetplan.errors import SolverError
from budgetplan.laws.model import AbstractModel, taken
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.equivalent_budget import optimal_slope
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.replan import replan


class AbstractWorlds(ABC):
    """Laws of which one is true."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of worlds."""

    @property
    @abstractmethod
    def uses(self) -> tuple[bool, bool, bool, bool]:
        """Which of N, D, R, k the loss of any world depends on."""

    @abstractmethod
    def loss_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """Loss, shape (..., world), and its derivatives by the log variables, shape (4, ..., world).

        Parameters
        ----------
        x : ndarray of shape (4, ...)
            ln N, ln D, ln R, ln k.
        """

    @abstractmethod
    def loss(self, x: Array) -> Array:
        """Loss alone, shape (..., world)."""

    @abstractmethod
    def optima(self, problem: Problem, factor: Array) -> tuple[Array, Array]:
        """Loss of each world's optimum, and its slope by ln C, at parts of the budget; shapes (factor, world).

        Parameters
        ----------
        problem : Problem
            Of one instance.
        factor : ndarray of shape (factor,)
            C'/C. [1]
        """

    @abstractmethod
    def wasted(self, problem: Problem, points: Mapping[str, Array]) -> dict[str, Array]:
        """Wasted compute of fixed allocations in each world, shape (world,) each. [1]

        Parameters
        ----------
        problem : Problem
            Of one instance.
        points : mapping of str to ndarray of shape (4,)
            y of each allocation.
        """

    @abstractmethod
    def take(self, kept: Bools) -> AbstractWorlds:
        """The worlds that a mask of shape (world,) keeps."""


@dataclass(frozen=True)
class DrawnWorlds(AbstractWorlds):
    """Draws of one law, as likely as each other.

    Attributes
    ----------
    model : AbstractModel
        Its coefficients are of shape (count,).
    count : int
    """

    model: AbstractModel
    count: int

    @property
    def size(self) -> int:
        """Number of draws."""
        return self.count

    @property
    def uses(self) -> tuple[bool, bool, bool, bool]:
        """Of the law."""
        return self.model.uses

    def loss_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """Loss and gradient of every draw."""
        return self.model.loss_and_gradient(self._spread(x))

    def loss(self, x: Array) -> Array:
        """Loss of every draw."""
        return self.model.evaluate(self._spread(x)).loss

    def _spread(self, x: Array) -> Array:
        return np.broadcast_to(x[..., None], (*x.shape, self.count))

    def optima(self, problem: Problem, factor: Array) -> tuple[Array, Array]:
        """All draws at all budgets in one batch."""
        whole = replace(problem.repeated(self.count), model=self.model, drawn=True)
        many = whole.take(np.tile(np.arange(self.count), len(factor)))
        many = many.rescaled(many.budget * np.repeat(factor, self.count))
        best = solve(many, 3)
        shape = (len(factor), self.count)
        return best.loss.reshape(shape), optimal_slope(many, best.y, best.loss).reshape(shape)

    def wasted(self, problem: Problem, points: Mapping[str, Array]) -> dict[str, Array]:
        """By a solve of its own per draw; draws without a certified optimum are left out."""
        return dict(replan(problem, self.model, self.count, points).wasted)

    def take(self, kept: Bools) -> DrawnWorlds:
        """The draws that are kept."""
        return self if kept.all() else DrawnWorlds(taken(self.model, kept), int(kept.sum()))


@dataclass(frozen=True)
class SeveralLaws(AbstractWorlds):
    """Laws by name, none likelier than another.

    Attributes
    ----------
    models : mapping of str to AbstractModel
    """

    models: Mapping[str, AbstractModel]

    @property
    def size(self) -> int:
        """Number of laws."""
        return len(self.models)

    @property
    def uses(self) -> tuple[bool, bool, bool, bool]:
        """Of any law."""
        first, second, third, fourth = (any(model.uses[row] for model in self.models.values()) for row in range(4))
        return first, second, third, fourth

    def loss_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """Loss and gradient of every law."""
        pairs = [model.loss_and_gradient(x) for model in self.models.values()]
        return np.stack([loss for loss, _ in pairs], axis=-1), np.stack([slope for _, slope in pairs], axis=-1)

    def loss(self, x: Array) -> Array:
        """Loss of every law."""
        return np.stack([model.evaluate(x).loss for model in self.models.values()], axis=-1)

    def optima(self, problem: Problem, factor: Array) -> tuple[Array, Array]:
        """Each law at all budgets in one batch."""
        losses, slopes = [], []
        for model in self.models.values():
            many = replace(problem, model=model).repeated(len(factor))
            many = many.rescaled(many.budget * factor)
            best = solve(many, 3)
            losses.append(best.loss)
            slopes.append(optimal_slope(many, best.y, best.loss))
        return np.stack(losses, axis=1), np.stack(slopes, axis=1)

    def wasted(self, problem: Problem, points: Mapping[str, Array]) -> dict[str, Array]:
        """By a solve of its own per law.

        Raises
        ------
        SolverError
            If a law's own optimum is not certified.
        """
        parts = []
        for name, model in self.models.items():
            part = replan(problem, model, 1, points)
            if not part.kept.all():
                raise SolverError(f"The optimum under the law `{name}` is not certified.", f"Leave `{name}` out of the comparison.")
            parts.append(part.wasted)
        return {name: np.concatenate([part[name] for part in parts]) for name in points}

    def take(self, kept: Bools) -> SeveralLaws:
        """The laws that are kept."""
        return SeveralLaws({name: model for (name, model), good in zip(self.models.items(), kept, strict=True) if good})
