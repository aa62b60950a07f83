"""The kinds of plot: for each, what it takes from a result, how it is drawn, and its data as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from budgetplan.plots.regret import draw_regret, regret_table
from budgetplan.plots.results import as_regret, as_split, as_ternary
from budgetplan.plots.split import draw_split, split_table
from budgetplan.plots.table import Row
from budgetplan.plots.ternary import draw_ternary, ternary_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Kind:
    """A kind of plot; called, it draws.

    Attributes
    ----------
    draw : callable
        (data, ax=None) to axes.
    table : callable
        Data to the rows that are drawn.
    data : callable
        Result, such as a study, to what `draw` and `table` take; whatever it computes is computed once for both.
    """

    draw: Callable[..., Axes]
    table: Callable[[Any], Sequence[Row]]
    data: Callable[[Any], Any]

    def __call__(self, result: Any, ax: Axes | None = None) -> Axes:
        """Draw a result."""
        return self.draw(self.data(result), ax)


KINDS: dict[str, Kind] = {
    "split": Kind(draw_split, split_table, as_split),
    "ternary": Kind(draw_ternary, ternary_table, as_ternary),
    "regret": Kind(draw_regret, regret_table, as_regret),
}
"""All kinds by name; a new kind is a new entry."""
