"""What every figure needs to know of the data it draws: plots and workflow are neighbours and do not import each other.

What one kind of figure needs beyond this stands beside its drawing, such as `FitData` in `draw_fit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from budgetplan.plots.table import Row


class Chart(Protocol):
    """Data of a figure."""

    @property
    def headline(self) -> str:
        """The finding in a sentence."""

    @property
    def caption(self) -> str:
        """What must stand beneath the figure."""

    def rows(self) -> Sequence[Row]:
        """The drawn data, one row per mark."""


def chart_of(result: Chart) -> Chart:
    """The data themselves: they are computed before they come here.

    Parameters
    ----------
    result : Chart
        Data of a figure.
    """
    return result


def chart_table(chart: Chart) -> Sequence[Row]:
    """The drawn data, one row per mark.

    Parameters
    ----------
    chart : Chart
        Data of a figure.
    """
    return chart.rows()
