"""Where the best of several choices changes along an axis: a coarse walk finds the changes, bisection in logs places them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from budgetplan.numerics.arrays import Array

TOLERANCE = 0.01
"""Relative width to which a change is placed. [1]"""


@dataclass(frozen=True)
class Turn:
    """One change of the choice.

    Attributes
    ----------
    at : float
        Value of the axis, good to the tolerance.
    before, after : int
        Number of the choice on either side.
    """

    at: float
    before: int
    after: int


def turning_points(
    which: Callable[[Array], Sequence[int]], grid: Array, tolerance: float = TOLERANCE, found: Sequence[int] | None = None
) -> tuple[Turn, ...]:
    """Every change of the choice between the points of a grid.

    Parameters
    ----------
    which : callable
        From values of the axis, shape (value,), to the number of the choice at each; negative where there is none.
    grid : ndarray of shape (value,)
        Rising and positive. A choice that holds for less than a step of it can be missed.
    tolerance : float
        Relative width to which a change is placed. [1]
    found : sequence of int, optional
        Choices at the grid, where they are known.

    Returns
    -------
    tuple of Turn
        In order; changes from or to no choice included.

    Examples
    --------
    >>> import numpy as np
    >>> (turn,) = turning_points(lambda x: [int(value > 5.0) for value in x], np.array([1.0, 10.0, 100.0]))
    >>> f"{turn.at:.2g}", turn.before, turn.after
    ('5', 0, 1)
    """
    import numpy as np

    at_grid = which(grid) if found is None else found
    turns = []
    for index in range(len(grid) - 1):
        low, here, end = float(grid[index]), int(at_grid[index]), int(at_grid[index + 1])
        while here != end:
            high, there = float(grid[index + 1]), end
            while high > low * (1 + tolerance):
                middle = sqrt(low * high)
                choice = int(which(np.array([middle]))[0])
                low, high, there = (middle, high, there) if choice == here else (low, middle, choice)
            turns.append(Turn(sqrt(low * high), here, there))
            low, here = high, there
    return tuple(turns)
