"""Names beside marks: written where they cover least of what is already there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.placement import GAPS, Box, beside
from budgetplan.plots.words import width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE = 1.25
"""Height of a name over its font size. [1]"""
WHITE: dict[str, Any] = {"facecolor": "white", "alpha": 0.8, "linewidth": 0.0, "pad": 0.8}
"""Ground of a name that stands on a map."""


def on_page(ax: Axes, places: Array) -> Array:
    """Places on the page, shape (..., 2). [pt]

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With its final limits, in a figure.
    places : ndarray of shape (..., 2)
        In data coordinates.
    """
    return np.asarray(ax.transData.transform(places) * 72.0 / ax.figure.dpi)


def mark_box(ax: Axes, place: Sequence[float] | Array, size: float) -> Box:
    """What a mark covers.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        As for `on_page`.
    place : array_like of shape (2,)
        In data coordinates.
    size : float
        Of the mark. [pt]
    """
    x, y = on_page(ax, np.asarray(place, dtype=np.float64))
    return Box.around(float(x), float(y), size, size)


def inside_axes(ax: Axes) -> Callable[[float, float], bool]:
    """Whether a point of the page lies within the frame of plain axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        In a figure.
    """
    frame, scale = ax.bbox, 72.0 / ax.figure.dpi
    left, bottom, right, top = (float(value) * scale for value in (frame.x0, frame.y0, frame.x1, frame.y1))
    return lambda x, y: bool(left <= x <= right and bottom <= y <= top)


def place_for(
    text: str, mark: Box, taken: Sequence[Box], allowed: Callable[[float, float], bool], size: float, weight: str = "normal",
    gaps: Sequence[float] = GAPS, more: float = 0.0,
) -> Box:  # fmt: skip
    """Where a name goes beside its mark.

    Parameters
    ----------
    text : str
    mark : Box
    taken : sequence of Box
        What the name should not cover.
    allowed : callable
        Whether a point of the page (x, y) may be covered.
    size, weight : float, str
        Of the font. [pt]
    gaps : sequence of float
        Distances to try. [pt]
    more : float
        Room around the text. [pt]
    """
    return beside(mark, width_of(text, size, weight) + more, LINE * size, taken, allowed, gaps)


def write_at(ax: Axes, text: str, mark: Box, place: Box, size: float, weight: str = "normal", **look: Any) -> None:
    """Write a name where it was placed; it moves with its mark.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        As for `on_page`.
    text : str
    mark, place : Box
        Of the mark, and of the name from `place_for`.
    size, weight : float, str
        Of the font. [pt]
    **look
        Further properties of the text.
    """
    anchor = ax.transData.inverted().transform(np.array(mark.centre) * ax.figure.dpi / 72.0)
    ax.annotate(
        text,
        (float(anchor[0]), float(anchor[1])),
        xytext=(place.centre[0] - mark.centre[0], place.centre[1] - mark.centre[1]),
        textcoords="offset points",
        ha="center",
        va="center_baseline",
        fontsize=size,
        fontweight=weight,
        annotation_clip=False,
        gid="name",
        **look,
    )
