"""How residuals are counted: squares, Huber's function, absolute values.

    huber:          rho(r) = r^2/2 for |r| <= delta, delta (|r| - delta/2) beyond
    least-squares:  rho(r) = r^2/2      (delta = inf; the objective reported is sum r^2)
    lad:            rho(r) = |r|        as the limit of huber/delta for delta -> 0, reached along `LADDER`
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from budgetplan.errors import DataError, suggest
from budgetplan.numerics.arrays import Array

OBJECTIVES = ("huber", "lad", "least-squares")
"""Names of the objectives for losses."""
LADDER = tuple(10.0 ** (-3 - 0.5 * step) for step in range(13))
"""Huber widths along which the absolute deviation is approached; the last is far below the noise of any loss."""


@dataclass(frozen=True)
class Objective:
    """One way of counting residuals.

    Attributes
    ----------
    name : str
        One of `OBJECTIVES`.
    delta : float
        Width of the quadratic part. [unit of the residual]
    """

    name: str
    delta: float

    def __post_init__(self) -> None:
        """Refuse names and widths that mean nothing."""
        if self.name not in OBJECTIVES:
            close = suggest(self.name, OBJECTIVES) or ", ".join(f"`{name}`" for name in OBJECTIVES)
            raise DataError(f"There is no objective `{self.name}` for losses.", f"It is {close}.")
        if not self.delta > 0:
            raise DataError(f"`delta` must be above 0, got {self.delta}.", "1e-3 is usual for log residuals.")

    @property
    def logarithmic(self) -> bool:
        """Whether residuals are of ln loss; least squares are of the loss itself, as Gadre et al. fit it."""
        return self.name != "least-squares"

    @property
    def widths(self) -> tuple[float, ...]:
        """Widths to minimise at, one after the other; the last is the objective's own."""
        if self.name == "lad":
            return LADDER
        return (self.delta if self.name == "huber" else inf,)

    @property
    def width(self) -> float:
        """Width of the quadratic part in effect."""
        return self.widths[-1]

    def total(self, residual: Array) -> float:
        """The objective's value as it is reported: sum of rho, of |r|, or of r^2.

        Parameters
        ----------
        residual : ndarray of shape (run,)
        """
        if self.name == "lad":
            return float(np.abs(residual).sum())
        if self.name == "least-squares":
            return float(residual @ residual)
        return float(rho(residual, self.delta).sum())


def rho(residual: Array, width: float) -> Array:
    """Huber's function, shape kept."""
    size = np.abs(residual)
    inner = np.minimum(size, width)
    return inner * (size - 0.5 * inner)


def influence(residual: Array, width: float) -> tuple[Array, Array]:
    """First and second derivative of Huber's function, shapes kept."""
    if width == inf:
        return residual, np.ones_like(residual)
    return np.clip(residual, -width, width), (np.abs(residual) <= width).astype(np.float64)
