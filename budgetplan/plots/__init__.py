"""Figures of results: each draws on axes or into a file with its data beside it. matplotlib is imported on first use."""

from __future__ import annotations

from budgetplan.plots.kinds import KINDS, Kind
from budgetplan.plots.regret import draw_regret
from budgetplan.plots.save import FORMATS, Rendered, render, save
from budgetplan.plots.split import draw_split
from budgetplan.plots.ternary import draw_ternary

__all__ = ["FORMATS", "KINDS", "Kind", "Rendered", "draw_regret", "draw_split", "draw_ternary", "render", "save"]
