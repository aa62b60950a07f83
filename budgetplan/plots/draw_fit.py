"""Losses of runs against those of a fitted law, and beneath them what is left over: fitted and held-out runs told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from budgetplan.numerics.arrays import Array, Bools
from budgetplan.plots.beside_axes import beneath, colour_bar
from budgetplan.plots.charts import Chart
from budgetplan.plots.coefficient_bars import CoefficientData, draw_coefficients
from budgetplan.plots.log_axis import log_axis
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.style import DOTTED, GREY, LIGHT, SMALL, TEXT, map_colours, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GAP, _LOWER = 11.0, 22.0  # mm between the panels, and of the lower one
_ROOM = Room(height=44.0, left=13.0, right=17.0, above=2.0, below=_GAP + _LOWER + 10.0)
_NEAR = 0.01  # deviation that the guide lines mark
_FITTED: dict[str, Any] = {"marker": "o", "s": 7.0, "linewidths": 0.25, "edgecolors": GREY}
_HELD: dict[str, Any] = {"marker": "D", "s": 15.0, "linewidths": 0.9, "edgecolors": "black"}


@runtime_checkable
class FitData(Chart, Protocol):
    """Runs beside what a fitted law says of them, arrays of shape (run,)."""

    @property
    def params(self) -> Array:
        """[param]"""

    @property
    def tokens(self) -> Array:
        """[token]"""

    @property
    def observed(self) -> Array:
        """Loss. [nat/token]"""

    @property
    def fitted(self) -> Array:
        """Loss, a forecast where the run was held out. [nat/token]"""

    @property
    def low(self) -> Array:
        """Lower end of the forecast, nan where fitted. [nat/token]"""

    @property
    def high(self) -> Array:
        """Upper end. [nat/token]"""

    @property
    def held(self) -> Bools:
        """Which runs the fit did not see."""

    @property
    def names(self) -> tuple[str, str]:
        """Of the runs that are not held out, and of those that are."""

    @property
    def residual(self) -> Array:
        """observed/fitted - 1. [1]"""


def draw_fit(chart: FitData | CoefficientData, ax: Axes | None = None) -> Axes:
    """Observed against fitted losses with the line where they agree, and residuals by tokens in a panel beneath.

    Parameters
    ----------
    chart : FitData or CoefficientData
        Runs with their fitted losses; or the coefficients of a law without runs, of which the intervals are drawn.
    ax : matplotlib.axes.Axes, optional
        Where to draw, the panel of residuals beneath it; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
        Of the upper panel; the lower one is the first of its child axes.
    """
    if not isinstance(chart, FitData):
        return draw_coefficients(chart, ax)
    from matplotlib.colors import LogNorm

    with styled():
        ax = axes_for(ax, _ROOM, chart.headline, chart.caption)
        colours = map_colours()
        least, most = float(chart.params.min()), float(chart.params.max())
        norm = LogNorm(least, most if most > least else least * 10.0)
        look = {"c": chart.params, "cmap": colours, "norm": norm}
        lower = beneath(ax, _GAP, _LOWER)
        _agreement(ax, chart)
        _runs(ax, chart, chart.fitted, chart.observed, look)
        _residuals(lower, chart)
        _runs(lower, chart, chart.tokens, 100.0 * chart.residual, look)
        colour_bar(ax, 2.0, colours, norm, "Model size (params)")
        _key(ax, chart)
    return ax


def _agreement(ax: Axes, chart: FitData) -> None:
    """Axes of the upper panel, and the lines where observed and fitted agree, and to 1 %."""
    values = np.concatenate([chart.observed, chart.fitted])
    low, high = float(values.min()) / 1.02, float(values.max()) * 1.02
    log_axis(ax, "x", low, high, "Fitted loss (nat/token)", most=8)
    log_axis(ax, "y", low, high, "Observed loss (nat/token)", most=8)
    ends = np.array([low, high])
    ax.plot(ends, ends, color="black", linewidth=0.7, zorder=1, gid="identity")
    for side in (1.0 - _NEAR, 1.0 + _NEAR):
        ax.plot(ends, ends * side, color=GREY, linewidth=0.6, linestyle=DOTTED, zorder=1, gid="near")


def _residuals(ax: Axes, chart: FitData) -> None:
    """Axes of the lower panel, its guide lines, and the shade over tokens that no fitted run had."""
    low, high = float(chart.tokens.min()) / 1.3, float(chart.tokens.max()) * 1.3
    log_axis(ax, "x", low, high, "Pre-training tokens (token)")
    least, greatest = 100.0 * (chart.low / chart.fitted - 1.0), 100.0 * (chart.high / chart.fitted - 1.0)
    known = np.isfinite(least)
    far = np.abs(np.concatenate([100.0 * chart.residual, least[known], greatest[known]]))
    most = max(float(far.max()), 150.0 * _NEAR) * 1.1
    ax.set_ylim(-most, most)
    ax.set_ylabel("Residual (%)", fontsize=TEXT)
    ax.tick_params(labelsize=TEXT)
    ax.axhline(0.0, color="black", linewidth=0.7, zorder=1, gid="identity")
    for side in (-100.0 * _NEAR, 100.0 * _NEAR):
        ax.axhline(side, color=GREY, linewidth=0.6, linestyle=DOTTED, zorder=1, gid="near")
    ax.vlines(chart.tokens[known], least[known], greatest[known], color="black", linewidth=0.8, zorder=3.5, gid="forecast")
    ax.annotate(
        "\N{PLUS-MINUS SIGN}1 %",
        (1.0, 100.0 * _NEAR),
        xycoords=ax.get_yaxis_transform(),
        xytext=(2.0, 0.0),
        textcoords="offset points",
        va="center_baseline",
        fontsize=SMALL,
        color=GREY,
        annotation_clip=False,
    )
    seen = chart.tokens[~chart.held]
    if not len(seen):
        return
    for start, end in ((low, float(seen.min())), (float(seen.max()), high)):
        if ((chart.tokens > start) & (chart.tokens < end)).any():
            ax.axvspan(start, end, facecolor=LIGHT, alpha=0.6, linewidth=0.0, zorder=0, gid="beyond")


def _runs(ax: Axes, chart: FitData, x: Array, y: Array, look: dict[str, Any]) -> None:
    """Fitted runs as dots, held-out runs as diamonds with a black edge."""
    groups: tuple[tuple[str, Bools, dict[str, Any]], ...] = (("fitted", ~chart.held, _FITTED), ("held-out", chart.held, _HELD))
    for name, which, mark in groups:
        if which.any():
            ax.scatter(x[which], y[which], zorder=3, gid=name, **{**look, "c": look["c"][which]}, **mark)


def _key(ax: Axes, chart: FitData) -> None:
    """Say which mark is which, where there are both."""
    from matplotlib.lines import Line2D

    if not chart.held.any():
        return
    entries = ((chart.names[0], ~chart.held, "o", 3.5, GREY), (chart.names[1], chart.held, "D", 4.5, "black"))
    handles = [
        Line2D([], [], linestyle="none", marker=marker, markersize=size, markerfacecolor=LIGHT, markeredgecolor=edge,
               label=f"{name}, {int(which.sum())} runs")
        for name, which, marker, size, edge in entries
    ]  # fmt: skip
    ax.legend(handles=handles, loc="upper left", frameon=False, fontsize=TEXT, handletextpad=0.2, borderaxespad=0.2)
