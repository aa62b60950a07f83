"""The near-optimal region on the triangle of shares, with the optimum and equal thirds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from budgetplan.numerics.arrays import Array
from budgetplan.plots.charts import Chart
from budgetplan.plots.marks import mark
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.style import fill_of, styled
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
        mark(ax, chart.optimum, chart.thirds, to_plane(chart.vertices))
    return ax
