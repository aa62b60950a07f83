"""When equal thirds are right: a table of budgets by coefficients, shaded by waste, with the values that make them so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.charts import Chart
from budgetplan.plots.log_axis import written
from budgetplan.plots.panel import POINT, Room, axes_for
from budgetplan.plots.style import SMALL, TEXT, map_colours, styled
from budgetplan.plots.words import broken, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 5.2  # mm per coefficient: two lines of small text
_INSET = 0.04  # of a cell, on each side of its frame
_FRAME = 1.1  # pt
_DARK = 0.45  # of the map: white text beyond


@runtime_checkable
class ThirdsData(Chart, Protocol):
    """An equal split over budgets and coefficients, arrays of shape (coefficient, budget)."""

    @property
    def budget(self) -> Array:
        """Of shape (budget,). [FLOP]"""

    @property
    def wasted(self) -> Array:
        """Under the law as it is, shape (budget,). [1]"""

    @property
    def coefficients(self) -> tuple[str, ...]:
        """Moved one at a time."""

    @property
    def least(self) -> Array:
        """Wasted at the best value tried. [1]"""

    @property
    def said(self) -> tuple[tuple[str, ...], ...]:
        """Values at which the split is right, as they are written; empty where there are none."""

    @property
    def tolerance(self) -> float:
        """Compute that may be wasted. [1]"""


def draw_thirds(chart: ThirdsData, ax: Axes | None = None) -> Axes:
    """A row for the law as it is, and one per coefficient; cells in which the split can be right are framed.

    Parameters
    ----------
    chart : ThirdsData
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    names = ("the law as it is", *chart.coefficients)
    left = 4.0 + max(width_of(name, SMALL) for name in names) / POINT
    room = Room(height=_ROW * len(names), left=left, right=2.0)
    with styled():
        ax = axes_for(ax, room, chart.headline, chart.caption)
        count = len(chart.budget)
        ax.set_xlim(-0.5, count - 0.5)
        ax.set_ylim(len(names) - 0.5, -0.5)
        wide = ax.bbox.width / ax.figure.dpi * 72.0 / count * (1.0 - 2.0 * _INSET) - 2.0 * _FRAME
        wasted = np.vstack([chart.wasted, chart.least])
        said = (tuple("right" if value <= chart.tolerance else "" for value in chart.wasted), *chart.said)
        most = max(float(np.nanmax(wasted)), chart.tolerance)
        for at, name in enumerate(names):
            for place in range(count):
                _cell(ax, (at, place), name, float(wasted[at, place]), most, _broken(said[at][place], wide))
        ax.axhline(0.5, color="black", linewidth=1.0, zorder=4, gid="law")
        ax.set_yticks(range(len(names)), list(names))
        ax.set_xticks(range(count), [written(float(value)) for value in chart.budget])
        ax.tick_params(length=0)
        ax.tick_params(axis="y", labelsize=SMALL)
        ax.tick_params(axis="x", labelsize=TEXT)
        ax.set_xlabel("Budget (FLOP)", fontsize=TEXT)
        ax.spines[:].set_visible(False)
    return ax


def _broken(said: str, wide: float) -> str:
    """What a cell says in at most two lines, ranges with a dash and signs without a space where it is narrow."""
    spaced = broken(said, wide, SMALL, "bold")
    narrow = said.replace(" to ", "\N{EN DASH}\n").replace("> ", ">").replace("< ", "<")

    def fits(text: str) -> bool:
        lines = text.split("\n")
        return len(lines) <= 2 and all(width_of(line, SMALL, "bold") <= wide for line in lines)

    alone = any(line in "<>" for line in spaced.split("\n") if line)  # a sign on a line of its own
    choices = (narrow, spaced) if alone else (spaced, narrow)
    return next((text for text in choices if fits(text)), narrow)


def _cell(ax: Axes, where: tuple[int, int], name: str, wasted: float, most: float, said: str) -> None:
    """One cell: shaded by what is wasted at best, framed where the split can be right."""
    from matplotlib.patches import Rectangle

    row, column = where
    part = wasted / most if np.isfinite(wasted) else 0.0
    colour = map_colours("cividis_r", 0.1, 1.0)(part)
    inset = _INSET if said else 0.0
    look = ("black", _FRAME, 3) if said else ("white", 0.6, 2)
    box = Rectangle((column - 0.5 + inset, row - 0.5 + inset), 1 - 2 * inset, 1 - 2 * inset, facecolor=colour, edgecolor=look[0],
                    linewidth=look[1], zorder=look[2], gid=f"{name}:{column}")  # fmt: skip
    ax.add_patch(box)
    told = said or ("" if not np.isfinite(wasted) else f"{100 * wasted:.2g}")
    ink = "white" if part > _DARK and not said else "black"
    ax.annotate(told, (column, row), ha="center", va="center", fontsize=SMALL, color=ink, fontweight="bold" if said else "normal",
                linespacing=1.0, zorder=5, gid="cell")  # fmt: skip
