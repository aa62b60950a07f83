"""Scenario -> study: the only place where names become objects.

What a command does not need is not imported: each function comes from its module on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from budgetplan.workflow.charts.figure_kinds import figure_data
    from budgetplan.workflow.charts.figures import RegretCurve, TernaryMap, regret_curve, ternary_map
    from budgetplan.workflow.plans.planner import plan
    from budgetplan.workflow.plans.scorer import Score, score
    from budgetplan.workflow.plans.study import Caution, Study
    from budgetplan.workflow.questions.cases import WhatIf, what_if
    from budgetplan.workflow.questions.law_comparison import LawsCompared, compare_laws
    from budgetplan.workflow.questions.sensitivity_study import Sensitivity, sensitivity
    from budgetplan.workflow.questions.thirds_study import ThirdsCondition, thirds_condition
    from budgetplan.workflow.sweeps.sweeper import sweep

_HOME = {
    "charts.figures": ("RegretCurve", "TernaryMap", "regret_curve", "ternary_map"),
    "charts.figure_kinds": ("figure_data",),
    "questions.law_comparison": ("LawsCompared", "compare_laws"),
    "plans.planner": ("plan",),
    "plans.scorer": ("Score", "score"),
    "plans.study": ("Caution", "Study"),
    "sweeps.sweeper": ("sweep",),
    "questions.cases": ("WhatIf", "what_if"),
    "questions.sensitivity_study": ("Sensitivity", "sensitivity"),
    "questions.thirds_study": ("ThirdsCondition", "thirds_condition"),
}

__all__ = [
    "Caution",
    "LawsCompared",
    "RegretCurve",
    "Score",
    "Sensitivity",
    "Study",
    "TernaryMap",
    "ThirdsCondition",
    "WhatIf",
    "compare_laws",
    "figure_data",
    "plan",
    "regret_curve",
    "score",
    "sensitivity",
    "sweep",
    "ternary_map",
    "thirds_condition",
    "what_if",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            return getattr(importlib.import_module(f"budgetplan.workflow.{module}"), name)
    raise AttributeError(f"module 'budgetplan.workflow' has no attribute {name!r}")
