"""Coefficients of a law with their intervals: what the `fit` figure draws of a law without runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array
from budgetplan.workflow.charts.chart_words import law_caption

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class CoefficientChart:
    """Coefficients in the order of the law file.

    Attributes
    ----------
    names, units, kinds : tuple of str
        A kind is published, fitted or assumed.
    values, low, high : ndarray of shape (coefficient,)
        Each in its unit; ends are nan where the law states none.
    headline, caption : str
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    kinds: tuple[str, ...]
    values: Array
    low: Array
    high: Array
    headline: str
    caption: str

    @property
    def ratios(self) -> Array:
        """Ends of the intervals over the values, shape (coefficient, 2); nan where that is no ratio above 0. [1]"""
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.sort(np.stack([self.low, self.high], axis=1) / self.values[:, None], axis=1)
        sound = (np.isfinite(found) & (found > 0)).all(axis=1, keepdims=True)
        return np.where(sound, found, np.nan)

    def rows(self) -> list[dict[str, str | float | bool | None]]:
        """One row per coefficient."""
        columns = zip(self.names, self.values, self.low, self.high, self.units, self.kinds, self.ratios, strict=True)
        return [
            {
                "coefficient": name,
                "value": float(value),
                "low": float(low),
                "high": float(high),
                "unit": unit,
                "kind": kind,
                "low_ratio": float(ratio[0]),
                "high_ratio": float(ratio[1]),
            }
            for name, value, low, high, unit, kind, ratio in columns
        ]

    def to_frame(self) -> pd.DataFrame:
        """The rows as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def coefficients_of_law(law: Law) -> CoefficientChart:
    """Every coefficient of a law, those of a joint law link by link.

    Parameters
    ----------
    law : Law

    Returns
    -------
    CoefficientChart

    Raises
    ------
    ScenarioError
        If the law has no coefficients.
    """
    several = len(law.parts) > 1
    items = [
        (f"{link}.{name}" if several else name, item)
        for link, part in law.parts.items()
        for name, item in part.coefficients.items()
    ]
    if not items:
        raise ScenarioError(f"`{law.id}` has no coefficients to draw.")
    values = np.array([item.value for _, item in items])
    low, high = (
        np.array([np.nan if end is None else end for end in ends])
        for ends in ([item.low for _, item in items], [item.high for _, item in items])
    )
    chart = CoefficientChart(
        tuple(name for name, _ in items), tuple(item.unit for _, item in items), tuple(item.kind for _, item in items),
        values, low, high, "", law_caption(law, _intervals([item.interval for _, item in items])),
    )  # fmt: skip
    return CoefficientChart(**{**chart.__dict__, "headline": _headline(law.id, chart)})


def _intervals(said: list[str]) -> str:
    """What the bars are, where all of them are the same."""
    kinds = {text for text in said if text}
    return f"bars: {kinds.pop()}" if len(kinds) == 1 else "bars: ranges as the law file states them"


def _headline(name: str, chart: CoefficientChart) -> str:
    """Name the coefficient that is known worst."""
    spans = chart.ratios[:, 1] / chart.ratios[:, 0]
    if not np.isfinite(spans).any():
        return f"{name} states no intervals for its {len(chart.names)} coefficients"
    worst = int(np.nanargmax(spans))
    span = f"{spans[worst]:.2g}".replace("e+0", "e").replace("e+", "e")
    return f"{name} knows {chart.names[worst]} least: its interval spans a factor of {span}"
