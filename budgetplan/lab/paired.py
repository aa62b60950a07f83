"""Means over seeds with intervals, and verdicts on claims: differences are taken seed by seed before they are averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

LEVEL = 0.9
"""Of all intervals [1]."""
HOLDS, FAILS, OPEN = "holds", "does not", "undecided"
"""Verdicts."""


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds.

    Attributes
    ----------
    value, low, high : float
        The mean and its interval; with one seed the interval is infinite.
    count : int
        Seeds.
    """

    value: float
    low: float
    high: float
    count: int

    @property
    def exp(self) -> Estimate:
        """The same of e to it: a geometric mean, for ratios."""
        value, low, high = np.exp([self.value, self.low, self.high]).tolist()
        return Estimate(value, low, high, self.count)


def estimate(values: Sequence[float], level: float = LEVEL) -> Estimate:
    """Mean with Student's interval, which takes the spread over seeds for normal.

    Parameters
    ----------
    values : sequence of float
        One per seed.
    level : float
        Of the interval [1].

    Returns
    -------
    Estimate

    Examples
    --------
    >>> found = estimate([1.0, 2.0, 3.0])
    >>> [round(x, 3) for x in (found.value, found.low, found.high)]
    [2.0, 0.314, 3.686]
    """
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        return Estimate(float("nan"), -np.inf, np.inf, 0)
    mean = float(array.mean())
    if array.size == 1:
        return Estimate(mean, -np.inf, np.inf, 1)
    half = float(stdtrit(array.size - 1, 0.5 + level / 2.0) * array.std(ddof=1) / np.sqrt(array.size))
    return Estimate(mean, mean - half, mean + half, int(array.size))


def paired(first: Mapping[int, float], second: Mapping[int, float], level: float = LEVEL) -> Estimate:
    """Mean of first minus second over the seeds that both have.

    Examples
    --------
    >>> paired({0: 2.0, 1: 4.0, 7: 9.0}, {0: 1.0, 1: 3.0}).value
    1.0
    """
    shared = sorted(first.keys() & second.keys())
    return estimate([first[seed] - second[seed] for seed in shared], level)


def verdict(found: Estimate, above: float) -> str:
    """Whether a claim that something exceeds a bound holds: decided where the interval lies on one side of it.

    Examples
    --------
    >>> verdict(Estimate(2.0, 1.5, 2.5, 3), 1.0), verdict(Estimate(2.0, 0.5, 3.5, 3), 1.0), verdict(Estimate(0.2, 0.1, 0.3, 3), 1.0)
    ('holds', 'undecided', 'does not')
    """
    if found.low > above:
        return HOLDS
    return FAILS if found.high < above else OPEN
