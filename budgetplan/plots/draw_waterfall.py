"""A waterfall: what equal thirds waste, and what each move towards the optimum saves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from budgetplan.numerics.arrays import Array
from budgetplan.plots.charts import Chart
from budgetplan.plots.panel import POINT, Room, axes_for
from budgetplan.plots.style import GREY, SMALL, TEXT, styled
from budgetplan.plots.words import width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 6.0  # mm per bar
_WASTE, _SAVED, _LOST = "#4d4d4d", "#56B4E9", "#D55E00"


@runtime_checkable
class WaterfallData(Chart, Protocol):
    """States from the first to the optimum, arrays of shape (state,)."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the first state, then of each move."""

    @property
    def wasted(self) -> Array:
        """Compute wasted in each state. [1]"""


def draw_waterfall(chart: WaterfallData, ax: Axes | None = None) -> Axes:
    """Bars from state to state, in percent of the budget.

    Parameters
    ----------
    chart : WaterfallData
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    count = len(chart.names)
    left = 4.0 + max(width_of(name, TEXT) for name in chart.names) / POINT
    room = Room(height=_ROW * (count + 0.6), left=left, right=6.0)
    with styled():
        ax = axes_for(ax, room, chart.headline, chart.caption)
        before = 0.0
        for at, wasted in enumerate(chart.wasted):
            low, high = sorted((before, float(wasted)))
            colour = _WASTE if at == 0 else _SAVED if wasted <= before else _LOST
            ax.barh(at, high - low, left=low, height=0.7, color=colour, edgecolor="black", linewidth=0.4, zorder=2, gid=f"bar-{at}")
            change = float(wasted) - before
            text = f"{100 * wasted:.2g}" if at == 0 else f"{100 * change:+.2g}" if abs(change) > 5e-5 else "0"
            ax.annotate(
                text, (high, at), xytext=(3.0, 0.0), textcoords="offset points", va="center_baseline", fontsize=SMALL, gid="change"
            )
            if at + 1 < count:
                ax.plot([wasted, wasted], [at + 0.35, at + 0.65], color=GREY, linewidth=0.6, zorder=1, gid="link")
            before = float(wasted)
        most = max(float(chart.wasted.max()), 1e-3)
        ax.set_xlim(min(0.0, 1.1 * float(chart.wasted.min())), 1.2 * most)
        ax.set_ylim(count - 0.4, -0.6)
        ax.set_yticks(range(count), list(chart.names))
        ax.tick_params(axis="y", length=0)
        ax.xaxis.set_major_locator(MaxNLocator(5))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.3g}"))
        ax.set_xlabel("Wasted compute (% of budget)", fontsize=TEXT)
        ax.spines[["top", "right"]].set_visible(False)
    return ax
