"""Shares of the optimum against budget: a line per stage, its band, and the equal split to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.beside_axes import End, name_ends
from budgetplan.plots.charts import Chart
from budgetplan.plots.log_axis import log_axis
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.style import DASHED, DOTTED, GREY, TEXT, fill_of, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = Room(height=50.0, left=12.0, right=19.0)


@runtime_checkable
class SharesData(Chart, Protocol):
    """Shares by stage, arrays of shape (point,)."""

    @property
    def budget(self) -> Array:
        """[FLOP]"""

    @property
    def shares(self) -> Mapping[str, Array]:
        """Of the optimum. [1]"""

    @property
    def low(self) -> Mapping[str, Array]:
        """Lower ends of the bands, nan where not drawn. [1]"""

    @property
    def high(self) -> Mapping[str, Array]:
        """Upper ends. [1]"""

    @property
    def equal(self) -> float:
        """Share of a stage in an equal split. [1]"""

    @property
    def measured(self) -> tuple[float, float] | None:
        """Compute that the law was measured on. [FLOP]"""


def draw_shares(chart: SharesData, ax: Axes | None = None) -> Axes:
    """Lines of the best shares, solid where the law was measured and dashed beyond.

    Parameters
    ----------
    chart : SharesData
        At least two stages.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    with styled():
        ax = axes_for(ax, _ROOM, chart.headline, chart.caption)
        log_axis(ax, "x", float(chart.budget.min()), float(chart.budget.max()), "Budget (FLOP)", most=7)
        ax.set_ylim(0.0, 1.0)
        ax.yaxis.set_major_locator(MultipleLocator(0.2))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}"))
        ax.set_ylabel("Share of compute (% of budget)", fontsize=TEXT)
        ax.axhline(chart.equal, color=GREY, linewidth=0.7, linestyle=DOTTED, zorder=1, gid="equal")
        for stage in chart.shares:
            _stage(ax, chart, stage)
        looks = {stage: fill_of(stage) for stage in chart.shares}
        ends = [
            End(float(share[np.isfinite(share)][-1]), looks[stage].label, looks[stage].colour, looks[stage].marker)
            for stage, share in chart.shares.items()
        ]
        name_ends(ax, [*ends, End(chart.equal, "equal split", GREY)])
    return ax


def _stage(ax: Axes, chart: SharesData, stage: str) -> None:
    """One stage: its band, the whole line dashed, and solid over it where the law was measured."""
    look, share = fill_of(stage), chart.shares[stage]
    band = np.isfinite(chart.low[stage])
    if band.any():
        ax.fill_between(chart.budget[band], chart.low[stage][band], chart.high[stage][band], color=look.colour, alpha=0.2,
                        linewidth=0.0, zorder=1, gid=f"{stage}-band")  # fmt: skip
    every = max(1, len(chart.budget) // 6)
    ax.plot(chart.budget, share, color=look.colour, linestyle="solid" if chart.measured is None else DASHED, zorder=3, gid=stage,
            marker=look.marker, markersize=3.5, markeredgewidth=0.0, markevery=(every // 2, every))  # fmt: skip
    if chart.measured is not None:
        inside = (chart.budget >= chart.measured[0]) & (chart.budget <= chart.measured[1])
        ax.plot(chart.budget[inside], share[inside], color=look.colour, zorder=3, gid=f"{stage}-measured")
