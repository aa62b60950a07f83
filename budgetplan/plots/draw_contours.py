"""Pre-training loss over params and tokens: solid where it was measured, dashed and pale beyond, with budgets and the best path."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from budgetplan.laws.policy import FLOP_PER_PARAM_TOKEN
from budgetplan.numerics.arrays import Array
from budgetplan.plots.charts import Chart
from budgetplan.plots.log_axis import log_axis, written
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.style import DASHED, DOTTED, GREY, MAP, SMALL, TEXT, map_colours, styled
from budgetplan.plots.words import width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import PathPatch

_ROOM = Room(height=62.0, left=13.0, right=4.0)
_WHITE: dict[str, Any] = {"facecolor": "white", "alpha": 0.75, "linewidth": 0.0, "pad": 0.6}
_MOST_BUDGETS = 7
_AWAY = 0.13  # between the middle of a budget's name and the best path, in widths of the axes [1]


class ContourData(Chart, Protocol):
    """A map of loss over params and tokens."""

    @property
    def params(self) -> Array:
        """Shape (column,). [param]"""

    @property
    def tokens(self) -> Array:
        """Shape (row,). [token]"""

    @property
    def loss(self) -> Array:
        """Shape (row, column). [nat/token]"""

    @property
    def levels(self) -> Array:
        """Of the contours, rising. [nat/token]"""

    @property
    def budgets(self) -> Array:
        """Of the isoFLOP lines. [FLOP]"""

    @property
    def path(self) -> Array:
        """Best params and their tokens, shape (point, 2)."""

    @property
    def hull(self) -> Array:
        """Corners around what was measured, shape (corner, 2), perhaps empty."""

    @property
    def runs(self) -> Array:
        """Params and tokens, shape (run, 2), perhaps empty."""


def draw_contours(chart: ContourData, ax: Axes | None = None) -> Axes:
    """Map of loss with contours, isoFLOP lines, the optimal path and the border of what was measured.

    Parameters
    ----------
    chart : ContourData
        A map.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    with styled():
        ax = axes_for(ax, _ROOM, chart.headline, chart.caption)
        log_axis(ax, "x", float(chart.params[0]), float(chart.params[-1]), "Model size (params)")
        log_axis(ax, "y", float(chart.tokens[0]), float(chart.tokens[-1]), "Pre-training tokens (token)")
        _bands(ax, chart)
        inner = _hull(ax, chart)
        _contours(ax, chart, inner)
        _budgets(ax, chart)
        _path(ax, chart, inner)
        if len(chart.runs):
            ax.plot(*chart.runs.T, linestyle="none", marker="o", markersize=1.6, color="black", alpha=0.6,
                    markeredgewidth=0.0, zorder=4, gid="runs")  # fmt: skip
    return ax


def _bands(ax: Axes, chart: ContourData) -> None:
    """Fill between contours: dark where the loss is high, light enough for black labels."""
    edges = np.concatenate([[chart.loss.min() - 1e-9], chart.levels, [chart.loss.max() + 1e-9]])
    colours = map_colours(MAP, 0.0, 0.6)(np.linspace(0.0, 1.0, len(edges) - 1))
    bands = ax.contourf(chart.params, chart.tokens, chart.loss, levels=edges, colors=colours, zorder=0)
    bands.set_gid("bands")


def _hull(ax: Axes, chart: ContourData) -> PathPatch | None:
    """Border what was measured and turn the rest pale; return the border, None where what was measured is no area."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    frame = np.array([[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]])
    pale: dict[str, Any] = {"facecolor": "white", "alpha": 0.55, "linewidth": 0.0, "zorder": 1, "gid": "beyond"}
    codes = [Path.MOVETO, *[Path.LINETO] * (len(frame) - 2), Path.CLOSEPOLY]
    if len(chart.hull) < 3:
        ax.add_patch(PathPatch(Path(frame, codes), **pale))
        if len(chart.hull):
            ax.plot(*chart.hull.T, color="black", linewidth=1.6, alpha=0.5, zorder=3, gid="hull")
        return None
    corners = np.vstack([chart.hull, chart.hull[:1]])
    hole = [Path.MOVETO, *[Path.LINETO] * (len(corners) - 2), Path.CLOSEPOLY]
    turned = corners if _area(corners) < 0 else corners[::-1]  # against the frame, so that it is a hole
    veil = Path(np.vstack([frame, turned]), codes + hole)
    ax.add_patch(PathPatch(veil, **pale))
    border = PathPatch(Path(corners, hole), facecolor="none", edgecolor="black", linewidth=0.9, zorder=3, gid="hull")
    ax.add_patch(border)
    top_corner = corners[np.argmax(np.log(corners[:, 1]) - 0.3 * np.log(corners[:, 0]))]
    # to the left, away from the best path, where there is room
    room = math.log(top_corner[0] / left) / math.log(right / left) * ax.bbox.width * 72.0 / ax.figure.dpi
    side = "right" if room > width_of("measured", TEXT, "bold") + 4.0 else "left"
    ax.annotate("measured", tuple(top_corner), xytext=(2.0, 3.0), textcoords="offset points", ha=side, va="bottom",
                fontsize=TEXT, fontweight="bold", bbox=_WHITE, zorder=6)  # fmt: skip
    return border


def _area(corners: Array) -> float:
    """Signed area of a closed polygon in logarithms: above 0 where it turns left."""
    x, y = np.log(corners).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2.0


def _contours(ax: Axes, chart: ContourData, inner: PathPatch | None) -> None:
    """Contours dashed everywhere, and solid over them where the law was measured; each with its loss."""
    style: dict[str, Any] = {"levels": chart.levels, "colors": "black", "linewidths": 0.6}
    lines = ax.contour(chart.params, chart.tokens, chart.loss, linestyles=[DASHED], zorder=2, **style)
    lines.set_gid("contours")
    if inner is not None:
        solid = ax.contour(chart.params, chart.tokens, chart.loss, linestyles="solid", zorder=2.5, **{**style, "linewidths": 0.9})
        solid.set_clip_path(inner)
        solid.set_gid("contours-measured")
    # At the right, where contours lie level and far apart, each is named on its own height.
    column = int(0.9 * (len(chart.params) - 1))
    down = chart.loss[:, column]
    for level in chart.levels:
        if down[-1] < level < down[0]:
            token = float(np.exp(np.interp(-level, -down, np.log(chart.tokens))))
            ax.text(float(chart.params[column]), token, f"{level:.6g}", fontsize=SMALL, ha="center", va="center", bbox=_WHITE,
                    zorder=5, gid="level")  # fmt: skip


def _budgets(ax: Axes, chart: ContourData) -> None:
    """Lines of equal compute, C = 6 N D, each named where it enters at the left or the bottom."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    size = ax.bbox
    angle = -math.degrees(math.atan2(size.height / math.log(top / bottom), size.width / math.log(right / left)))
    every = math.ceil(len(chart.budgets) / _MOST_BUDGETS)
    for flop in chart.budgets[::every]:
        product = float(flop) / FLOP_PER_PARAM_TOKEN
        name, ends = written(flop), np.array([left, right])
        ax.plot(ends, product / ends, color=GREY, linewidth=0.7, linestyle=DOTTED, zorder=2, gid=f"budget-{name}")
        # Named 12 % in from the left where the line passes there, else from the bottom.
        at = left * (right / left) ** 0.12
        if not bottom * (top / bottom) ** 0.05 < product / at < top / (top / bottom) ** 0.05:
            height = bottom * (top / bottom) ** (0.1 if product / at < top else 0.9)
            at = product / height
        at = _beside_path(chart, product, at, (right / left) ** _AWAY)
        if left * 1.5 < at < right / 1.5 and bottom * 1.2 < product / at < top / 1.2:
            ax.text(at, product / at, f"{name} FLOP", rotation=angle, fontsize=SMALL, color=GREY, ha="center",
                    va="center", bbox=_WHITE, zorder=4, gid="budget-name")  # fmt: skip


def _beside_path(chart: ContourData, product: float, at: float, away: float) -> float:
    """Where to name a budget: at a size, or a factor of `away` beyond the best one, which the path would cover. [param]"""
    if not len(chart.path):
        return at
    params, products = chart.path[:, 0], chart.path[:, 0] * chart.path[:, 1]
    if not products[0] <= product <= products[-1]:
        return at
    best = float(np.exp(np.interp(math.log(product), np.log(products), np.log(params))))
    return best * away if best / away < at < best * away else at


def _path(ax: Axes, chart: ContourData, inner: PathPatch | None) -> None:
    """The best size for each budget: dashed, and solid where the law was measured."""
    if not len(chart.path):
        return
    style: dict[str, Any] = {"color": "#D55E00", "zorder": 4.5}
    ax.plot(*chart.path.T, linestyle=DASHED, linewidth=1.4, gid="optimal", **style)
    if inner is not None:
        (line,) = ax.plot(*chart.path.T, linewidth=2.0, gid="optimal-measured", **style)
        line.set_clip_path(inner)
    at = chart.path[int(0.85 * (len(chart.path) - 1))]
    ax.annotate("best", tuple(at), xytext=(-6.0, 6.0), textcoords="offset points", ha="right", va="bottom", fontsize=TEXT,
                fontweight="bold", bbox=_WHITE, zorder=6)  # fmt: skip
