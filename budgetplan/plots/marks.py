"""Optimum, equal thirds and the near-optimal region, marked and named on a triangle of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.placement import Box, beside
from budgetplan.plots.results import Ternary
from budgetplan.plots.style import TEXT
from budgetplan.plots.triangle import CORNERS, to_plane
from budgetplan.plots.words import percent, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STAR, _DOT = 9.0, 5.0  # sizes of the marks [pt]
_ALOOF = 16.0  # size of what other names keep clear of around the dot [pt]
_BORDER = 3.0  # how wide the border of the region is for the names that should not cover it [pt]
_HEIGHT = 1.25 * TEXT  # of a label [pt]
_WHITE = {"facecolor": "white", "alpha": 0.8, "linewidth": 0.0, "pad": 0.8}


def mark(ax: Axes, chart: Ternary, border: Array) -> None:
    """Draw the two marks, and the names of marks and region where they cover least.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With a triangle.
    chart : Ternary
        A map.
    border : ndarray of shape (corner, 2)
        Of the near-optimal region, in data coordinates; empty where none is drawn.
    """
    ax.apply_aspect()
    best, thirds = to_plane(chart.optimum), to_plane(chart.thirds)
    _point(ax, best, "*", _STAR, "optimum")
    _point(ax, thirds, "o", _DOT, "equal-thirds")
    star, dot = _box(ax, best, _STAR), _box(ax, thirds, _DOT)
    taken = [star, Box.around(*dot.centre, _ALOOF, _ALOOF)]  # no other name comes near the dot: it would read as its own
    if len(border):
        page = _on_page(ax, border)
        region = Box(*map(float, page.min(axis=0)), *map(float, page.max(axis=0)))
        taken += [Box.around(float(x), float(y), _BORDER, _BORDER) for x, y in page]
    taken.append(_name(ax, "optimum", star, taken, bold=True))
    taken[1] = dot
    taken.append(_name(ax, "equal thirds", dot, taken, bold=True))
    if len(border):
        _name(ax, f"wastes < {percent(chart.tolerance)}", region, taken, bold=False)


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


def _on_page(ax: Axes, places: Array) -> Array:
    """Data coordinates on the page. [pt]"""
    return np.asarray(ax.transData.transform(places) * 72.0 / ax.figure.dpi)


def _box(ax: Axes, place: Array, size: float) -> Box:
    x, y = _on_page(ax, place)
    return Box.around(float(x), float(y), size, size)


def _name(ax: Axes, text: str, named: Box, taken: list[Box], *, bold: bool) -> Box:
    """Write a name beside what it names; return the place it takes."""
    corners = _on_page(ax, CORNERS)
    weights = np.linalg.inv(np.vstack([corners.T, np.ones(3)]))

    def inside(x: float, y: float) -> bool:
        return bool((weights @ [x, y, 1.0] >= 0.0).all())

    weight = "bold" if bold else "normal"
    box = beside(named, width_of(text, TEXT, weight) + 2.0, _HEIGHT, taken, inside)
    anchor = ax.transData.inverted().transform(np.array(named.centre) * ax.figure.dpi / 72.0)
    ax.annotate(
        text,
        (float(anchor[0]), float(anchor[1])),
        xytext=(box.centre[0] - named.centre[0], box.centre[1] - named.centre[1]),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=TEXT,
        fontweight=weight,
        bbox=_WHITE,
        zorder=7,
        annotation_clip=False,
    )
    return box
