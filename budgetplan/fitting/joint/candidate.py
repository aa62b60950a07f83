"""What a candidate for the joint law looks like to the fit: ln task loss of cells over coordinates u, with derivatives.

Coordinates are chosen so that the fit is well scaled: positive coefficients in logs, and a power A/N^alpha by the logarithm of its
size at a central N instead of at one param. Coefficients in logs are linear in u: v = T u, with ln A = u_A + alpha ln N_centre.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from budgetplan.fitting.joint.table import NO_RL, JointTable
from budgetplan.numerics.arrays import Array, Bools


@dataclass(frozen=True)
class Centre:
    """Where powers are stated, and the range of RL tokens.

    Attributes
    ----------
    n, d : float
        ln N and ln D.
    first, last : float
        Least and greatest ln R above none.
    without : bool
        Whether there are cells without RL.
    lowest, highest : float
        Least and greatest ln task loss.
    """

    n: float
    d: float
    first: float
    last: float
    without: bool
    lowest: float
    highest: float

    @property
    def middle(self) -> float:
        """ln R in the middle of the range."""
        return 0.5 * (self.first + self.last)


def centre_of(table: JointTable) -> Centre:
    """The centre of a table.

    Parameters
    ----------
    table : JointTable
    """
    trained = table.r[table.r > NO_RL]
    seen = table.log_task_loss
    return Centre(
        float(np.mean(np.unique(table.n))),
        float(np.mean(np.unique(table.d))),
        float(trained.min()),
        float(trained.max()),
        bool((table.r <= NO_RL).any()),
        float(seen.min()),
        float(seen.max()),
    )


class AbstractCandidate(ABC):
    """A candidate for the joint law."""

    @property
    @abstractmethod
    def law(self) -> str:
        """Its name."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Coefficients, in the order of u."""

    @property
    @abstractmethod
    def logs(self) -> Bools:
        """Those that are positive and fitted in logs, shape (coordinate,)."""

    @property
    @abstractmethod
    def powers(self) -> tuple[tuple[int, int, float], ...]:
        """Size, exponent and centre of each power: positions in u, and the ln at which the size is stated."""

    @property
    def reads_loss(self) -> bool:
        """Whether measured pre-training losses are fitted too."""
        return False

    @abstractmethod
    def bounds(self, table: JointTable) -> tuple[Array, Array]:
        """Least and greatest u; equal ends hold a coefficient."""

    @abstractmethod
    def starts(self, table: JointTable) -> Array:
        """Coordinates to begin from, shape (start, coordinate)."""

    @abstractmethod
    def fitted(self, u: Array, table: JointTable) -> tuple[Array, Array]:
        """ln task loss, shape (cell,), and its derivative by u, shape (cell, coordinate)."""

    def fitted_loss(self, u: Array, table: JointTable) -> tuple[Array, Array]:
        """Log of the pre-training loss of each measured checkpoint, shape (measured,), and its derivative; none by default."""
        return np.empty(0), np.empty((0, len(self.names)))

    @property
    def chart(self) -> Array:
        """T of v = T u, shape (coordinate, coordinate)."""
        out = np.eye(len(self.names))
        for size, exponent, at in self.powers:
            out[size, exponent] = at
        return out

    def natural(self, u: Array) -> Array:
        """Coefficients at points u of shape (..., coordinate)."""
        v = u @ self.chart.T
        return np.where(self.logs, np.exp(np.where(self.logs, v, 0.0)), v)


def logs_of(names: tuple[str, ...], plain: tuple[str, ...]) -> Bools:
    """Which of the names are fitted in logs: all but `plain`."""
    return np.array([name not in plain for name in names])
