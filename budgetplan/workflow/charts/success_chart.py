"""Success against RL or against samples: what the figures `rl-curve` and `pass-at-k` draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.numerics.arrays import Array, Bools

if TYPE_CHECKING:
    import pandas as pd

POINTS = 121


@dataclass(frozen=True)
class SuccessCurve:
    """A law of success with what was measured.

    Attributes
    ----------
    label : str
        Group or law.
    x, success : ndarray of shape (point,)
        The law's line. [unit of the axis], [1]
    low, high : ndarray of shape (point,)
        Its band; nan where it is not known. [1]
    measured : (float, float)
        Part of x that the law rests on.
    seen_x, seen : ndarray of shape (run,)
        Measurements; x may be 0. [1]
    seen_low, seen_high : ndarray of shape (run,)
        Their intervals, nan where not known. [1]
    held : ndarray of bool of shape (run,)
        Which of them the fit did not see.
    limit : (float, float) or None
        Interval of the ceiling, where the runs did not reach it. [1]
    """

    label: str
    x: Array
    success: Array
    low: Array
    high: Array
    measured: tuple[float, float]
    seen_x: Array
    seen: Array
    seen_low: Array
    seen_high: Array
    held: Bools
    limit: tuple[float, float] | None = None


@dataclass(frozen=True)
class SuccessChart:
    """Curves over one axis.

    Attributes
    ----------
    curves : tuple of SuccessCurve
    axis, axis_label : str
        Column name of the axis, and its label with the unit.
    success_label : str
    headline, caption : str
    """

    curves: tuple[SuccessCurve, ...]
    axis: str
    axis_label: str
    success_label: str
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float | bool | None]]:
        """Lines, measurements and ceilings: one row per mark."""
        rows: list[dict[str, str | float | bool | None]] = []

        def add(curve: SuccessCurve, mark: str, x: float | None, y: float | None, low: float, high: float, held: bool) -> None:
            named = {"curve": curve.label, "mark": mark, self.axis: x, "success": y, "low": low, "high": high}
            inside = None if x is None else curve.measured[0] <= x <= curve.measured[1]
            rows.append({**named, "held_out": held, "measured": inside})

        for curve in self.curves:
            for values in zip(curve.x, curve.success, curve.low, curve.high, strict=True):
                x, y, low, high = map(float, values)
                add(curve, "law", x, y, low, high, held=False)
            for at, held in enumerate(curve.held):
                x, y = float(curve.seen_x[at]), float(curve.seen[at])
                add(curve, "run", x, y, float(curve.seen_low[at]), float(curve.seen_high[at]), held=bool(held))
            if curve.limit is not None:
                add(curve, "ceiling", None, None, *curve.limit, held=False)
        return rows

    def to_frame(self) -> pd.DataFrame:
        """The rows as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def spaced(low: float, high: float, ends: Sequence[float] = ()) -> Array:
    """Places of a line, even in their logarithm, with the ends of what was measured among them.

    Parameters
    ----------
    low, high : float
        Ends of the line.
    ends : sequence of float
        Places that are wanted exactly.

    Examples
    --------
    >>> [float(value) for value in spaced(1.0, 100.0, [50.0])[[0, -1]]]
    [1.0, 100.0]
    """
    inner = [end for end in ends if low <= end <= high]
    return np.unique(np.concatenate([np.geomspace(low, high, POINTS), inner, [low, high]]))


def unknown(size: int) -> Array:
    """`size` values that are not known."""
    return np.full(size, np.nan)
