"""What a report is about: a study with draws, what it rests on, and the studies that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from budgetplan.errors import ScenarioError, SolverError
from budgetplan.laws.law import Law
from budgetplan.scenario import Scenario, override
from budgetplan.workflow.plans.planner import plan
from budgetplan.workflow.plans.study import Study
from budgetplan.workflow.questions.sensitivity_study import Sensitivity, sensitivity
from budgetplan.workflow.resolve.question import resolve

DRAWS = 500
"""Draws behind a report's intervals where the scenario does not say how many."""


@dataclass(frozen=True)
class Subject:
    """All that a report tells.

    Attributes
    ----------
    study : Study
    law : Law
        That answered, with its sources.
    sensitivity : Sensitivity or None
        None where it has none; a gap says why.
    gaps : tuple of str
        What could not be found out, and why.
    compared : mapping of str to Study
        Other scenarios by name.
    """

    study: Study
    law: Law
    sensitivity: Sensitivity | None
    gaps: tuple[str, ...]
    compared: Mapping[str, Study]


def examine(scenario: Scenario, command: str = "", compared: Mapping[str, Scenario] | None = None) -> Subject:
    """Plan a scenario and find out how sure the plan is and what it rests on.

    Parameters
    ----------
    scenario : Scenario
        The question; 500 draws where it does not say how many, none where it says 0.
    command : str
        What was typed, for the provenance.
    compared : mapping of str to Scenario, optional
        Scenarios to plan as well, by the name that the report gives them.

    Returns
    -------
    Subject

    Raises
    ------
    BudgetPlanError
        As for `plan`. That a law states no spread, or has no loss to differentiate, is a gap and no error.
    """
    gaps = []
    try:
        study = plan(override(scenario, {"draws": DRAWS}) if scenario.draws is None else scenario, command=command)
    except ScenarioError as error:
        if scenario.draws is not None:
            raise
        study = plan(scenario, command=command)  # a question that is malformed without draws is refused again
        gaps.append(f"There are no draws: {error.message}")
    found = None
    try:
        found = sensitivity(override(scenario, {"draws": None}), command=command)
    except (ScenarioError, SolverError) as error:  # the plan exists: only what it rests on stays unknown
        gaps.append(f"What the plan rests on is not told: {error.message}")
    others = {name: plan(item) for name, item in (compared or {}).items()}
    return Subject(study, resolve(scenario).law, found, tuple(gaps), others)
