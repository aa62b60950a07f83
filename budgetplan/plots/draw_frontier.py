"""The frontier of loss against serving cost, with the plan on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.charts import Chart
from budgetplan.plots.log_axis import log_axis
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.style import TEXT, styled
from budgetplan.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = Room(height=46.0, left=15.0, right=6.0)


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
            markersize=9.0,
            color="black",
            markerfacecolor="white",
            markeredgewidth=0.8,
            zorder=5,
            gid="plan",
        )
        step = max(1, len(cost) // 5)
        for at in range(step // 2, len(cost), step):
            right = cost[at] < chart.best[0]  # of a falling line; beneath a rising one
            if abs(np.log(cost[at] / chart.best[0])) < 0.05:
                continue  # the plan stands there
            ax.plot(cost[at], loss[at], marker="o", markersize=3.5, color="#0072B2", zorder=3, gid="size")
            said = format_quantity(float(chart.params[seen][at]), "params", 2).replace(" params", "")
            ax.annotate(said, (cost[at], loss[at]), xytext=(5.0, 3.0 if right else -7.0), textcoords="offset points",
                        fontsize=TEXT, gid="name")  # fmt: skip
        low, high = float(loss.min()), float(loss.max())
        ax.set_ylim(low - 0.08 * (high - low), high + 0.08 * (high - low))
        ax.set_ylabel(chart.loss_name, fontsize=TEXT)
    return ax
