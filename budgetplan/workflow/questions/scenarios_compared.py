"""Plans of several scenarios beside each other: what the questions differ in, and what the answers do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from budgetplan.errors import BudgetPlanError, ScenarioError
from budgetplan.scenario import Scenario
from budgetplan.workflow.plans.planner import plan
from budgetplan.workflow.plans.study import Caution, Study
from budgetplan.workflow.questions.cases import changes

SCHEMA = "budgetplan/compare/1"
"""Form of `ScenariosCompared.to_dict`."""
_NO_QUESTION = ("schema_version", "share", "strict", "certify")


@dataclass(frozen=True)
class ScenariosCompared:
    """One study per scenario, the first of which is the base.

    Attributes
    ----------
    studies : mapping of str to Study
        By the scenario's name; the base comes first.
    change : mapping of str to mapping
        Of every other one: quantity -> `absolute` and `relative` change against the base. Losses that measure different
        things have none.
    differences : mapping of str to mapping
        Field in which the scenarios differ -> name -> value in SI.
    failed : mapping of str to str
        Name -> sentence, of scenarios without an answer.
    warnings : tuple of Caution
        Of the comparison itself.
    """

    studies: Mapping[str, Study]
    change: Mapping[str, Mapping[str, Mapping[str, float | None]]]
    differences: Mapping[str, Mapping[str, Any]]
    failed: Mapping[str, str]
    warnings: tuple[Caution, ...]

    def to_dict(self) -> dict[str, Any]:
        """The comparison in the JSON shape `budgetplan/compare/1`."""
        (base, study), *rest = self.studies.items()
        return {
            "schema": SCHEMA,
            "base": _entry(base, study),
            "scenarios": [
                {**_entry(name, item), "change": {key: dict(of) for key, of in self.change[name].items()}} for name, item in rest
            ],
            "differences": [{"field": field, "values": dict(values)} for field, values in self.differences.items()],
            "failed": [{"scenario": name, "message": sentence} for name, sentence in self.failed.items()],
            "warnings": [caution.to_dict() for caution in self.warnings],
        }


def compare_scenarios(scenarios: Mapping[str, Scenario], command: str = "") -> ScenariosCompared:
    """Plan every scenario and compare with the first.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        By name, at least two.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    ScenariosCompared
        A later scenario without an answer does not keep the others from theirs.

    Raises
    ------
    ScenarioError
        If there are fewer than two.
    BudgetPlanError
        If the first has no answer.
    """
    if len(scenarios) < 2:
        raise ScenarioError("There is nothing to compare with: that takes two different scenarios.", "Name a second file.")
    (base, first), *rest = scenarios.items()
    studies, failed = {base: plan(first, command=command)}, dict[str, str]()
    for name, scenario in rest:
        try:
            studies[name] = plan(scenario, command=command)
        except BudgetPlanError as error:
            failed[name] = str(error)
    changed = {name: _changes(studies[base], study) for name, study in studies.items() if name != base}
    return ScenariosCompared(studies, changed, _differences(scenarios), failed, _cautions(base, studies))


def _entry(name: str, study: Study) -> dict[str, Any]:
    return {
        "scenario": name,
        "headline": study.headline,
        "law": study.law.id,
        "budget": {"flop": study.budget.flop, "usd": study.budget.usd},
        "plan": study.plan.to_dict(),
        "warnings": [caution.to_dict() for caution in study.warnings],
        "provenance": dict(study.provenance),
    }


def _kind(study: Study) -> str:
    return "pre-training loss" if study.plan.task_loss is None else "task loss"


def _changes(base: Study, other: Study) -> dict[str, dict[str, float | None]]:
    found = changes(base, other)
    if _kind(base) != _kind(other):
        found.pop("loss", None)
    return found


def _differences(scenarios: Mapping[str, Scenario]) -> dict[str, dict[str, Any]]:
    """Fields that do not have the same value everywhere; limits and links by their keys."""
    flat = {name: _flat(scenario) for name, scenario in scenarios.items()}
    fields = dict.fromkeys(field for values in flat.values() for field in values)
    rows = {field: {name: values.get(field) for name, values in flat.items()} for field in fields}
    return {field: values for field, values in rows.items() if any(item != next(iter(values.values())) for item in values.values())}


def _flat(scenario: Scenario) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name in type(scenario).model_fields:
        value = getattr(scenario, name)
        if name in _NO_QUESTION:
            continue
        if isinstance(value, Mapping):
            out |= {f"{name}.{key}": item for key, item in value.items()}
        else:
            out[name] = list(value) if isinstance(value, tuple) else value
    return out


def _cautions(base: str, studies: Mapping[str, Study]) -> tuple[Caution, ...]:
    """Answers of different laws are not differences of the plans alone."""
    found = []
    first = studies[base]
    for name, study in studies.items():
        if _kind(study) != _kind(first):
            said = f"`{name}` has a {_kind(study)} and `{base}` a {_kind(first)}: their losses are not compared."
            found.append(Caution("loss-kinds", said, {"scenario": name}))
        elif study.law.hash != first.law.hash:
            said = f"`{name}` is planned by law {study.law.id} and `{base}` by {first.law.id}: part of the change is the law's."
            found.append(Caution("laws-differ", said, {"scenario": name}))
    return tuple(found)
