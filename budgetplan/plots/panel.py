"""One figure of one panel: the finding above it, the caption below it, and room for both at 85 mm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from budgetplan.plots.style import GREY, SMALL, TITLE, WIDTH
from budgetplan.plots.words import broken

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINT = 72.0 / 25.4  # pt per mm
_EDGE = 2.0  # mm of white around everything
_SLACK = 0.97  # of a line's width: at 100 dots per inch hinting makes text 3 % wider than it is in print
_LINE = 1.25  # line height in font sizes


@dataclass(frozen=True)
class Room:
    """Sizes of a panel. [mm]

    Attributes
    ----------
    height : float
        Of the axes.
    left, right : float
        Beside the axes, for labels.
    above, below : float
        Between axes and title, axes and caption, for labels.
    """

    height: float
    left: float
    right: float
    above: float = 2.0
    below: float = 10.0


def panel(room: Room, title: str, caption: str, projection: str | None = None) -> Axes:
    """Axes of a figure of their own, 85 mm wide and as tall as title and caption need.

    Parameters
    ----------
    room : Room
        Sizes of the panel.
    title, caption : str
        Are broken into lines that fit.
    projection : str, optional
        Of the axes.

    Returns
    -------
    matplotlib.axes.Axes
        Its figure is not known to pyplot: it needs no closing and opens no window.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width = (WIDTH - 2 * _EDGE) * POINT * _SLACK
    over, under = broken(title, width, TITLE, "bold"), broken(caption, width, SMALL)
    top = _EDGE + _lines(over, TITLE) + room.above
    bottom = _EDGE + _lines(under, SMALL) + room.below
    height = top + room.height + bottom
    figure = Figure(figsize=(WIDTH / 25.4, height / 25.4), facecolor="white")
    FigureCanvasAgg(figure)
    across = WIDTH - room.left - room.right
    box = (room.left / WIDTH, bottom / height, across / WIDTH, room.height / height)
    ax: Axes = figure.add_axes(box, projection=projection)
    _write(ax, room, over, under, (_EDGE - room.left) / across)
    return ax


def axes_for(ax: Axes | None, room: Room, title: str, caption: str, projection: str | None = None) -> Axes:
    """The axes to draw on: a panel of their own, or the user's, with title and caption.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        The user's.
    room, title, caption, projection
        As for `panel`; a title has no full stop at its end.

    Returns
    -------
    matplotlib.axes.Axes
    """
    title = title.removesuffix(".")
    if ax is None:
        return panel(room, title, caption, projection)
    dress(ax, room, title, caption)
    return ax


def dress(ax: Axes, room: Room, title: str, caption: str) -> None:
    """Title and caption for axes that the user brought, broken to their width.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        In a figure.
    room : Room
        Sizes of the panel; only `above` and `below` are used.
    title, caption : str
        As for `panel`.
    """
    width = ax.bbox.width / ax.figure.dpi * 72.0 * _SLACK
    _write(ax, room, broken(title, width, TITLE, "bold"), broken(caption, width, SMALL), 0.0)


def _lines(text: str, size: float) -> float:
    """Height of broken text. [mm]"""
    return len(text.splitlines()) * size * _LINE / POINT


def _write(ax: Axes, room: Room, title: str, caption: str, start: float) -> None:
    """Put title and caption at `start` across the axes."""
    ax.set_title(title, x=start, y=1.0, ha="left", pad=room.above * POINT, linespacing=_LINE * 0.9)
    ax.annotate(
        caption,
        (start, 0.0),
        xycoords="axes fraction",
        xytext=(0.0, -room.below * POINT),
        textcoords="offset points",
        va="top",
        fontsize=SMALL,
        color=GREY,
        linespacing=_LINE * 0.9,
        annotation_clip=False,
        gid="caption",
    )
