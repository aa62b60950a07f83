"""Public models as points, tokens per param over training compute, with the ratio that a law finds best as a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from budgetplan.errors import DataError
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.plots.charts import Chart
from budgetplan.plots.log_axis import log_axis
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.placement import Box, beside
from budgetplan.plots.style import SMALL, TEXT, styled
from budgetplan.plots.words import width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = Room(height=70.0, left=13.0, right=4.0)
_DASHES = (0.0, (3.0, 1.5))
_OPEN, _CLOSED = "#0072B2", "#D55E00"
_SIZE = 3.6  # of a mark [pt]
_HEIGHT = 1.2 * SMALL  # of a name [pt]
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
    ax.plot(chart.line_compute, chart.line_ratio, color="black", linewidth=1.0, linestyle=_DASHES, zorder=2, gid="optimum")
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
    figure = ax.figure
    assert figure is not None  # `panel` and `dress` have axes in a figure
    scale = 72.0 / figure.dpi

    def on_page(compute: Array, ratio: Array) -> Array:
        return np.asarray(ax.transData.transform(np.stack([compute, ratio], axis=1)) * scale)

    frame = ax.bbox
    left, bottom, right, top = (value * scale for value in (frame.x0, frame.y0, frame.x1, frame.y1))

    def inside(x: float, y: float) -> bool:
        return bool(left <= x <= right and bottom <= y <= top)

    marks = [Box.around(float(x), float(y), _SIZE, _SIZE) for x, y in on_page(chart.compute, chart.tokens_per_param)]
    line = on_page(chart.line_compute, chart.line_ratio)
    legend = _legend_box(ax, scale)
    taken = [*marks, legend, *(Box.around(float(x), float(y), 2.0, 2.0) for x, y in line)]
    end = Box.around(float(line[-6, 0]), float(line[-6, 1]), 1.0, 1.0)
    taken.append(_written(ax, "compute-optimal", end, taken, inside, TEXT, "bold"))
    distance = np.abs(np.log(chart.tokens_per_param / np.interp(chart.compute, chart.line_compute, chart.line_ratio)))
    for index in np.argsort(-distance, kind="stable"):
        place = beside(marks[index], width_of(chart.names[index], SMALL), _HEIGHT, taken, inside, _GAPS)
        clear = all(place.overlap(other) == 0.0 for other in taken) and all(inside(*corner) for corner in place.corners)
        if clear:
            named = _written(ax, chart.names[index], marks[index], taken, inside, SMALL, "normal")
            taken.append(Box(named.left - _APART, named.bottom, named.right + _APART, named.top))


def _legend_box(ax: Axes, scale: float) -> Box:
    """Where the legend stands. [pt]"""
    legend = ax.get_legend()
    assert legend is not None
    box = legend.get_window_extent()
    return Box(*(float(value) * scale for value in (box.x0, box.y0, box.x1, box.y1)))


def _written(ax: Axes, text: str, mark: Box, taken: list[Box], inside: Any, size: float, weight: str) -> Box:
    """Write a name beside its mark; return the place it takes."""
    place = beside(mark, width_of(text, size, weight), 1.2 * size, taken, inside, _GAPS)
    ax.annotate(
        text,
        tuple(ax.transData.inverted().transform(np.array(mark.centre) * ax.figure.dpi / 72.0)),
        xytext=(place.centre[0] - mark.centre[0], place.centre[1] - mark.centre[1]),
        textcoords="offset points",
        ha="center",
        va="center_baseline",
        fontsize=size,
        fontweight=weight,
        zorder=5,
        gid="name",
    )
    return place
