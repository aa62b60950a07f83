"""Polygons in params and tokens: what a law's box allows, and the hull of runs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetplan.laws.policy import FLOP_PER_PARAM_TOKEN
from budgetplan.numerics.arrays import Array


def measured_polygon(box: Mapping[str, tuple[float, float]]) -> Array:
    """Corners (N, D) of what a box allows, shape (corner, 2); empty where it does not bound params and tokens.

    Parameters
    ----------
    box : mapping of str to (float, float)
        `params`, `pretraining_tokens`, and perhaps `training_flop` and `tokens_per_param`.

    Examples
    --------
    >>> box = {"params": (1e8, 1e10), "pretraining_tokens": (1e9, 1e11), "tokens_per_param": (10.0, 10.0)}
    >>> [[f"{value:.0e}" for value in corner] for corner in measured_polygon(box)]
    [['1e+08', '1e+09'], ['1e+10', '1e+11']]
    """
    if "params" not in box or "pretraining_tokens" not in box:
        return np.empty((0, 2))
    (n0, n1), (d0, d1) = (np.log(box[axis]) for axis in ("params", "pretraining_tokens"))
    corners = np.array([[n0, d0], [n1, d0], [n1, d1], [n0, d1]])
    slants = {"tokens_per_param": ((-1.0, 1.0), 0.0), "training_flop": ((1.0, 1.0), np.log(FLOP_PER_PARAM_TOKEN))}
    for axis, (normal, shift) in slants.items():
        if axis in box:
            least, most = np.log(box[axis]) - shift
            corners = _clipped(corners, np.array(normal), float(most))
            corners = _clipped(corners, -np.array(normal), -float(least))
    polygon: Array = np.exp(corners)
    return polygon


def _clipped(corners: Array, normal: Array, most: float) -> Array:
    """The part of a convex polygon, shape (corner, 2), where normal . x <= most (Sutherland and Hodgman, CACM 17, 1974)."""
    kept: list[Array] = []
    slack = 1e-9
    for here, there in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        a, b = float(normal @ here) - most, float(normal @ there) - most
        if a <= slack:
            kept.append(here)
        if (a < -slack and b > slack) or (a > slack and b < -slack):
            kept.append(here + (there - here) * a / (a - b))
    distinct = [at for i, at in enumerate(kept) if not any(np.allclose(at, other, atol=1e-9) for other in kept[:i])]
    return np.array(distinct).reshape(-1, 2)


def convex_hull(places: Array) -> Array:
    """Corners of the convex hull, counter-clockwise (Andrew's monotone chain, Information Processing Letters 9, 1979).

    Parameters
    ----------
    places : ndarray of shape (point, 2)

    Returns
    -------
    ndarray of shape (corner, 2)

    Examples
    --------
    >>> convex_hull(np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 1.0], [1.0, 0.5], [1.0, 2.0]])).tolist()
    [[0.0, 0.0], [2.0, 0.0], [1.0, 2.0]]
    """
    ordered = np.unique(places, axis=0)
    if len(ordered) < 3:
        return ordered

    def chain(points: Array) -> list[Array]:
        kept: list[Array] = []
        for point in points:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], point) <= 0:
                kept.pop()
            kept.append(point)
        return kept[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))


def _turn(a: Array, b: Array, c: Array) -> float:
    """Twice the signed area of a triangle: above 0 where its corners turn left."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
