"""The frontier of loss against serving cost, with the plan on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.charts import Chart
from budgetplan.plots.log_axis import log_axis
from budgetplan.plots.names import inside_axes, mark_box, place_for, write_at
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.style import TEXT, styled
from budgetplan.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = Room(height=46.0, left=15.0, right=6.0)
_STAR, _DOT = 9.0, 3.5  # sizes of the marks [pt]
_NAMED = 5  # sizes with a name, about
_GAPS = (1.5, 4.0)  # between a size's mark and its name: farther, it would read as another's [pt]


@runtime_checkable
class FrontierData(Chart, Protocol):
    """Loss and serving cost by model size."""

    @property
    def params(self) -> Array:
        """Of shape (point,). [param]"""

    @property
    def cost(self) -> Array:
        """Of serving, nan where no plan is feasible. [FLOP]"""

    @property
    def loss(self) -> Array:
        """[nat]"""

    @property
    def best(self) -> tuple[float, float]:
        """Cost and loss of the plan."""

    @property
    def per(self) -> str:
        """What serving is counted per."""

    @property
    def loss_name(self) -> str:
        """With its unit."""


def draw_frontier(chart: FrontierData, ax: Axes | None = None) -> Axes:
    """A line over sizes, some of them named, and the plan as a star.

    Parameters
    ----------
    chart : FrontierData
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    with styled():
        ax = axes_for(ax, _ROOM, chart.headline, chart.caption)
        seen = np.isfinite(chart.loss) & np.isfinite(chart.cost)
        cost, loss = chart.cost[seen], chart.loss[seen]
        log_axis(ax, "x", float(cost.min()), float(cost.max()), f"Serving cost (FLOP per {chart.per})", most=6)
        ax.plot(cost, loss, color="#0072B2", zorder=2, gid="frontier")
        ax.plot(
            *chart.best,
            marker="*",
            markersize=_STAR,
            color="black",
            markerfacecolor="white",
            markeredgewidth=0.8,
            zorder=5,
            gid="plan",
        )
        low, high = float(loss.min()), float(loss.max())
        ax.set_ylim(low - 0.08 * (high - low), high + 0.08 * (high - low))
        ax.set_ylabel(chart.loss_name, fontsize=TEXT)
        _names(ax, chart, cost, loss, chart.params[seen])
    return ax


def _names(ax: Axes, chart: FrontierData, cost: Array, loss: Array, params: Array) -> None:
    """Name the plan, and some of the sizes where there is room beside them."""
    inside, star = inside_axes(ax), mark_box(ax, chart.best, _STAR)
    taken = [star, *(mark_box(ax, place, 2.0) for place in zip(cost, loss, strict=True))]
    place = place_for("plan", star, taken, inside, TEXT, "bold")
    write_at(ax, "plan", star, place, TEXT, "bold", zorder=6)
    taken.append(place)
    step = max(1, len(cost) // _NAMED)
    for at in range(step // 2, len(cost), step):
        said = f"{format_quantity(float(params[at]), 'params', 2)} params"
        dot = mark_box(ax, (cost[at], loss[at]), _DOT)
        place = place_for(said, dot, taken, inside, TEXT, gaps=_GAPS)
        if (
            dot.overlap(star)
            or any(place.overlap(other) for other in taken)
            or not all(inside(*corner) for corner in place.corners)
        ):
            continue
        ax.plot(cost[at], loss[at], marker="o", markersize=_DOT, color="#0072B2", zorder=3, gid="size")
        write_at(ax, said, dot, place, TEXT, zorder=6)
        taken += [dot, place]
