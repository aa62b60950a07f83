"""What the plots need to know of the results they draw: plots and workflow are neighbours and do not import each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from budgetplan.numerics.arrays import Array, Bools

if TYPE_CHECKING:
    from budgetplan.costs.budget import Budget
    from budgetplan.planning.allocation import Allocation


class Split(Protocol):
    """An optimum with its baselines, as a study has them."""

    @property
    def plan(self) -> Allocation:
        """The optimum."""

    @property
    def baselines(self) -> Mapping[str, Allocation]:
        """Rules of thumb, with their regret."""

    @property
    def budget(self) -> Budget:
        """In FLOP, hours and money."""

    @property
    def headline(self) -> str:
        """The finding in a sentence."""

    @property
    def caption(self) -> str:
        """What must stand beneath the figure."""


class Ternary(Protocol):
    """Wasted compute over all splits between three stages."""

    @property
    def shares(self) -> Array:
        """Of pre-training, RL and inference, shape (cell, 3). [1]"""

    @property
    def loss(self) -> Array:
        """Shape (cell,), nan where the split is not feasible. [loss]"""

    @property
    def wasted(self) -> Array:
        """Wasted compute, shape (cell,), nan where the split is not feasible. [1]"""

    @property
    def optimum(self) -> Array:
        """Shares, shape (3,). [1]"""

    @property
    def thirds(self) -> Array:
        """Shares, shape (3,). [1]"""

    @property
    def tolerance(self) -> float:
        """Wasted compute that still counts as near-optimal. [1]"""

    @property
    def region(self) -> Bools:
        """Which cells are near-optimal, shape (cell,)."""

    @property
    def stages(self) -> tuple[str, ...]:
        """Names of the three."""

    @property
    def loss_name(self) -> str:
        """Of the loss, with its unit in brackets."""

    @property
    def caption(self) -> str:
        """What must stand beneath the figure."""


class Regret(Protocol):
    """Wasted compute of the baselines against budget."""

    @property
    def budget(self) -> Array:
        """Shape (point,). [FLOP]"""

    @property
    def baselines(self) -> Mapping[str, Array]:
        """Wasted compute, shape (point,) each, nan where the baseline is not feasible. [1]"""

    @property
    def measured(self) -> tuple[float, float] | None:
        """Training compute on which the law was measured. [FLOP]"""

    @property
    def band(self) -> tuple[Array, Array] | None:
        """Ends of the intervals of what equal thirds waste, shape (point,) each, nan where not drawn. [1]"""

    @property
    def caption(self) -> str:
        """What must stand beneath the figure."""


class HasTernary(Protocol):
    """A study that can be mapped."""

    def ternary(self) -> Ternary:
        """Compute the map."""


class HasRegret(Protocol):
    """A study that can be traced over budgets."""

    def regret_curve(self) -> Regret:
        """Compute the curve."""


def as_split(result: Split) -> Split:
    """The study itself.

    Parameters
    ----------
    result : Split
        A study.
    """
    return result


def as_ternary(result: Ternary | HasTernary) -> Ternary:
    """The map, computed where a study was given.

    Parameters
    ----------
    result : Ternary or HasTernary
        A map or a study.
    """
    return result.ternary() if hasattr(result, "ternary") else result


def as_regret(result: Regret | HasRegret) -> Regret:
    """The curve, computed where a study was given.

    Parameters
    ----------
    result : Regret or HasRegret
        A curve or a study.
    """
    return result.regret_curve() if hasattr(result, "regret_curve") else result
