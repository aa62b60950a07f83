"""The triangle of shares: mpltern's axes where it is installed, otherwise a frame drawn on plain axes.

Both have the same corners in data coordinates, so that whatever is drawn at `to_plane(shares)` with the data transform
lands in the same place on either.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetplan.numerics.arrays import Array, as_array
from budgetplan.plots.style import GREY, TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CORNERS = np.array([[0.0, 1.0], [-1.0 / np.sqrt(3.0), 0.0], [1.0 / np.sqrt(3.0), 0.0]])
"""Where all compute goes to the first, second and third stage: top, left and right, as in mpltern."""
_TICKS = (0.2, 0.4, 0.6, 0.8)
_TICK_PAD, _LABEL_PAD, _CORNER_PAD = 8.0, 19.0, 9.0  # pt
_GRID: dict[str, Any] = {"color": GREY, "linewidth": 0.3, "alpha": 0.6, "zorder": 2.5}


def to_plane(shares: object) -> Array:
    """Data coordinates of shares.

    Parameters
    ----------
    shares : array_like of shape (..., 3)
        That sum to 1. [1]

    Returns
    -------
    ndarray of shape (..., 2)

    Examples
    --------
    >>> to_plane([1.0, 0.0, 0.0]).tolist(), to_plane([0.0, 0.5, 0.5]).tolist()
    ([0.0, 1.0], [0.0, 0.0])
    """
    return as_array(as_array(shares) @ CORNERS)


def projection() -> str | None:
    """Name of mpltern's projection, registered; None where mpltern is not installed."""
    if importlib.util.find_spec("mpltern") is None:
        return None
    importlib.import_module("mpltern")  # importing it registers `ternary`
    return "ternary"


def frame(ax: Axes, names: tuple[str, ...]) -> None:
    """Edges, grid, ticks in percent and labels of a triangle.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Of mpltern's projection, or plain.
    names : tuple of str
        Of the three stages: top, left, right.
    """
    if ax.name == "ternary":
        _label_mpltern(ax, names)
    else:
        _draw_frame(ax, names)
    centre = CORNERS.mean(axis=0)
    for corner, name in zip(CORNERS, names, strict=True):
        side = int(np.sign(corner[0]))
        ax.annotate(
            f"all {name}",
            tuple(corner),
            xytext=(0.0, 4.0) if side == 0 else (side * 28.0, -2.0 * _CORNER_PAD),
            textcoords="offset points",
            ha="center" if side == 0 else ("left" if side < 0 else "right"),
            va="bottom" if corner[1] > centre[1] else "top",
            fontsize=TEXT,
            fontweight="bold",
            annotation_clip=False,
        )


def _axis_label(name: str) -> str:
    return f"{name[:1].upper()}{name[1:]} (% of compute)"


def _label_mpltern(ax: Axes, names: tuple[str, ...]) -> None:
    """Set ticks and labels of mpltern's three axes."""
    from matplotlib.ticker import FixedLocator, FuncFormatter

    for letter, name in zip("tlr", names, strict=True):
        axis = getattr(ax, f"{letter}axis")
        axis.set_major_locator(FixedLocator(_TICKS))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}"))
        axis.set_label_position("tick1")
        axis.set_label_text(_axis_label(name), fontsize=TEXT)
    ax.tick_params(labelsize=TEXT)
    ax.grid(**_GRID)


def _draw_frame(ax: Axes, names: tuple[str, ...]) -> None:
    """Draw on plain axes what mpltern draws on its own, ticks read along the grid lines."""
    ax.set_axis_off()
    ax.set_aspect("equal")
    ax.set_xlim(CORNERS[1, 0], CORNERS[2, 0])
    ax.set_ylim(0.0, 1.0)
    ax.plot(*CORNERS[[0, 1, 2, 0]].T, color="black", linewidth=0.8, clip_on=False, zorder=4, gid="edge")
    for stage, name in enumerate(names):
        zero, rest = (stage + 1) % 3, (stage + 2) % 3  # the edge with the ticks is where stage `zero` gets nothing
        for tick in _TICKS:
            ends = np.zeros((2, 3))
            ends[:, stage], ends[0, rest], ends[1, zero] = tick, 1.0 - tick, 1.0 - tick
            here, there = to_plane(ends)
            ax.plot(*np.array([here, there]).T, **_GRID, gid="grid")
            out = (here - there) / np.linalg.norm(here - there)
            _beside(ax, here, out * _TICK_PAD, f"{100 * tick:.0f}", 0.0)
        middle = (CORNERS[stage] + CORNERS[rest]) / 2
        out = middle - CORNERS[zero]
        along = CORNERS[stage] - CORNERS[rest]
        angle = float(np.degrees(np.arctan2(along[1], along[0])))
        upright = (angle + 90.0) % 180.0 - 90.0
        _beside(ax, middle, out / np.linalg.norm(out) * _LABEL_PAD, _axis_label(name), upright)


def _beside(ax: Axes, place: Array, offset: Array, text: str, rotation: float) -> None:
    ax.annotate(
        text,
        (float(place[0]), float(place[1])),
        xytext=(float(offset[0]), float(offset[1])),
        textcoords="offset points",
        ha="center",
        va="center",
        rotation=rotation,
        fontsize=TEXT,
        annotation_clip=False,
    )
