"""The kinds of plot: for each, what it takes from a result, how it is drawn, and its data as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from budgetplan.plots.charts import chart_of, chart_table
from budgetplan.plots.draw_backtest import draw_backtest
from budgetplan.plots.draw_contours import draw_contours
from budgetplan.plots.draw_fit import draw_fit
from budgetplan.plots.draw_frontier import draw_frontier
from budgetplan.plots.draw_isoflop import draw_isoflop
from budgetplan.plots.draw_marginal import draw_marginal
from budgetplan.plots.draw_pass_at_k import draw_pass_at_k
from budgetplan.plots.draw_region import draw_region
from budgetplan.plots.draw_rl_curve import draw_rl_curve
from budgetplan.plots.draw_shares import draw_shares
from budgetplan.plots.draw_thirds import draw_thirds
from budgetplan.plots.draw_tornado import draw_tornado
from budgetplan.plots.draw_waterfall import draw_waterfall
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
    "fit": Kind(draw_fit, chart_table, chart_of),
    "isoflop": Kind(draw_isoflop, chart_table, chart_of),
    "contours": Kind(draw_contours, chart_table, chart_of),
    "rl-curve": Kind(draw_rl_curve, chart_table, chart_of),
    "pass-at-k": Kind(draw_pass_at_k, chart_table, chart_of),
    "backtest": Kind(draw_backtest, chart_table, chart_of),
    "shares": Kind(draw_shares, chart_table, chart_of),
    "tornado": Kind(draw_tornado, chart_table, chart_of),
    "waterfall": Kind(draw_waterfall, chart_table, chart_of),
    "marginal": Kind(draw_marginal, chart_table, chart_of),
    "frontier": Kind(draw_frontier, chart_table, chart_of),
    "region": Kind(draw_region, chart_table, chart_of),
    "thirds": Kind(draw_thirds, chart_table, chart_of),
}
"""All kinds by name; a new kind is a new entry."""
