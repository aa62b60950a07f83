"""Marginal returns: a falling line per stage, all through the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.beside_axes import End, name_ends
from budgetplan.plots.charts import Chart
from budgetplan.plots.log_axis import log_axis
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.style import DOTTED, GREY, TEXT, fill_of, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = Room(height=46.0, left=13.0, right=19.0)


@runtime_checkable
class MarginalData(Chart, Protocol):
    """Returns by stage over spend."""

    @property
    def factor(self) -> Array:
        """Spend over the plan's, of shape (point,). [1]"""

    @property
    def returns(self) -> Mapping[str, Array]:
        """Loss saved per FLOP over the plan's, nan where there is none. [1]"""


def draw_marginal(chart: MarginalData, ax: Axes | None = None) -> Axes:
    """Lines on double logarithmic axes.

    Parameters
    ----------
    chart : MarginalData
        At least one stage.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    with styled():
        ax = axes_for(ax, _ROOM, chart.headline, chart.caption)
        ax.set_xscale("log")
        ax.set_yscale("log")
        ends = []
        for stage, values in chart.returns.items():
            look, seen = fill_of(stage), np.isfinite(values) & (values > 0)
            ax.plot(chart.factor, values, color=look.colour, marker=look.marker, markersize=3.5, markeredgewidth=0.0,
                    markevery=(4, 14), zorder=3, gid=stage)  # fmt: skip
            ends.append(End(float(values[seen][-1]), look.label, look.colour, look.marker))
        ax.plot(
            [1.0],
            [1.0],
            marker="*",
            markersize=8.0,
            color="black",
            markerfacecolor="white",
            markeredgewidth=0.8,
            zorder=5,
            gid="plan",
        )
        ax.axhline(1.0, color=GREY, linewidth=0.5, linestyle=DOTTED, zorder=1, gid="price")
        ax.set_xlim(float(chart.factor[0]), float(chart.factor[-1]))
        ticks = [
            t for t in (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0) if chart.factor[0] <= t * 1.001 and t <= chart.factor[-1] * 1.001
        ]
        ax.xaxis.set_major_locator(FixedLocator(ticks))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
        log_axis(ax, "y", *ax.get_ylim(), "Loss saved per FLOP (1 = as planned)")
        ax.set_xlabel("Spend on the stage (1 = as planned)", fontsize=TEXT)
        name_ends(ax, ends)
    return ax
