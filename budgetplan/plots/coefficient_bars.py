"""Coefficients of a law, one per line: its interval relative to its value, with the value written beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.charts import Chart
from budgetplan.plots.log_axis import log_axis
from budgetplan.plots.panel import POINT, Room, axes_for
from budgetplan.plots.style import DOTTED, GREY, TEXT, styled
from budgetplan.plots.words import width_of, with_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 3.6  # mm per coefficient
_FILLS = {"published": "black", "fitted": "black", "assumed": "white"}


class CoefficientData(Chart, Protocol):
    """Coefficients of a law, arrays of shape (coefficient,)."""

    @property
    def names(self) -> tuple[str, ...]:
        """As the law file has them."""

    @property
    def units(self) -> tuple[str, ...]:
        """Of the values; `1` where there is none."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Published, fitted or assumed."""

    @property
    def values(self) -> Array:
        """Each in its unit."""

    @property
    def ratios(self) -> Array:
        """Ends of the intervals over the values, shape (coefficient, 2), nan where not known. [1]"""


def draw_coefficients(chart: CoefficientData, ax: Axes | None = None) -> Axes:
    """Intervals as bars around the value on one logarithmic axis; assumed coefficients are hollow.

    Parameters
    ----------
    chart : CoefficientData
        Coefficients of a law.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    count = len(chart.names)
    shown = [
        with_unit(f"{value:.5g}", unit) + (" assumed" if kind == "assumed" else "")
        for value, unit, kind in zip(chart.values, chart.units, chart.kinds, strict=True)
    ]
    left = 4.0 + max(width_of(name, TEXT) for name in chart.names) / POINT
    right = 4.0 + max(width_of(text, TEXT) for text in shown) / POINT
    room = Room(height=_ROW * (count + 0.6), left=left, right=right, above=2.0)
    with styled():
        ax = axes_for(ax, room, chart.headline, chart.caption)
        ratios = chart.ratios
        known = ratios[np.isfinite(ratios)]
        low, high = (min(float(known.min()), 0.8), max(float(known.max()), 1.25)) if known.size else (0.8, 1.25)
        log_axis(ax, "x", low / 1.05, high * 1.05, "Interval relative to the value (1)", most=5)
        ax.set_ylim(count - 0.2, -0.8)
        ax.axvline(1.0, color=GREY, linewidth=0.5, linestyle=DOTTED, zorder=0, gid="value")
        for at, (text, kind) in enumerate(zip(shown, chart.kinds, strict=True)):
            name = chart.names[at]
            if np.isfinite(ratios[at]).all():
                ax.plot(ratios[at], [at, at], color="black", linewidth=1.2, marker="|", markersize=4.0, gid=f"{name}-interval")
            ax.plot([1.0], [at], linestyle="none", marker="o", markersize=3.5, markerfacecolor=_FILLS.get(kind, "black"),
                    markeredgecolor="black", markeredgewidth=0.8, zorder=3, gid=name)  # fmt: skip
            ax.annotate(text, (1.0, at), xycoords=ax.get_yaxis_transform(),
                        xytext=(4.0, 0.0), textcoords="offset points", va="center_baseline", fontsize=TEXT,
                        annotation_clip=False)  # fmt: skip
        ax.set_yticks(range(count), list(chart.names))
        ax.tick_params(axis="y", length=0, labelsize=TEXT)
        ax.spines["left"].set_visible(False)
    return ax
