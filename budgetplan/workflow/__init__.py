"""Scenario -> study: the only place where names become objects.

What a command does not need is not imported: each function comes from its module on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from budgetplan.workflow.cases import WhatIf, what_if
    from budgetplan.workflow.figure_kinds import figure_data
    from budgetplan.workflow.figures import RegretCurve, TernaryMap, regret_curve, ternary_map
    from budgetplan.workflow.law_comparison import LawsCompared, compare_laws
    from budgetplan.workflow.planner import plan
    from budgetplan.workflow.scorer import Score, score
    from budgetplan.workflow.sensitivity_study import Sensitivity, sensitivity
    from budgetplan.workflow.study import Caution, Study
    from budgetplan.workflow.sweeper import sweep
    from budgetplan.workflow.thirds_study import ThirdsCondition, thirds_condition

_HOME = {
    "figures": ("RegretCurve", "TernaryMap", "regret_curve", "ternary_map"),
    "figure_kinds": ("figure_data",),
    "law_comparison": ("LawsCompared", "compare_laws"),
    "planner": ("plan",),
    "scorer": ("Score", "score"),
    "study": ("Caution", "Study"),
    "sweeper": ("sweep",),
    "cases": ("WhatIf", "what_if"),
    "sensitivity_study": ("Sensitivity", "sensitivity"),
    "thirds_study": ("ThirdsCondition", "thirds_condition"),
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
