"""A tornado: what a plan wastes at the low end of each range to the left, at the high end to the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from budgetplan.numerics.arrays import Array
from budgetplan.plots.charts import Chart
from budgetplan.plots.panel import POINT, Room, axes_for
from budgetplan.plots.style import GREY, SMALL, TEXT, styled
from budgetplan.plots.words import width_of, with_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 4.4  # mm per lever
_LOW, _HIGH = "#56B4E9", "#D55E00"  # pale and dark: they differ in grey too
_LEAST = 0.01  # wasted compute that the axis spans at least [1]


@runtime_checkable
class TornadoData(Chart, Protocol):
    """Levers, the costliest first, arrays of shape (lever,)."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the levers."""

    @property
    def units(self) -> tuple[str, ...]:
        """Of their ranges; `1` where there is none."""

    @property
    def low_said(self) -> tuple[str, ...]:
        """Low ends as they are written."""

    @property
    def high_said(self) -> tuple[str, ...]:
        """High ends."""

    @property
    def low_wasted(self) -> Array:
        """At the low ends. [1]"""

    @property
    def high_wasted(self) -> Array:
        """At the high ends. [1]"""


def draw_tornado(chart: TornadoData, ax: Axes | None = None) -> Axes:
    """Bars of wasted compute on both sides of the plan, with the ends of each range beside them.

    Parameters
    ----------
    chart : TornadoData
        At least one lever.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    count = len(chart.names)
    ends = zip(chart.low_said, chart.high_said, chart.units, strict=True)
    ranges = [f"{low} to {with_unit(high, unit)}" for low, high, unit in ends]
    left = 4.0 + max(width_of(name, SMALL) for name in chart.names) / POINT
    right = 5.0 + max(width_of(text, SMALL) for text in ranges) / POINT
    room = Room(height=_ROW * (count + 1.6), left=left, right=right)
    with styled():
        ax = axes_for(ax, room, chart.headline, chart.caption)
        bar: dict[str, Any] = {"height": 0.7, "edgecolor": "black", "linewidth": 0.4, "zorder": 2}
        ax.barh(range(count), -chart.low_wasted, color=_LOW, gid="low", **bar)
        ax.barh(range(count), chart.high_wasted, color=_HIGH, gid="high", **bar)
        most = 1.5 * max(float(chart.low_wasted.max()), float(chart.high_wasted.max()), _LEAST)
        ax.set_xlim(-most, most)
        ax.set_ylim(count - 0.4, -1.2)
        ax.axvline(0.0, color="black", linewidth=0.8, zorder=3, gid="plan")
        for text, side, place in (("low end", "right", -1), ("high end", "left", 1)):
            ax.annotate(text, (0.0, -0.8), xytext=(3.0 * place, 0.0), textcoords="offset points", ha=side,
                        va="center_baseline", fontsize=TEXT, fontweight="bold")  # fmt: skip
        for at, (low, high) in enumerate(zip(chart.low_wasted, chart.high_wasted, strict=True)):
            for value, side, place in ((low, "right", -1), (high, "left", 1)):
                ax.annotate(f"{max(100 * value, 0.0):.2g}" if value > 1e-5 else "0", (place * value, at), xytext=(2.0 * place, 0.0),
                            textcoords="offset points", ha=side, va="center_baseline", fontsize=SMALL, gid="wasted")  # fmt: skip
        for at, text in enumerate(ranges):
            ax.annotate(text, (1.0, at), xycoords=ax.get_yaxis_transform(), xytext=(4.0, 0.0), textcoords="offset points",
                        va="center_baseline", fontsize=SMALL, color=GREY, annotation_clip=False, gid="range")  # fmt: skip
        ax.set_yticks(range(count), list(chart.names))
        ax.tick_params(axis="y", length=0, labelsize=SMALL)
        ax.tick_params(axis="x", labelsize=TEXT)
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10], symmetric=True))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * abs(value):.3g}"))
        ax.set_xlabel("Wasted compute (% of budget)", fontsize=TEXT)
        ax.spines[["left", "top", "right"]].set_visible(False)
    return ax
