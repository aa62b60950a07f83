"""Scenario -> study: the only place where names become objects."""

from budgetplan.workflow.figures import RegretCurve, TernaryMap, figure_data, regret_curve, ternary_map
from budgetplan.workflow.law_comparison import LawsCompared, compare_laws
from budgetplan.workflow.planner import plan
from budgetplan.workflow.scorer import Score, score
from budgetplan.workflow.study import Caution, Study
from budgetplan.workflow.sweeper import sweep
from budgetplan.workflow.what_if import WhatIf, what_if

__all__ = [
    "Caution",
    "LawsCompared",
    "RegretCurve",
    "Score",
    "Study",
    "TernaryMap",
    "WhatIf",
    "compare_laws",
    "figure_data",
    "plan",
    "regret_curve",
    "score",
    "sweep",
    "ternary_map",
    "what_if",
]
