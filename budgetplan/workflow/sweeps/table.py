"""The table of a sweep: a data frame that shows itself in a notebook with units, and says how many cells have no answer."""

from __future__ import annotations

from typing import Any

import pandas as pd

from budgetplan.markup import block, table
from budgetplan.units import format_quantity

MOST_ROWS = 20
"""Rows that are shown: half of them from the beginning, half from the end."""
_DIMENSIONS = {"budget": "compute", "usd": "money", "params": "params"}


class Sweep(pd.DataFrame):
    """A data frame of plans, one row per cell; whatever is made of it is a plain data frame."""

    def _repr_html_(self) -> str:
        """Swept keys and answers with their units."""
        if "status" not in self.columns:  # columns were taken away in place: pandas shows what is left
            return str(pd.DataFrame(self)._repr_html_())  # type: ignore[operator]  # the stubs do not know it
        found = self["status"].value_counts(sort=False)
        title = f"{len(self):,} cells: {', '.join(f'{count:,} {status}' for status, count in found.items())}"
        half, left = MOST_ROWS // 2, len(self) - MOST_ROWS
        shown = self if left <= 0 else pd.concat([self.iloc[:half], self.iloc[-half:]])
        rows = [[str(index), *(_cell(str(name), row[name]) for name in self.columns)] for index, row in shown.iterrows()]
        notes = [f"{left:,} rows in between are not shown."] if left > 0 else []
        return block(title, [table(["cell", *map(str, self.columns)], rows)], notes)


def _cell(name: str, value: Any) -> str:
    """A value with its unit where the column has one."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return str(value)
    if value != value:
        return "-"
    if name.endswith(("_share", "_wasted_compute")):
        return f"{100 * value:.1f} %"
    dimension = "tokens" if name.endswith("_tokens") else _DIMENSIONS.get(name)
    return f"{value:.5g}" if dimension is None else format_quantity(float(value), dimension, 3)
