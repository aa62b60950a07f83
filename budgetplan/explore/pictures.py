"""Figures of the page: each an image that stands alone, so that nothing in it reaches the page around it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from threading import Lock
from time import sleep
from typing import Any

from budgetplan.errors import BudgetPlanError
from budgetplan.explore.answer import STYLE, attributes
from budgetplan.plots import render
from budgetplan.report.html import named
from budgetplan.scenario import Scenario
from budgetplan.workflow import regret_curve, ternary_map
from budgetplan.workflow.plans.study import Study

POINTS = 25
"""Budgets of the regret curve: half of a printed figure's, since the eye is on the slider."""
REST = 0.3
"""How long no control moves before the slow figures are begun: meanwhile the processor is the fast ones'. [s]"""
_DATA: dict[str, Callable[[Scenario], Any]] = {
    "ternary": ternary_map,
    "regret": lambda scenario: regret_curve(scenario, POINTS),
}
_ALT = {
    "split": "Bars of compute per stage, the optimum beside rules of thumb.",
    "ternary": "Map of wasted compute over all splits between three stages.",
    "regret": "Compute that rules of thumb waste, against budget.",
}
_drawing = Lock()  # matplotlib's settings belong to the process, and each page has its own thread


def split(study: Study) -> str:
    """The split as bars, or nothing where nothing is split.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
        HTML.
    """
    return _image("split", study) if study.baselines else ""


def picture(kind: str, scenario: Scenario) -> str:
    """A figure that is computed from the scenario, or the sentence that says why there is none.

    Parameters
    ----------
    kind : {"ternary", "regret"}
    scenario : Scenario
        Without a budget, a target's figures are those of the budget that reaches it.

    Returns
    -------
    str
        HTML.
    """
    try:
        return _image(kind, _DATA[kind](scenario))
    except BudgetPlanError as error:
        return _none(error.message)


def _none(sentence: str) -> str:
    return f'{STYLE}<div class="bp"><p class="aside">{named(sentence)}</p></div>'


def waits(gone: Callable[[], bool]) -> bool:
    """Rest, and tell whether a control moved meanwhile.

    Parameters
    ----------
    gone : callable
        Whether what was to be drawn is out of date.
    """
    if not gone():
        sleep(REST)
    return gone()


def _image(kind: str, data: Any) -> str:
    with _drawing:
        drawn = render(kind, data, "svg").image
    source = f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode('ascii')}"
    return f'{STYLE}<div class="bp"><img {attributes({"data-kind": kind, "alt": _ALT[kind], "src": source})}></div>'
