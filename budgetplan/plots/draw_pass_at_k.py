"""Coverage against samples per query: unbiased pass@k with the band that other problems would give, and the fitted law."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetplan.plots.success_lines import SuccessData, draw_success

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_pass_at_k(chart: SuccessData, ax: Axes | None = None) -> Axes:
    """Pass@k, one curve per group; dashed beyond the most samples that every problem has.

    Parameters
    ----------
    chart : SuccessData
        Curves over samples per query.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    DataError
        If there are more curves than one figure can tell apart.
    """
    return draw_success(chart, ax)
