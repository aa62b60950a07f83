"""From regrets in many worlds to one number: their mean, the mean of their worst tenth, the greatest of them.

The last two have kinks where worlds change places. For the search they are smoothed with a width tau:

    worst tenth:  min over t of  t + mean(tau ln(1 + exp((w - t)/tau)))/q        (Rockafellar and Uryasev, smoothed)
    greatest:     tau ln sum exp(w/tau)

both within a known distance above the kinked value, which is what counts in the end.

References
----------
.. [1] Rockafellar, Uryasev, "Optimization of conditional value-at-risk", Journal of Risk 2, 2000.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.numerics.arrays import Array

WORST = 0.1
"""Part of the draws that counts as the worst. [1]"""
OBJECTIVES = ("expected", "cvar10", "minimax-law")
"""What a robust plan can minimise."""
WIDTHS = (3e-3, 1e-3, 3e-4, 1e-4, 3e-5)
"""Widths with which a kinked risk is approached, one after the other. [1]"""


class AbstractRisk(ABC):
    """A number for many regrets."""

    @abstractmethod
    def exact(self, wasted: Array) -> float:
        """The number at regrets of shape (world,)."""

    @abstractmethod
    def smooth(self, wasted: Array) -> tuple[Array, Array]:
        """The smoothed number, shape (...), and its derivatives by the regrets, shape (..., world).

        Parameters
        ----------
        wasted : ndarray of shape (..., world)
        """

    @property
    def sharper(self) -> tuple[AbstractRisk, ...]:
        """The same with less and less smoothing, to be followed from one's best point to the next; none without smoothing."""
        return ()


@dataclass(frozen=True)
class Mean(AbstractRisk):
    """Expected regret."""

    def exact(self, wasted: Array) -> float:
        """The mean."""
        return float(np.mean(wasted))

    def smooth(self, wasted: Array) -> tuple[Array, Array]:
        """The mean, which needs no smoothing."""
        return wasted.mean(axis=-1), np.full_like(wasted, 1.0 / wasted.shape[-1])


@dataclass(frozen=True)
class WorstTenth(AbstractRisk):
    """Mean of the worst tenth.

    Attributes
    ----------
    width : float
        tau. [1]
    """

    width: float = 1e-3

    @property
    def sharper(self) -> tuple[AbstractRisk, ...]:
        """Of smaller width."""
        return tuple(WorstTenth(width) for width in WIDTHS if width < self.width)

    def exact(self, wasted: Array) -> float:
        """Mean of the largest tenth, at least of one."""
        return float(np.mean(np.sort(wasted)[-max(round(WORST * len(wasted)), 1) :]))

    def smooth(self, wasted: Array) -> tuple[Array, Array]:
        """Rockafellar and Uryasev's function at its best t, found by bracketed Newton steps."""
        worlds = wasted.shape[-1]
        level = max(round(WORST * worlds), 1) / worlds
        reach = self.width * np.log(1.0 / level)
        low, high = wasted.min(axis=-1) - reach - self.width, wasted.max(axis=-1) + self.width * np.log(worlds) + reach
        t = np.partition(wasted, worlds - max(round(level * worlds), 1), axis=-1)[..., worlds - max(round(level * worlds), 1)]
        for _ in range(60):
            weight = _sigmoid((wasted - t[..., None]) / self.width)
            over = weight.mean(axis=-1) - level
            low, high = np.where(over > 0, t, low), np.where(over > 0, high, t)
            steep = (weight * (1.0 - weight)).mean(axis=-1) / self.width
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # all saturated: the bracket decides
                newton = t + over / steep
            following = np.where((newton > low) & (newton < high), newton, 0.5 * (low + high))
            if np.all(np.abs(over) < 1e-12):
                break
            t = np.where(np.abs(over) < 1e-13, t, following)
        scaled = (wasted - t[..., None]) / self.width
        value = t + self.width * np.logaddexp(0.0, scaled).mean(axis=-1) / level
        return value, _sigmoid(scaled) / (level * worlds)


@dataclass(frozen=True)
class Greatest(AbstractRisk):
    """Greatest regret.

    Attributes
    ----------
    width : float
        tau. [1]
    """

    width: float = 1e-2

    @property
    def sharper(self) -> tuple[AbstractRisk, ...]:
        """Of smaller width."""
        return tuple(Greatest(width) for width in WIDTHS if width < self.width)

    def exact(self, wasted: Array) -> float:
        """The maximum."""
        return float(np.max(wasted))

    def smooth(self, wasted: Array) -> tuple[Array, Array]:
        """Logarithm of a sum of exponentials: above the maximum by at most tau ln(worlds)."""
        most = wasted.max(axis=-1, keepdims=True)
        size = np.exp((wasted - most) / self.width)
        total = size.sum(axis=-1, keepdims=True)
        return (most + self.width * np.log(total))[..., 0], size / total


def risk_of(objective: str) -> AbstractRisk:
    """The risk that an objective names.

    Parameters
    ----------
    objective : {"expected", "cvar10", "minimax-law"}

    Raises
    ------
    ScenarioError
        If there is none of that name.
    """
    found: dict[str, AbstractRisk] = {"expected": Mean(), "cvar10": WorstTenth(), "minimax-law": Greatest()}
    if objective not in found:
        raise ScenarioError(f"`objective` is `{objective}`.", f"It is one of {', '.join(OBJECTIVES)}.")
    return found[objective]


def _sigmoid(x: Array) -> Array:
    """1/(1 + e^-x) without overflow."""
    out: Array = 0.5 * (1.0 + np.tanh(0.5 * x))
    return out
