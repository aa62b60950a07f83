"""Curves of success with runs, bands and ceilings, on an axis of amounts: what two figures of fits have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from budgetplan.errors import DataError
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.plots.beside_axes import End, name_ends
from budgetplan.plots.charts import Chart
from budgetplan.plots.log_axis import log_axis
from budgetplan.plots.panel import POINT, Room, axes_for
from budgetplan.plots.style import DASHED, GREY, MOST_SERIES, SMALL, TEXT, Stroke, series_of, styled
from budgetplan.plots.words import shortened, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT = 54.0  # mm
_LEFT = 12.0
_WIDEST = 31.0  # mm from the axes to the end of the longest name
_LIMIT = 3.0  # pt between the axes and the first bar of a ceiling, and between bars
_MANY = 30.0  # ratio of successes above which a linear axis would flatten the lower curves
_LOWEST = 1e-6


class CurveData(Protocol):
    """A law of success with what was measured."""

    @property
    def label(self) -> str:
        """Group or law."""

    @property
    def x(self) -> Array:
        """Of the line, shape (point,)."""

    @property
    def success(self) -> Array:
        """Of the line. [1]"""

    @property
    def low(self) -> Array:
        """Lower end of its band, nan where not known. [1]"""

    @property
    def high(self) -> Array:
        """Upper end. [1]"""

    @property
    def measured(self) -> tuple[float, float]:
        """Part of x that the law rests on."""

    @property
    def seen_x(self) -> Array:
        """Of the measurements, shape (run,); may be 0."""

    @property
    def seen(self) -> Array:
        """The measurements. [1]"""

    @property
    def seen_low(self) -> Array:
        """Lower ends of their intervals, nan where not known. [1]"""

    @property
    def seen_high(self) -> Array:
        """Upper ends. [1]"""

    @property
    def held(self) -> Bools:
        """Which of them the fit did not see."""

    @property
    def limit(self) -> tuple[float, float] | None:
        """Interval of a ceiling that was not seen. [1]"""


class SuccessData(Chart, Protocol):
    """Curves of success over one axis."""

    @property
    def curves(self) -> Sequence[CurveData]:
        """One per group."""

    @property
    def axis_label(self) -> str:
        """With the unit."""

    @property
    def success_label(self) -> str:
        """With the unit."""


def draw_success(chart: SuccessData, ax: Axes | None = None) -> Axes:
    """Lines dashed where nothing was measured, solid where it was, each with its runs, band, ceiling and name.

    Parameters
    ----------
    chart : SuccessData
        Curves.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    DataError
        If there are more curves than one figure can tell apart.
    """
    if len(chart.curves) > MOST_SERIES:
        raise DataError(
            f"{len(chart.curves)} curves are more than one figure can tell apart, which is {MOST_SERIES}.", "Choose with --where."
        )
    looks = [series_of(curve.label, place) for place, curve in enumerate(chart.curves)]
    limits = [at for at, curve in enumerate(chart.curves) if curve.limit is not None]
    offset = 9.0 + _LIMIT * len(limits)
    names = [shortened(look.label, _WIDEST * POINT - offset, TEXT) for look in looks]
    widest = max(width_of(name, TEXT) for name in names)
    room = Room(_HEIGHT, _LEFT, 3.0 + (offset + widest) / POINT, above=3.0)
    with styled():
        ax = axes_for(ax, room, chart.headline, chart.caption)
        zero = _axes(ax, chart)
        for curve, look in zip(chart.curves, looks, strict=True):
            _line(ax, curve, look)
            _runs(ax, curve, look, zero)
        for place, at in enumerate(limits):
            _limit(ax, chart.curves[at], looks[at], place)
        ends = [
            End(100.0 * float(curve.success[-1]), name, look.colour, look.marker)
            for curve, look, name in zip(chart.curves, looks, names, strict=True)
        ]
        name_ends(ax, ends, offset)
    return ax


def _axes(ax: Axes, chart: SuccessData) -> float:
    """Scale and label; return where runs at 0, which a logarithm has no place for, are drawn."""
    from matplotlib.ticker import MaxNLocator

    amounts = np.concatenate([part for curve in chart.curves for part in (curve.x, curve.seen_x)])
    low, high = float(amounts[amounts > 0].min()), float(amounts.max())
    zero = float(low / (high / low) ** 0.06)
    at_zero = bool((amounts == 0).any())
    log_axis(ax, "x", zero / (high / low) ** 0.02 if at_zero else low / 1.1, high, chart.axis_label)
    if at_zero:
        from matplotlib.ticker import FixedLocator, FuncFormatter

        from budgetplan.plots.log_axis import ticks, written

        ax.xaxis.set_major_locator(FixedLocator([zero, *(tick for tick in ticks(low, high, 6) if tick > zero * 2.0)]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: "0" if value < low * 0.99 else written(value)))
        ax.axvline((zero * low) ** 0.5, color=GREY, linewidth=0.5, linestyle=(0.0, (1.0, 2.0)), zorder=0, gid="zero")
    successes = 100.0 * np.concatenate(
        [part[np.isfinite(part)] for curve in chart.curves for part in (curve.success, curve.seen, curve.high, curve.seen_high)]
    )
    least, most = max(float(successes.min()), 100.0 * _LOWEST), float(successes.max())
    if most > _MANY * least and not at_zero:
        log_axis(ax, "y", least * 0.8, min(most * 1.3, 100.0), chart.success_label)
    else:
        limits = [100.0 * end for curve in chart.curves if curve.limit is not None for end in curve.limit]
        ends = [least, most, *limits]
        pad = 0.04 * (max(ends) - min(ends)) + 0.1
        ax.set_ylim(max(min(ends) - pad, 0.0), min(max(ends) + pad, 100.0))
        ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        ax.set_ylabel(chart.success_label, fontsize=TEXT)
        ax.tick_params(labelsize=TEXT)
    return zero


def _line(ax: Axes, curve: CurveData, look: Stroke) -> None:
    """Band, dashed line, and the solid line over what was measured."""
    if np.isfinite(curve.low).any():
        band: dict[str, Any] = {"facecolor": look.colour, "alpha": 0.18, "linewidth": 0.0, "zorder": 1}
        ax.fill_between(curve.x, 100.0 * curve.low, 100.0 * curve.high, gid=f"{look.label}-band", **band)
    style: dict[str, Any] = {"color": look.colour, "zorder": 3}
    ax.plot(curve.x, 100.0 * curve.success, linestyle=DASHED, linewidth=1.0, gid=look.label, **style)
    inside = (curve.x >= curve.measured[0]) & (curve.x <= curve.measured[1])
    ax.plot(curve.x[inside], 100.0 * curve.success[inside], linewidth=1.2, gid=f"{look.label}-measured", **style)


def _runs(ax: Axes, curve: CurveData, look: Stroke, zero: float) -> None:
    """Measurements with their intervals: full where fitted, hollow where held out."""
    x: Array = np.where(curve.seen_x > 0, curve.seen_x, zero)
    for name, which, fill in (("runs", ~curve.held, look.colour), ("held-out", curve.held, "white")):
        if not which.any():
            continue
        here, there = x[which], 100.0 * curve.seen[which]
        known = np.isfinite(curve.seen_low[which])
        ends = 100.0 * curve.seen_low[which][known], 100.0 * curve.seen_high[which][known]
        ax.vlines(here[known], *ends, color=look.colour, linewidth=0.7, zorder=3, gid=f"{look.label}-{name}-bars")
        ax.plot(
            here,
            there,
            linestyle="none",
            marker=look.marker,
            markersize=3.0,
            markerfacecolor=fill,
            markeredgecolor=look.colour,
            markeredgewidth=0.6,
            zorder=4,
            clip_on=False,
            gid=f"{look.label}-{name}",
        )
    if curve.held.any():
        first = int(np.flatnonzero(curve.held)[0])
        ax.annotate("held out", (float(x[first]), 100.0 * float(curve.seen[first])), xytext=(0.0, -14.0), ha="left",
                    textcoords="offset points", fontsize=SMALL, color=GREY, zorder=5)  # fmt: skip


def _limit(ax: Axes, curve: CurveData, look: Stroke, place: int) -> None:
    """A bar at the right of the axes: where the ceiling may lie that was not seen."""
    from matplotlib.lines import Line2D
    from matplotlib.transforms import ScaledTranslation

    assert curve.limit is not None  # only such curves come here
    shift = ScaledTranslation(_LIMIT * (place + 1) / 72.0, 0.0, ax.figure.dpi_scale_trans)
    bar = Line2D(
        [1.0, 1.0],
        [100.0 * end for end in curve.limit],
        transform=ax.get_yaxis_transform() + shift,
        color=look.colour,
        linewidth=1.4,
        marker="_",
        markersize=3.0,
        markeredgewidth=0.9,
        clip_on=False,
        zorder=4,
        gid=f"{look.label}-ceiling",
    )
    ax.add_line(bar)
