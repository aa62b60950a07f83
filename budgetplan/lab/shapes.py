"""Shapes of any size: the family that the named sizes belong to, so that a plan's params can be trained.

Two blocks up to half a million params, three beyond; heads near 16 wide with two blocks and near 32 wide with three. Widths are
multiples of 4 that allow such heads, which makes neighbours 5 to 30 % apart in params.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

from budgetplan.errors import DataError
from budgetplan.lab.grid import RECIPES, RL_RATES
from budgetplan.lab.model import SIZES, Shape
from budgetplan.lab.pretrain import Recipe

SMALLEST, LARGEST = 2e4, 2e6
"""Params between which shapes are built; the ends are passed by less than one step of width. [param]"""
_DEEPER = math.sqrt(SIZES["300k"].params * SIZES["1M"].params)
"""Params from which a third block is used: half way, in logs, between the named sizes that have two and three. [param]"""
_WIDTHS = range(24, 264, 4)
_HEADS = {2: (16, 12, 28), 3: (32, 24, 40)}
"""Width of a head by blocks: wanted, least, most."""


@cache
def shapes() -> tuple[Shape, ...]:
    """Return the family, smallest first; the named sizes are in it.

    Examples
    --------
    >>> all(shape in shapes() for shape in SIZES.values())
    True
    >>> len(shapes()) > 30
    True
    """
    found = []
    for layers in _HEADS:
        for width in _WIDTHS:
            heads = _heads(width, layers)
            if heads is None:
                continue
            shape = Shape(width, layers, heads)
            if (shape.params >= _DEEPER) == (layers == 3):
                found.append(shape)
    found.sort(key=lambda shape: shape.params)
    below = max((shape.params for shape in found if shape.params < SMALLEST), default=0)
    above = min((shape.params for shape in found if shape.params > LARGEST), default=math.inf)
    return tuple(shape for shape in found if below <= shape.params <= above)


def shape_of(params: float) -> Shape:
    """Return the shape whose params are nearest, in logs.

    Parameters
    ----------
    params : float
        [param]

    Raises
    ------
    DataError
        Outside 20 thousand to 2 million params.

    Examples
    --------
    >>> shape_of(105_000)
    Shape(width=64, layers=2, heads=4)
    """
    if not SMALLEST <= params <= LARGEST:
        raise DataError(
            f"{params:,.0f} params lie outside {SMALLEST:,.0f} to {LARGEST:,.0f}, between which the lab trains models.",
            "Choose another budget or fewer queries.",
        )
    return nearest(params, 1)[0]


def nearest(params: float, count: int) -> tuple[Shape, ...]:
    """Return so many shapes, the nearest in ln params first."""
    return tuple(sorted(shapes(), key=lambda shape: abs(math.log(shape.params / params)))[:count])


def recipe_of(shape: Shape) -> Recipe:
    """Return how a shape is pre-trained: the tuned rates of the named sizes, interpolated in logs.

    Examples
    --------
    >>> recipe_of(SIZES["300k"]) == RECIPES["300k"]
    True
    """
    for name, named in SIZES.items():
        if named == shape:
            return RECIPES[name]
    known = [(math.log(SIZES[name].params), math.log(RECIPES[name].rate)) for name in SIZES]
    at = min(max(math.log(shape.params), known[0][0]), known[-1][0])
    for (low, rate), (high, following) in pairwise(known):
        if at <= high:
            return Recipe(rate=math.exp(rate + (following - rate) * (at - low) / (high - low)))
    raise AssertionError("The largest named size bounds `at`.")


def rl_rate(shape: Shape) -> float:
    """Return the learning rate of RL: one over the width, as tuned."""
    return RL_RATES["30k"] * SIZES["30k"].width / shape.width


def _heads(width: int, layers: int) -> int | None:
    """Heads whose width is even and nearest to what is wanted; none where no such width lies within the ends."""
    wanted, least, most = _HEADS[layers]
    widths = [width // heads for heads in range(1, width) if width % heads == 0]
    fitting = [one for one in widths if least <= one <= most and one % 2 == 0]
    return width // min(fitting, key=lambda one: abs(math.log(one / wanted))) if fitting else None
