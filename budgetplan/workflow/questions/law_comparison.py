"""The same question under several laws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from budgetplan.errors import BudgetPlanError
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law_files import law_ids, shipped_record
from budgetplan.scenario import Scenario
from budgetplan.workflow.plans.planner import plan
from budgetplan.workflow.plans.study import Study
from budgetplan.workflow.resolve.question import resolve_law

SCHEMA = "budgetplan/laws-compared/1"
"""Form of `LawsCompared.to_dict`."""


@dataclass(frozen=True)
class LawsCompared:
    """One study per law.

    Attributes
    ----------
    studies : tuple of Study
        Of the laws that answered.
    failed : tuple of (str, str)
        Law and sentence of those that did not.
    """

    studies: tuple[Study, ...]
    failed: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """The comparison in the JSON shape `budgetplan/laws-compared/1`."""
        return {
            "schema": SCHEMA,
            "rows": [study.to_dict() for study in self.studies],
            "failed": [{"law": law, "message": message} for law, message in self.failed],
        }


def compare_laws(scenario: Scenario, names: str = "all", command: str = "") -> LawsCompared:
    """Plan under each law.

    Parameters
    ----------
    scenario : Scenario
        The question; its links apply to joint laws of links.
    names : str
        `all`, or ids and files with commas between them.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    LawsCompared
        A law that cannot answer does not keep the others from it.

    Raises
    ------
    BudgetPlanError
        If a named law does not exist, or none of those named has an answer.
    """
    every = names.strip() == "all"
    chosen = [name for name in law_ids() if _plans(name)] if every else [name.strip() for name in names.split(",") if name.strip()]
    studies, failed = [], list[tuple[str, BudgetPlanError]]()
    for name in chosen:
        law = resolve_law(scenario, name)
        links = scenario.link if isinstance(law.function, FourLinks) else {}
        try:
            studies.append(plan(scenario.model_copy(update={"law": name, "link": links}), law, command))
        except BudgetPlanError as problem:
            failed.append((name, problem))
    if not studies and failed and not every:
        raise failed[0][1]
    return LawsCompared(tuple(studies), tuple((name, str(problem)) for name, problem in failed))


def _plans(name: str) -> bool:
    """Whether a law can be planned with: not a single RL, task or inference link."""
    return shipped_record(name).link in ("pretraining", "policy", "joint")
