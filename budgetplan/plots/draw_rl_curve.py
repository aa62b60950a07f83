"""Success against RL, with the fitted sigmoid or power law, its band, and where the ceiling may lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetplan.plots.success_lines import SuccessData, draw_success

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_rl_curve(chart: SuccessData, ax: Axes | None = None) -> Axes:
    """Success along RL, one curve per group; runs without any RL stand apart at 0.

    Parameters
    ----------
    chart : SuccessData
        Curves over RL tokens or RL compute.
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
