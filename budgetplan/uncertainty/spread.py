"""How one coefficient is drawn where a law states only its value and a range.

A split normal: standard normal z, scaled by the distance from the value to the upper end for z > 0 and to the lower end for z < 0,
divided by the z of the range's level, which is read from what the law calls its interval. Positive coefficients are drawn in their
logarithm, parts of one in their logit.
    value -> g^-1(g(value) + s z),   s = (g(high) - g(value))/q for z > 0,  (g(value) - g(low))/q for z < 0
The ends of the range are then its quantiles, whatever its skew; the value is the median. A standard error without a range counts as
s on both sides.
"""

from __future__ import annotations

import re

import numpy as np

from budgetplan.laws.record import Coefficient
from budgetplan.numerics.arrays import Array

FRACTIONS = frozenset({"selection_efficiency", "start", "ceiling", "mean", "chance"})
"""Coefficients between 0 and 1, where their range lies there."""
SIGNED = frozenset({"narrowing", "g_offset", "f_offset", "offset"})
"""Coefficients whose sign is no matter of definition."""
Q90 = 1.6448536269514722
"""z of an interval of 90 %, which a range counts as where nothing else is said."""
_LEVEL = re.compile(r"(?:(\d+(?:\.\d+)?) to )?(\d+(?:\.\d+)?) ?%")


def has_spread(coefficient: Coefficient) -> bool:
    """Whether the law says how uncertain a coefficient is.

    Parameters
    ----------
    coefficient : Coefficient
    """
    return (coefficient.low is not None and coefficient.high is not None) or coefficient.standard_error is not None


def drawn_values(name: str, coefficient: Coefficient, z: Array) -> Array:
    """Values of a coefficient at standard normal z, shape kept.

    Parameters
    ----------
    name : str
        Of the coefficient.
    coefficient : Coefficient
        With a spread, see `has_spread`.
    z : ndarray
    """
    value, low, high = coefficient.value, coefficient.low, coefficient.high
    if low is None or high is None:
        error = float(coefficient.standard_error or 0.0)
        if value > 0 and name not in SIGNED:
            return np.asarray(value * np.exp(z * np.log1p(error / value)))
        return value + error * z
    level = z_of(coefficient.interval)
    low, high = min(low, value), max(high, value)
    if name in FRACTIONS and low > 0 and high < 1:
        ends = [np.log(end / (1 - end)) for end in (low, value, high)]
        return np.asarray(1.0 / (1.0 + np.exp(-_split(ends, level, z))))
    if low > 0 and name not in SIGNED:
        return np.exp(_split([np.log(end) for end in (low, value, high)], level, z))
    return _split([low, value, high], level, z)


def z_of(interval: str) -> float:
    """z of the level of an interval, from its name; 90 % where it says none.

    Parameters
    ----------
    interval : str
        As a law file has it: "95 % bootstrap", "50%", or the quantiles it runs between, "5 to 95 % of 27 fits".

    Examples
    --------
    >>> [round(z_of(name), 3) for name in ("95 % bootstrap", "50%", "5 to 95 % of 27 fits", "least to greatest of 8 families")]
    [1.96, 0.674, 1.645, 1.645]
    """
    from scipy.special import ndtri

    found = _LEVEL.search(interval)
    if found is None:
        return Q90
    level = (float(found[2]) - float(found[1] or 0.0)) / 100.0
    # a small part among words, such as "10 % either way", is a width and no level
    stated = 0.0 < level < 1.0 and (level >= 0.5 or found[0] == interval)
    return float(ndtri(0.5 + 0.5 * level)) if stated else Q90


def _split(ends: list[float], level: float, z: Array) -> Array:
    low, middle, high = ends
    return middle + np.where(z > 0, (high - middle) / level, (middle - low) / level) * z
