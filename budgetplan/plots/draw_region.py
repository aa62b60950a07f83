"""The near-optimal region on the triangle of shares, with the optimum and equal thirds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.charts import Chart
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.style import TEXT, fill_of, styled
from budgetplan.plots.triangle import frame, projection, to_plane

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = Room(height=52.0, left=12.5, right=12.5, above=5.5, below=12.0)
_FILL = "#56B4E9"
_STAGES = ("pretraining", "rl", "inference")


@runtime_checkable
class RegionData(Chart, Protocol):
    """Splits as shares of three stages."""

    @property
    def vertices(self) -> Array:
        """Of shape (vertex, 3). [1]"""

    @property
    def optimum(self) -> Array:
        """Of shape (3,). [1]"""

    @property
    def thirds(self) -> Array:
        """Of shape (3,). [1]"""


def draw_region(chart: RegionData, ax: Axes | None = None) -> Axes:
    """The region as an area, the optimum as a star, equal thirds as a ring.

    Parameters
    ----------
    chart : RegionData
    ax : matplotlib.axes.Axes, optional
        Where to draw, plain or of mpltern's projection; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matplotlib.patches import Polygon

    with styled():
        ax = axes_for(ax, _ROOM, chart.headline, chart.caption, projection())
        frame(ax, tuple(fill_of(stage).label for stage in _STAGES))
        area = Polygon(to_plane(chart.vertices), closed=True, facecolor=_FILL, edgecolor="black", linewidth=0.8, alpha=0.6)
        area.set_transform(ax.transData)
        area.set_zorder(3)
        area.set_gid("region")
        ax.add_patch(area)
        for name, share, marker, size in (("optimum", chart.optimum, "*", 8.0), ("equal thirds", chart.thirds, "o", 5.0)):
            _mark(ax, name, share, marker, size, chart.vertices)
    return ax


def _mark(ax: Axes, name: str, share: Array, marker: str, size: float, vertices: Array) -> None:
    """A mark with its name on the side away from the region's middle, so that neither covers the other."""
    from matplotlib.lines import Line2D

    place, middle = to_plane(share), to_plane(vertices.mean(axis=0))
    # a line of its own artist: mpltern's `plot` would take the numbers for shares
    point = Line2D([place[0]], [place[1]], marker=marker, markersize=size, color="black", markerfacecolor="white",
                   markeredgewidth=0.8, linestyle="none", transform=ax.transData, zorder=5, gid=name)  # fmt: skip
    ax.add_line(point)
    edge = to_plane(vertices)
    reach = float(np.max(np.abs(edge[:, 0] - middle[0]))) if name == "optimum" else 0.0
    side = 1.0 if place[0] >= middle[0] or name == "optimum" else -1.0
    ax.annotate(name, (place[0] + side * reach, place[1]), xycoords=ax.transData, xytext=(5.0 * side, 0.0),
                textcoords="offset points", ha="left" if side > 0 else "right", va="center_baseline", fontsize=TEXT,
                fontweight="bold" if name == "optimum" else "normal", zorder=6, gid="name")  # fmt: skip
