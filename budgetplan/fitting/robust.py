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
NORMAL_MAD = 1.4826
"""Standard deviation of a normal over its median absolute deviation."""


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
    def coarse_widths(self) -> tuple[float, ...]:
        """Widths for replicates: a tenth of a millionth of a loss is close enough for a draw."""
        return LADDER[:8] if self.name == "lad" else self.widths

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


def pull(residual: Array, width: float) -> Array:
    """psi(r)/r, the weight of each residual in reweighted least squares, shape kept."""
    if width == inf:
        return np.ones_like(residual)
    return width / np.maximum(np.abs(residual), width)


def influence(residual: Array, width: float) -> tuple[Array, Array]:
    """First and second derivative of Huber's function, shapes kept."""
    if width == inf:
        return residual, np.ones_like(residual)
    return np.clip(residual, -width, width), (np.abs(residual) <= width).astype(np.float64)


def mean_slope(residual: Array, width: float) -> float:
    """Mean of psi' over the runs, smoothed where the quadratic strip is narrower than the noise warrants.

    Parameters
    ----------
    residual : ndarray of shape (run,)
    width : float
        Huber width.
    """
    if width == inf:
        return 1.0
    wide = strip(residual, width)
    inside = max(float((np.abs(residual) <= wide).mean()), 1.0 / len(residual))
    return float(width / wide * inside)


def strip(residual: Array, width: float) -> float:
    """Half-width of the strip of residuals that stands for psi': Huber's own, or that of a density estimate where it is wider.

    Parameters
    ----------
    residual : ndarray of shape (run,)
    width : float
        Huber width.

    References
    ----------
    .. [1] Silverman, "Density Estimation", 1986, Section 3.4.2: 1.06 sigma n^(-1/5).
    """
    noise = NORMAL_MAD * float(np.median(np.abs(residual)))
    return max(width, 1.06 * noise / float(np.power(len(residual), 0.2)))


def ratio_scale(residual: Array, width: float) -> float:
    """What turns a difference of sums of rho into a likelihood ratio, chi-squared with one degree of freedom per coefficient.

    2 mean psi'/mean psi^2 (Huber and Ronchetti, "Robust Statistics", 2009, Section 13.3).

    Parameters
    ----------
    residual : ndarray of shape (run,)
        At the optimum.
    width : float
        Huber width.
    """
    psi, _ = influence(residual, width)
    return 2.0 * mean_slope(residual, width) / max(float((psi * psi).mean()), 1e-300)
