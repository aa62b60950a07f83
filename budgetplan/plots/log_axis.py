"""Logarithmic axes with decades that are written as the units' reader writes them, and plain ticks where decades are few."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from budgetplan.plots.style import TEXT
from budgetplan.plots.words import width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

_STEPS = ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))
_ENOUGH = 3  # ticks that an axis should have
_APART = 3.0  # pt between the numbers of two ticks


def log_axis(ax: Axes, which: Literal["x", "y"], low: float, high: float, label: str, most: int = 6) -> None:
    """Scale and label one axis.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Plain axes.
    which : {"x", "y"}
        Which axis.
    low, high : float
        Its ends, above 0; where they are the same to rounding, the axis reaches a factor of two around them.
    label : str
        With the unit.
    most : int
        Ticks with a number at most; fewer where their numbers would touch.
    """
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

    if high <= low * (1.0 + 1e-6):
        low, high = low / 2.0, high * 2.0
    axis: Axis = getattr(ax, f"{which}axis")
    getattr(ax, f"set_{which}scale")("log")
    getattr(ax, f"set_{which}lim")(low, high)
    axis.set_major_locator(FixedLocator(_apart(ax, low, high, most) if which == "x" else ticks(low, high, most)))
    axis.set_minor_locator(FixedLocator(_between(low, high)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: written(value)))
    axis.set_minor_formatter(NullFormatter())
    axis.set_label_text(label, fontsize=TEXT)
    ax.tick_params(axis=which, labelsize=TEXT)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Decades, thinned where they are many and filled where they are few.

    Parameters
    ----------
    low, high : float
        Ends of the axis, above 0.
    most : int
        Ticks at most.

    Examples
    --------
    >>> ticks(1e18, 1e24, 4)
    [1e+18, 1e+20, 1e+22, 1e+24]
    >>> ticks(1.5, 30.0, 6)
    [2.0, 5.0, 10.0, 20.0]
    >>> ticks(2.0, 3.0, 6)
    [2.0, 2.2, 2.4, 2.6, 2.8, 3.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = range(first, last + 1)
    for step in _STEPS:
        found = [part * 10.0**decade for decade in decades for part in step]
        found = [value for value in found if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]
        if _ENOUGH <= len(found) <= most:
            return found
    found = [10.0**decade for decade in decades if low * (1 - 1e-9) <= 10.0**decade <= high * (1 + 1e-9)]
    if len(found) > most:
        every = math.ceil(len(found) / most)
        return found[found.index(1.0) % every if 1.0 in found else 0 :: every]  # 1 is what ratios are read against
    return _plain(low, high, most)


def written(value: float) -> str:
    """A tick's number.

    Parameters
    ----------
    value : float
        Of the tick.

    Examples
    --------
    >>> written(1e21), written(2e9), written(0.5), written(2000.0)
    ('1e21', '2e9', '0.5', '2000')
    """
    if 1e-3 <= value < 1e4:
        return f"{value:.4g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}"


def _apart(ax: Axes, low: float, high: float, most: int) -> list[float]:
    """Ticks of a horizontal axis, so many that their numbers do not touch."""
    scale = ax.bbox.width * 72.0 / ax.figure.dpi / math.log(high / low)
    for fewer in range(most, 0, -1):
        found = ticks(low, high, fewer)
        ends = [(scale * math.log(value / low), width_of(written(value), TEXT) / 2.0) for value in found]
        if all(after - half >= before + other + _APART for (before, other), (after, half) in pairwise(ends)):
            break
    return found


def _plain(low: float, high: float, most: int) -> list[float]:
    """Even ticks, for an axis of less than a decade."""
    about = math.floor(math.log10(high - low)) if high > low else math.floor(math.log10(high))
    for step in sorted(part * 10.0**power for power in range(about - 3, about + 2) for part in (1.0, 2.0, 5.0)):
        found = np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1) * step
        if len(found) <= most:
            return [float(f"{value:.12g}") for value in found]
    return [low, high]


def _between(low: float, high: float) -> list[float]:
    """Unwritten ticks: the decades, and where these are few their parts."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    parts = range(1, 10) if len(decades) <= 5 else (1,)
    return [part * 10.0**decade for decade in decades for part in parts if low <= part * 10.0**decade <= high]
