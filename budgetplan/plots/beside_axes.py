"""What stands beside a panel's axes: a second panel beneath them, a colour bar, and the names of lines at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.plots.style import TEXT
from budgetplan.plots.words import spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize

_LINE = 1.25 * TEXT  # pt between names
_BAR = 2.0  # mm, width of a colour bar


@dataclass(frozen=True)
class End:
    """Where a line ends, and what it is called.

    Attributes
    ----------
    place : float
        Of the end along the y axis, in data coordinates.
    text : str
    colour, marker : str
        Of the key before the name; an empty marker draws a short stroke.
    """

    place: float
    text: str
    colour: str
    marker: str = ""


def beneath(ax: Axes, gap: float, height: float) -> Axes:
    """A second panel beneath axes, as wide as they are.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Of the first panel.
    gap, height : float
        Between the panels, and of the second. [mm]
    """
    whole = ax.bbox.height / ax.figure.dpi * 25.4
    return ax.inset_axes((0.0, -(gap + height) / whole, 1.0, height / whole))


def colour_bar(ax: Axes, gap: float, colours: Colormap, norm: Normalize, label: str) -> Axes:
    """A scale of colours at the right of axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    gap : float
        Between axes and bar. [mm]
    colours : Colormap
    norm : Normalize
        Logarithmic.
    label : str
        With the unit.
    """
    from matplotlib.cm import ScalarMappable

    from budgetplan.plots.log_axis import log_axis

    width = ax.bbox.width / ax.figure.dpi * 25.4
    cax = ax.inset_axes((1.0 + gap / width, 0.0, _BAR / width, 1.0))
    ax.figure.colorbar(ScalarMappable(norm, colours), cax=cax)
    log_axis(cax, "y", *cax.get_ylim(), label)
    cax.spines[:].set_linewidth(0.5)
    return cax


def name_ends(ax: Axes, ends: Sequence[End], offset: float = 9.0) -> None:
    """Name lines at the right of axes, each beside its end or as near as the names' height allows.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With its final limits.
    ends : sequence of End
        Any order.
    offset : float
        From the axes to the names. [pt]
    """
    from matplotlib.lines import Line2D
    from matplotlib.transforms import ScaledTranslation

    height = ax.bbox.height * 72.0 / ax.figure.dpi
    middle = float(np.mean(ax.get_xlim()))
    wanted = [float(ax.transAxes.inverted().transform(ax.transData.transform((middle, end.place)))[1]) for end in ends]
    places = spread([min(max(place, 0.0), 1.0) for place in wanted], _LINE / height, 0.0, 1.0)
    for end, place in zip(ends, places, strict=True):
        ax.annotate(
            end.text,
            (1.0, place),
            xycoords="axes fraction",
            xytext=(offset, 0.0),
            textcoords="offset points",
            va="center_baseline",
            fontsize=TEXT,
            annotation_clip=False,
            gid="name",
        )
        key = ax.transAxes + ScaledTranslation((offset - 4.5) / 72.0, 0.0, ax.figure.dpi_scale_trans)
        ax.add_line(
            Line2D(
                [1.0],
                [place],
                transform=key,
                clip_on=False,
                color=end.colour,
                marker=end.marker or "_",
                markersize=4.0 if end.marker else 5.0,
                markeredgewidth=0.0 if end.marker else 1.4,
                linestyle="none",
                gid=f"{end.text}-key",
            )
        )
