"""Optimum, equal thirds and the near-optimal region, marked and named on a triangle of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.names import WHITE, mark_box, on_page, place_for, write_at
from budgetplan.plots.placement import Box
from budgetplan.plots.style import TEXT
from budgetplan.plots.triangle import CORNERS, to_plane

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STAR, _DOT = 9.0, 5.0  # sizes of the marks [pt]
_ALOOF = 16.0  # size of what other names keep clear of around the dot [pt]
_BORDER = 3.0  # how wide the border of the region is for the names that should not cover it [pt]


def mark(ax: Axes, optimum: Array, thirds: Array, border: Array, region: str = "") -> None:
    """Draw the two marks, and the names of marks and region where they cover least.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With a triangle.
    optimum, thirds : ndarray of shape (3,)
        Shares. [1]
    border : ndarray of shape (corner, 2)
        Of the near-optimal region, in data coordinates; empty where none is drawn.
    region : str
        What the region is called; empty where it has no name.
    """
    ax.apply_aspect()
    best, equal = to_plane(optimum), to_plane(thirds)
    _point(ax, best, "*", _STAR, "optimum")
    _point(ax, equal, "o", _DOT, "equal-thirds")
    star, dot = mark_box(ax, best, _STAR), mark_box(ax, equal, _DOT)
    page = on_page(ax, border)
    taken = [star, dot, *(Box.around(float(x), float(y), _BORDER, _BORDER) for x, y in page)]
    aloof = Box.around(*dot.centre, _ALOOF, _ALOOF)  # no other name comes near the dot: it would read as its own
    taken.append(_name(ax, "optimum", star, [*taken, aloof], bold=True))
    taken.append(_name(ax, "equal thirds", dot, taken, bold=True))
    if len(border) and region:
        whole = Box(*map(float, page.min(axis=0)), *map(float, page.max(axis=0)))
        _name(ax, region, whole, [*taken, aloof], bold=False)


def _point(ax: Axes, place: Array, marker: str, size: float, name: str) -> None:
    ax.plot(
        [place[0]],
        [place[1]],
        marker=marker,
        markersize=size,
        markerfacecolor="white",
        markeredgecolor="black",
        markeredgewidth=0.9,
        linestyle="none",
        transform=ax.transData,
        zorder=6,
        clip_on=False,
        gid=name,
    )


def _name(ax: Axes, text: str, named: Box, taken: list[Box], *, bold: bool) -> Box:
    """Write a name beside what it names, within the triangle; return the place it takes."""
    weights = np.linalg.inv(np.vstack([on_page(ax, CORNERS).T, np.ones(3)]))

    def inside(x: float, y: float) -> bool:
        return bool((weights @ [x, y, 1.0] >= 0.0).all())

    weight = "bold" if bold else "normal"
    place = place_for(text, named, taken, inside, TEXT, weight, more=2.0)
    write_at(ax, text, named, place, TEXT, weight, bbox=WHITE, zorder=7)
    return place
