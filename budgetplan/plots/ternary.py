"""Wasted compute over all splits between three stages, with the optimum, equal thirds and the near-optimal region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.marks import mark
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.results import HasTernary, Ternary, as_ternary
from budgetplan.plots.style import MAP, TEXT, fill_of, styled
from budgetplan.plots.table import Row
from budgetplan.plots.triangle import frame, projection, to_plane
from budgetplan.plots.words import percent
from budgetplan.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.tri import Triangulation, TriContourSet

LEVELS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Borders of the bands of wasted compute: half-decades, the same in every figure so that figures compare. [1]"""
_ROOM = Room(height=52.0, left=12.5, right=12.5, above=5.5, below=23.0)
_BAR, _BAR_BELOW = 2.0, 12.5  # height of the colour bar, and from the axes down to it [mm]


def draw_ternary(result: Ternary | HasTernary, ax: Axes | None = None) -> Axes:
    """Map of wasted compute over the shares of three stages.

    Parameters
    ----------
    result : Ternary or HasTernary
        A map, or a study that computes it.
    ax : matplotlib.axes.Axes, optional
        Where to draw, plain or of mpltern's projection; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    chart = as_ternary(result)
    with styled():
        title = _finding(chart)
        ax = axes_for(ax, _ROOM, title, chart.caption, projection())
        frame(ax, tuple(fill_of(stage).label for stage in chart.stages))
        mesh, wasted = _surface(chart)
        border = np.empty((0, 2))
        if mesh is not None:
            _colour_bar(ax, _bands(ax, mesh, wasted))
            border = _outline(ax, mesh, wasted, chart.tolerance)
        mark(ax, chart.optimum, chart.thirds, border, f"wastes < {percent(chart.tolerance)}")
    return ax


def ternary_table(chart: Ternary) -> list[Row]:
    """The mapped cells and the two marks: one row each.

    Parameters
    ----------
    chart : Ternary
        A map.
    """
    loss = re.sub(r"\W+", "_", chart.loss_name.replace("/", " per ")).strip("_").lower()
    rows: list[Row] = []
    for shares, value, wasted, near in zip(chart.shares, chart.loss, chart.wasted, chart.region, strict=True):
        rows.append(_row(chart, "cell", shares) | {loss: float(value), "wasted_compute": float(wasted), "near_optimal": bool(near)})
    blank: dict[str, str | float | bool | None] = {loss: None, "wasted_compute": None, "near_optimal": None}
    rows.append(_row(chart, "optimum", chart.optimum) | blank | {"wasted_compute": 0.0, "near_optimal": True})
    rows.append(_row(chart, "equal-thirds", chart.thirds) | blank)
    return rows


def _row(chart: Ternary, mark: str, shares: Array) -> dict[str, str | float | bool | None]:
    named = {f"{stage}_share": float(share) for stage, share in zip(chart.stages, shares, strict=True)}
    return {"mark": mark, **named}


def _finding(chart: Ternary) -> str:
    """Say where the optimum lies, and on which side of the outline equal thirds are."""
    parts = [
        f"{format_quantity(float(share), 'ratio', 2)} {fill_of(stage).label}"
        for stage, share in zip(chart.stages, chart.optimum, strict=True)
    ]
    least = format_quantity(chart.tolerance, "ratio", 2)
    wasted = _wasted_at(chart, chart.thirds)
    ending = ""
    if np.isfinite(wasted):
        ending = f"; equal thirds waste {'less' if wasted <= chart.tolerance else 'more'} than {least}"
    return f"Best: {', '.join(parts)}{ending}"


def _surface(chart: Ternary) -> tuple[Triangulation | None, Array]:
    """Triangles between the feasible cells and the optimum, where nothing is wasted; None where too few are feasible."""
    from matplotlib.tri import TriAnalyzer, Triangulation

    points, wasted = to_plane(chart.shares), np.clip(chart.wasted, 0.0, LEVELS[-1])
    best = to_plane(chart.optimum)
    away = np.linalg.norm(points - best, axis=1) > 1e-6
    points, wasted = np.vstack([points[away], best]), np.append(wasted[away], 0.0)
    if np.isfinite(wasted).sum() < 4:
        return None, wasted
    mesh = Triangulation(points[:, 0], points[:, 1])
    lost = ~np.isfinite(wasted[mesh.triangles]).all(axis=1)
    mesh.set_mask(lost | TriAnalyzer(mesh).get_flat_tri_mask(0.01))
    return (None if mesh.mask is not None and mesh.mask.all() else mesh), wasted


def _wasted_at(chart: Ternary, shares: Array) -> float:
    """Wasted compute at a split, interpolated linearly between cells; nan outside them. [1]"""
    from matplotlib.tri import LinearTriInterpolator

    mesh, wasted = _surface(chart)
    if mesh is None:
        return float("nan")
    return float(np.ma.filled(LinearTriInterpolator(mesh, wasted)(*to_plane(shares)), np.nan))


def _bands(ax: Axes, mesh: Triangulation, wasted: Array) -> TriContourSet:
    """Fill the bands between the levels."""
    import matplotlib

    colours = matplotlib.colormaps[MAP](np.linspace(0.0, 1.0, len(LEVELS) - 1))
    return ax.tricontourf(mesh, wasted, levels=LEVELS, colors=colours, transform=ax.transData, zorder=1)


def _colour_bar(ax: Axes, bands: TriContourSet) -> None:
    """Explain the bands beneath the triangle."""
    ax.apply_aspect()
    height = ax.bbox.height / ax.figure.dpi * 25.4
    below, thick = _BAR_BELOW / height, _BAR / height
    cax = ax.inset_axes((0.0, -below - thick, 1.0, thick))
    bar = ax.figure.colorbar(bands, cax=cax, orientation="horizontal", spacing="uniform")
    bar.set_ticks(list(LEVELS), labels=[f"{100 * level:g}" for level in LEVELS])
    bar.set_label("Wasted compute (% of budget)", fontsize=TEXT, labelpad=1.5)
    bar.ax.tick_params(labelsize=TEXT)
    bar.outline.set_linewidth(0.5)


def _outline(ax: Axes, mesh: Triangulation, wasted: Array, tolerance: float) -> Array:
    """Draw the border of the near-optimal region; return its corners in data coordinates, shape (corner, 2)."""
    line = ax.tricontour(mesh, wasted, levels=[tolerance], colors="black", linewidths=1.1, transform=ax.transData, zorder=3)
    line.set_gid("region")
    return np.vstack([np.empty((0, 2)), *(path.vertices for path in line.get_paths())])
