"""What rules of thumb waste against budget, and where the law was no longer measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetplan.errors import DataError
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.plots.beside_axes import End, name_ends
from budgetplan.plots.log_axis import log_axis, ticks
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.results import HasRegret, Regret, as_regret
from budgetplan.plots.style import GREY, LIGHT, SMALL, TEXT, stroke_of, styled
from budgetplan.plots.table import Row
from budgetplan.plots.words import broken, percent, width_of
from budgetplan.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = Room(height=48.0, left=12.0, right=21.0)
_MANY = 20.0  # ratio of wasted compute above which a linear axis would flatten the lower lines
_FLOOR = 1e-4  # least wasted compute on a logarithmic axis
_BEYOND = "beyond what was measured"


def draw_regret(result: Regret | HasRegret, ax: Axes | None = None) -> Axes:
    """Lines of wasted compute against budget, one per baseline, dashed where the law was not measured.

    Parameters
    ----------
    result : Regret or HasRegret
        A curve, or a study that computes it.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    DataError
        If there is no baseline, or no baseline has a value.
    """
    curve = as_regret(result)
    lines = {name: np.asarray(wasted, float) for name, wasted in curve.baselines.items() if np.isfinite(wasted).any()}
    if not lines:
        raise DataError("The regret curve has no baseline with a value.", "Use a law with several stages.")
    with styled():
        title = _finding(curve.budget, lines)
        ax = axes_for(ax, _ROOM, title, curve.caption)
        _axes(ax, curve.budget, np.concatenate([*lines.values(), *(curve.band or ())]))
        _shade(ax, curve)
        _band(ax, curve)
        for place, (name, wasted) in enumerate(lines.items()):
            _line(ax, curve, name, wasted, place)
        looks = {name: stroke_of(name, place) for place, name in enumerate(lines)}
        ends = {name: float(wasted[np.flatnonzero(np.isfinite(wasted))[-1]]) for name, wasted in lines.items()}
        name_ends(ax, [End(ends[name], look.label, look.colour, look.marker) for name, look in looks.items()])
    return ax


def regret_table(curve: Regret) -> list[Row]:
    """The points of the lines: one row per baseline and budget.

    Parameters
    ----------
    curve : Regret
        A curve.
    """
    inside = None if curve.measured is None else _inside(curve.budget, curve.measured)
    return [
        {
            "baseline": name,
            "budget_flop": float(budget),
            "wasted_compute": float(value),
            "measured": None if inside is None else bool(inside[point]),
            **_ends(curve, name, point),
        }
        for name, wasted in curve.baselines.items()
        for point, (budget, value) in enumerate(zip(curve.budget, wasted, strict=True))
    ]


def _inside(budget: Array, measured: tuple[float, float]) -> Bools:
    return np.asarray((budget >= measured[0]) & (budget <= measured[1]))


def _finding(budget: Array, lines: dict[str, Array]) -> str:
    """Say how much the first baseline, equal thirds where it is one, wastes over all budgets."""
    name = "equal-thirds" if "equal-thirds" in lines else next(iter(lines))
    wasted = lines[name]
    there = budget[np.isfinite(wasted)]
    least, most = percent(float(np.nanmin(wasted))), percent(float(np.nanmax(wasted)))
    label = stroke_of(name).label
    amount = least if least == most else f"{least.removesuffix(' %')} to {most}"
    verb = "wastes" if label == "Chinchilla" else "waste"
    return f"{label[:1].upper()}{label[1:]} {verb} {amount} of compute from {_power(there.min())} to {_power(there.max())} FLOP"


def _power(value: float) -> str:
    return format_quantity(float(value), "compute", 2).removesuffix(" FLOP").replace(".0e", "e")


def _axes(ax: Axes, budget: Array, wasted: Array) -> None:
    """Scale and label the axes; wasted compute is logarithmic only where a linear axis would hide lines."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

    log_axis(ax, "x", float(budget.min()), float(budget.max()), "Budget (FLOP)")
    seen = wasted[np.isfinite(wasted) & (wasted > 0)]
    most = float(seen.max()) if len(seen) else _FLOOR
    least = max(float(seen.min()) if len(seen) else _FLOOR, _FLOOR)
    # room above for what is written there; nobody wastes more than all, so no number stands there
    if most > _MANY * least:
        ax.set_yscale("log")
        ax.set_ylim(least * 0.8, most * (most / least) ** 0.2)
        ax.yaxis.set_minor_locator(NullLocator())
        numbers = [percent / 100.0 for percent in ticks(80.0 * least, 100.0 * most * (most / least) ** 0.2, 6)]
    else:
        ax.set_ylim(0.0, most * 1.2)
        numbers = list(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, most * 1.2))
    ax.yaxis.set_major_locator(FixedLocator([number for number in numbers if number < 1.0 + 1e-9]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.3g}"))
    ax.set_ylabel("Wasted compute (% of budget)", fontsize=TEXT)
    ax.tick_params(labelsize=TEXT)
    ax.spines[["top", "right"]].set_visible(False)


def _shade(ax: Axes, curve: Regret) -> None:
    """Shade and name budgets outside those on which the law was measured."""
    if curve.measured is None:
        return
    low, high = ax.get_xlim()
    ends = [(low, min(curve.measured[0], high)), (max(curve.measured[1], low), high)]
    sides = [(a, b) for a, b in ends if b > a]
    if not sides:
        return
    scale = ax.bbox.width * 72.0 / ax.figure.dpi / math.log(high / low)
    widest = max(sides, key=lambda side: side[1] / side[0])
    for a, b in sides:
        ax.axvspan(a, b, facecolor=LIGHT, alpha=0.6, linewidth=0.0, zorder=0, gid="beyond")
        width = math.log(b / a) * scale
        lying = width > max(width_of(word, SMALL) for word in _BEYOND.split()) + 4.0
        if lying or (a, b) == widest:  # upright words cross the lines: one side is named by its shade alone
            outer = b == high
            ax.annotate(
                broken(_BEYOND, width - 4.0, SMALL) if lying else _BEYOND,
                (a if outer else b, 1.0),
                xycoords=ax.get_xaxis_transform(),
                xytext=(2.0 if outer else -2.0, -2.0),
                textcoords="offset points",
                rotation=0.0 if lying else 90.0,
                ha="left" if outer else "right",
                va="top",
                fontsize=SMALL,
                color=GREY,
                zorder=1,
                annotation_clip=False,
            )


def _ends(curve: Regret, name: str, point: int) -> dict[str, float | None]:
    """Ends of the interval at a point, where the curve has a band; only equal thirds have one."""
    if curve.band is None:
        return {}
    low, high = (float(side[point]) if name == "equal-thirds" else None for side in curve.band)
    return {"wasted_compute_q05": low, "wasted_compute_q95": high}


def _band(ax: Axes, curve: Regret) -> None:
    """Shade what equal thirds waste in nine draws of ten."""
    if curve.band is None:
        return
    low, high = (np.asarray(side, float) for side in curve.band)
    known = np.isfinite(low) & np.isfinite(high)
    bottom = np.maximum(low[known], ax.get_ylim()[0])
    ax.fill_between(curve.budget[known], bottom, high[known], color="black", alpha=0.18, linewidth=0.0, zorder=2, gid="band")


def _line(ax: Axes, curve: Regret, name: str, wasted: Array, place: int) -> None:
    """Draw one baseline: dashed throughout, and solid over it where the law was measured."""
    look = stroke_of(name, place)
    budget = np.asarray(curve.budget, float)
    every = max(1, len(budget) // 8)
    mark: dict[str, Any] = {"marker": look.marker, "markersize": 3.5, "markevery": (every // 2, every), "markeredgewidth": 0.0}
    dashes = (0.0, look.dashes) if curve.measured is not None else "solid"
    ax.plot(budget, wasted, color=look.colour, linestyle=dashes, gid=name, zorder=3, **mark)
    if curve.measured is None:
        return
    low, high = max(curve.measured[0], budget.min()), min(curve.measured[1], budget.max())
    if low >= high:
        return
    inner = budget[(budget > low) & (budget < high)]
    points = np.concatenate([[low], inner, [high]])
    values = np.interp(np.log(points), np.log(budget), wasted)
    ax.plot(points, values, color=look.colour, linestyle="solid", gid=f"{name}-measured", zorder=3)
