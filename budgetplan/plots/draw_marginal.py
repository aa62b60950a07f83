"""Marginal returns: a falling line per stage, all through the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.beside_axes import End, name_ends
from budgetplan.plots.charts import Chart
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.style import GREY, TEXT, fill_of, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = Room(height=46.0, left=13.0, right=19.0)
_MARKERS = {"pretraining": "o", "rl": "s", "inference": "^"}


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
            ax.plot(chart.factor, values, color=look.colour, marker=_MARKERS[stage], markersize=3.5, markeredgewidth=0.0,
                    markevery=(4, 14), zorder=3, gid=stage)  # fmt: skip
            ends.append(End(float(values[seen][-1]), look.label, look.colour, _MARKERS[stage]))
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
        ax.axhline(1.0, color=GREY, linewidth=0.5, linestyle=(0.0, (1.0, 1.5)), zorder=1, gid="price")
        ax.set_xlim(float(chart.factor[0]), float(chart.factor[-1]))
        ticks = [
            t for t in (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0) if chart.factor[0] <= t * 1.001 and t <= chart.factor[-1] * 1.001
        ]
        ax.xaxis.set_major_locator(FixedLocator(ticks))
        low, high = ax.get_ylim()
        ax.yaxis.set_major_locator(
            FixedLocator([t for t in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0) if low <= t <= high])
        )
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
        ax.set_xlabel("Spend on the stage (1 = as planned)", fontsize=TEXT)
        ax.set_ylabel("Loss saved per FLOP (1 = as planned)", fontsize=TEXT)
        name_ends(ax, ends)
    return ax
