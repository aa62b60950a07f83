"""Public models as points, tokens per param over training compute, with the ratio that a law finds best as a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from budgetplan.errors import DataError
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.plots.charts import Chart
from budgetplan.plots.log_axis import log_axis
from budgetplan.plots.names import inside_axes, mark_box, place_for, write_at
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.placement import Box
from budgetplan.plots.style import DASHED, SMALL, TEXT, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = Room(height=70.0, left=13.0, right=4.0)
_OPEN, _CLOSED = "#0072B2", "#D55E00"
_SIZE = 3.6  # of a mark [pt]
_APART = 3.0  # pt between two names on one line: closer they read as one
_GAPS = (1.0, 2.0)  # between a mark and its name: farther, it would read as another's [pt]
_KINDS = (
    ("dense-open", "dense, open weights", "o", _OPEN, _OPEN),
    ("sparse-open", "sparse, open weights", "s", _OPEN, "white"),
    ("dense-closed", "dense, closed", "^", _CLOSED, _CLOSED),
    ("sparse-closed", "sparse, closed", "v", _CLOSED, "white"),
)


@runtime_checkable
class BacktestData(Chart, Protocol):
    """Models and a line, arrays of shape (model,) and (point,)."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the models."""

    @property
    def compute(self) -> Array:
        """[FLOP]"""

    @property
    def tokens_per_param(self) -> Array:
        """[token/param]"""

    @property
    def open_weights(self) -> Bools:
        """Whether the weights can be downloaded."""

    @property
    def sparse(self) -> Bools:
        """Whether only some params are active per token."""

    @property
    def line_compute(self) -> Array:
        """[FLOP]"""

    @property
    def line_ratio(self) -> Array:
        """[token/param]"""

    @property
    def measured(self) -> tuple[float, float] | None:
        """Compute that the law was measured on. [FLOP]"""


def draw_backtest(chart: BacktestData, ax: Axes | None = None) -> Axes:
    """Models above the line were trained longer than their compute asks for, those below it are larger.

    Parameters
    ----------
    chart : BacktestData
        At least one model.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    DataError
        If there is no model to draw.
    """
    if not len(chart.compute):
        raise DataError("There is no model to draw: no source states both params and tokens.", "Name another --model.")
    with styled():
        ax = axes_for(ax, _ROOM, chart.headline, chart.caption)
        ratios = np.concatenate([chart.tokens_per_param, chart.line_ratio])
        log_axis(ax, "x", float(chart.line_compute.min()), float(chart.line_compute.max()), "Training compute, 6 N D (FLOP)")
        log_axis(ax, "y", float(ratios.min()) / 2.0, float(ratios.max()) * 2.0, "Tokens per param, D/N (token/param)")
        _line(ax, chart)
        _models(ax, chart)
        _names(ax, chart)
    return ax


def _line(ax: Axes, chart: BacktestData) -> None:
    """The compute-optimal ratio: dashed, and solid where the law was measured."""
    ax.plot(chart.line_compute, chart.line_ratio, color="black", linewidth=1.0, linestyle=DASHED, zorder=2, gid="optimum")
    if chart.measured is not None:
        inside = (chart.line_compute >= chart.measured[0]) & (chart.line_compute <= chart.measured[1])
        ax.plot(chart.line_compute[inside], chart.line_ratio[inside], color="black", zorder=2, gid="optimum-measured")


def _models(ax: Axes, chart: BacktestData) -> None:
    """One mark per model; colour and shape tell open from closed, filling tells dense from sparse."""
    for gid, label, marker, edge, face in _KINDS:
        kind = (chart.sparse == gid.startswith("sparse")) & (chart.open_weights == gid.endswith("open"))
        if kind.any():
            ax.plot(chart.compute[kind], chart.tokens_per_param[kind], linestyle="none", marker=marker, markersize=_SIZE,
                    markerfacecolor=face, markeredgecolor=edge, markeredgewidth=0.8, label=label, zorder=4, gid=gid)  # fmt: skip
    ax.legend(fontsize=SMALL, frameon=False, loc="upper right", handletextpad=0.2, borderaxespad=0.2)


def _names(ax: Axes, chart: BacktestData) -> None:
    """Names where there is room: the farthest from the line first, the law's own line beside its end."""
    inside = inside_axes(ax)
    marks = [mark_box(ax, place, _SIZE) for place in zip(chart.compute, chart.tokens_per_param, strict=True)]
    line = list(zip(chart.line_compute, chart.line_ratio, strict=True))
    taken = [*marks, _legend_box(ax), *(mark_box(ax, place, 2.0) for place in line)]
    end = mark_box(ax, line[-6], 1.0)
    place = place_for("compute-optimal", end, taken, inside, TEXT, "bold", _GAPS)
    write_at(ax, "compute-optimal", end, place, TEXT, "bold", zorder=5)
    taken.append(place)
    distance = np.abs(np.log(chart.tokens_per_param / np.interp(chart.compute, chart.line_compute, chart.line_ratio)))
    for index in np.argsort(-distance, kind="stable"):
        place = place_for(chart.names[index], marks[index], taken, inside, SMALL, gaps=_GAPS)
        if all(place.overlap(other) == 0.0 for other in taken) and all(inside(*corner) for corner in place.corners):
            write_at(ax, chart.names[index], marks[index], place, SMALL, zorder=5)
            taken.append(Box(place.left - _APART, place.bottom, place.right + _APART, place.top))


def _legend_box(ax: Axes) -> Box:
    """Where the legend stands. [pt]"""
    legend = ax.get_legend()
    assert legend is not None
    box, scale = legend.get_window_extent(), 72.0 / ax.figure.dpi
    return Box(*(float(value) * scale for value in (box.x0, box.y0, box.x1, box.y1)))
