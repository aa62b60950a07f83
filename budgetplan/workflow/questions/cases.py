"""What changes when the question does: cases against a base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from budgetplan.planning.allocation import STAGES
from budgetplan.scenario import Scenario, override
from budgetplan.workflow.plans.planner import plan
from budgetplan.workflow.plans.study import Study

SCHEMA = "budgetplan/what-if/1"
"""Form of `WhatIf.to_dict`."""


@dataclass(frozen=True)
class Case:
    """One changed question and its plan.

    Attributes
    ----------
    overrides : mapping of str to object
        Scenario field -> value.
    study : Study
    change : mapping of str to mapping
        Quantity -> `absolute` and `relative` change against the base; relative is None where the base is zero.
    """

    overrides: Mapping[str, Any]
    study: Study
    change: Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True)
class WhatIf:
    """A base and cases against it.

    Attributes
    ----------
    base : Study
    cases : tuple of Case
    """

    base: Study
    cases: tuple[Case, ...]

    def to_dict(self) -> dict[str, Any]:
        """The comparison in the JSON shape `budgetplan/what-if/1`."""
        cases = [
            {
                "overrides": dict(case.overrides),
                "plan": case.study.plan.to_dict(),
                "change": {name: dict(item) for name, item in case.change.items()},
                "headline": case.study.headline,
            }
            for case in self.cases
        ]
        return {"schema": SCHEMA, "base": self.base.plan.to_dict(), "cases": cases, "provenance": dict(self.base.provenance)}


def what_if(scenario: Scenario, cases: Sequence[Mapping[str, Any]], command: str = "") -> WhatIf:
    """Plan again per case.

    Parameters
    ----------
    scenario : Scenario
        The base question.
    cases : sequence of mapping of str to object
        Each maps scenario fields (dotted for parts) to values, as numbers or quantities.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    WhatIf

    Raises
    ------
    BudgetPlanError
        If the base or a case cannot be answered.
    """
    base = plan(scenario, command=command)
    done = []
    for overrides in cases:
        study = plan(override(scenario, dict(overrides)))
        done.append(Case(dict(overrides), study, changes(base, study)))
    return WhatIf(base, tuple(done))


def changes(base: Study, other: Study) -> dict[str, dict[str, float | None]]:
    """Absolute and relative change of every figure of a plan.

    Parameters
    ----------
    base, other : Study
    """
    before, after = figures_of(base), figures_of(other)
    out: dict[str, dict[str, float | None]] = {}
    for name, value in after.items():
        start = before[name]
        if value is None or start is None:
            continue
        out[name] = {"absolute": value - start, "relative": value / start - 1.0 if start else None}
    return out


def figures_of(study: Study) -> dict[str, float | None]:
    """What is compared of a plan, by name, in SI units; None where it is not known.

    Parameters
    ----------
    study : Study
    """
    item = study.plan
    figures: dict[str, float | None] = {"loss": item.loss, "success": item.success, "params": item.params}
    figures |= {f"{stage}_tokens": item.tokens[stage] for stage in STAGES}
    figures |= {f"{stage}_share": item.share[stage] for stage in STAGES}
    figures |= {"samples_per_query": item.samples_per_query, "flop": item.flop["total"], "usd": study.budget.usd}
    return figures
