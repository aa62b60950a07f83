"""Robust plans are `plan`'s alone: whatever else is asked is asked at the optimum of the law itself."""

from __future__ import annotations

from budgetplan.errors import ScenarioError
from budgetplan.scenario import Scenario


def require_law_objective(scenario: Scenario, what: str) -> None:
    """Refuse a question that would pass over the objective that its scenario names.

    Parameters
    ----------
    scenario : Scenario
    what : str
        The question, as it stands in a sentence.

    Raises
    ------
    ScenarioError
        Where the objective is not `law`.
    """
    if scenario.objective != "law":
        raise ScenarioError(
            f"{what} is told at the optimum of the law itself, and `objective` is {scenario.objective}.",
            f"Leave it out (--objective law), or plan for it: plan --objective {scenario.objective}.",
        )
