"""Figures of results: each draws on axes or into a file with its data beside it. matplotlib is imported on first use."""

from __future__ import annotations

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
from budgetplan.plots.kinds import KINDS, Kind
from budgetplan.plots.regret import draw_regret
from budgetplan.plots.save import FORMATS, Rendered, render, save
from budgetplan.plots.split import draw_split
from budgetplan.plots.ternary import draw_ternary

__all__ = [
    "FORMATS",
    "KINDS",
    "Kind",
    "Rendered",
    "draw_backtest",
    "draw_contours",
    "draw_fit",
    "draw_frontier",
    "draw_isoflop",
    "draw_marginal",
    "draw_pass_at_k",
    "draw_region",
    "draw_regret",
    "draw_rl_curve",
    "draw_shares",
    "draw_split",
    "draw_ternary",
    "draw_thirds",
    "draw_tornado",
    "draw_waterfall",
    "render",
    "save",
]
