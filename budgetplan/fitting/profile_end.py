"""Where a profile crosses what is allowed, between the best point and the end of a coordinate; for curves and for counts.

A profile is the rise of the objective (or the fall of a likelihood) over its optimum with one coordinate held. Its root is close to
linear in the distance, as it is for a straight valley, so that the crossing is read off between two neighbouring values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array

VALUES = 41
"""Distances to the end at which the profile is taken at first, evenly in their logarithm."""
FINE = 13
"""Values between the last one inside and the first one outside."""


@dataclass(frozen=True)
class Range:
    """An interval of one coordinate.

    Attributes
    ----------
    low, high : float
    low_open, high_open : bool
        Whether the data do not stop the coordinate before the end of what is possible.
    """

    low: float
    high: float
    low_open: bool
    high_open: bool


def profile_range(rise: Callable[[Array], Array], here: float, low: float, high: float, allowed: float, least: float) -> Range:
    """The values at which the rise stays within what is allowed.

    Parameters
    ----------
    rise : callable
        From values of the coordinate, shape (value,), to the rise of the objective, all else refitted, shape (value,).
    here : float
        The best value.
    low, high : float
        Ends of what is possible.
    allowed : float
        Largest rise that is kept.
    least : float
        Smallest distance at which the profile is taken, as a part of that to the end.

    Returns
    -------
    Range

    Examples
    --------
    >>> found = profile_range(lambda x: x**2, 0.0, -1.0, 8.0, 4.0, 1e-3)
    >>> found.low, found.low_open, round(found.high, 9), found.high_open
    (-1.0, True, 2.0, False)
    """
    below, low_open = _end(rise, here, low, allowed, least)
    above, high_open = _end(rise, here, high, allowed, least)
    return Range(below, above, low_open, high_open)


def _end(rise: Callable[[Array], Array], here: float, end: float, allowed: float, least: float) -> tuple[float, bool]:
    if here == end:
        return end, True
    parts = np.concatenate([[0.0], np.geomspace(least, 1.0, VALUES)])
    found = np.concatenate([[0.0], rise(here + parts[1:] * (end - here))])
    inside = int(np.flatnonzero(found <= allowed).max())
    if inside == parts.size - 1:
        return end, True
    fine = np.linspace(parts[inside], parts[inside + 1], FINE + 2)
    between = rise(here + fine[1:-1] * (end - here))
    found = np.concatenate([[found[inside]], between, [found[inside + 1]]])
    last = int(np.flatnonzero(found <= allowed).max())
    roots = np.sqrt(np.maximum(found[last : last + 2], 0.0))
    share = (np.sqrt(allowed) - roots[0]) / max(float(roots[1] - roots[0]), 1e-300)
    return here + float(fine[last] + share * (fine[last + 1] - fine[last])) * (end - here), False
