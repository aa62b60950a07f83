"""A study: the answer to a planning question with its proof, baselines, assumptions and warnings, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from budgetplan.costs import Schedule, budget_record
from budgetplan.costs.money import Budget
from budgetplan.planning.allocation import STAGES, Allocation
from budgetplan.planning.certificate import Certificate
from budgetplan.scenario import Scenario
from budgetplan.units import format_quantity

if TYPE_CHECKING:
    import pandas as pd

    from budgetplan.uncertainty.region import Region
    from budgetplan.workflow.charts.figures import RegretCurve, TernaryMap
    from budgetplan.workflow.charts.study_plots import StudyPlots

SCHEMA = "budgetplan/study/1"
"""Form of `Study.to_dict`."""


@dataclass(frozen=True)
class Caution:
    """Something the reader must know before using the answer.

    Attributes
    ----------
    code : str
        Stable kind. Of a plan: law, extrapolation, repeated-data, saturated, unspent, policy, deadline, sparse, convention,
        no-spread, draws-lost; comparisons, pilots and backtests have some of their own.
    message : str
        A sentence.
    details : mapping
        Numbers behind it.
    """

    code: str
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary."""
        return {"code": self.code, "message": self.message, **self.details}


@dataclass(frozen=True)
class LawName:
    """Which law answered.

    Attributes
    ----------
    id : str
    links : mapping of str to str
        Law of each link.
    hash : str
        Of every number it rests on.
    """

    id: str
    links: Mapping[str, str]
    hash: str


@dataclass(frozen=True)
class Study:
    """The answer to a planning question.

    Attributes
    ----------
    scenario : Scenario
        The question as it was put.
    law : LawName
    budget : Budget
        In FLOP, hours and money.
    plan : Allocation
        The optimum.
    baselines : mapping of str to Allocation
        Rules of thumb with their regret; empty where only one stage is a choice.
    certificate : Certificate
    headline : str
        The finding in a sentence.
    reasons : tuple of str
        Why the split is what it is.
    assumptions : tuple of str
        What the user did not say.
    warnings : tuple of Caution
    intervals : mapping or None
        Where draws were asked for: 5, 50 and 95 % of what each draw's own optimum is, of the compute that equal thirds
        (`wasted_compute`) and this plan (`regret`) waste under it, and how often the plan beats equal thirds.
    provenance : mapping
        What regenerates it.
    regret : mapping or None
        Of the plan and of equal thirds, expected and in the worst tenth of the draws, in wasted compute. [1]
    region : Region or None
        Splits that are as good within the scenario's tolerance, where that or draws were asked for.
    robust : mapping or None
        Objective and regrets of a plan that is not the law's optimum but loses least over its draws, or over laws.
    schedule : Schedule or None
        Hours of each stage, and days where the number of devices is known.
    architecture : mapping or None
        Where one is named: params of the planned model by convention, active and total, and attention's share of compute.
    """

    scenario: Scenario
    law: LawName
    budget: Budget
    plan: Allocation
    baselines: Mapping[str, Allocation]
    certificate: Certificate
    headline: str
    reasons: tuple[str, ...]
    assumptions: tuple[str, ...]
    warnings: tuple[Caution, ...]
    intervals: Mapping[str, Any] | None
    provenance: Mapping[str, Any]
    regret: Mapping[str, Mapping[str, float]] | None = None
    region: Region | None = None
    robust: Mapping[str, Any] | None = None
    schedule: Schedule | None = None
    architecture: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The study in the JSON shape `budgetplan/study/1`."""
        return {
            "schema": SCHEMA,
            "headline": self.headline,
            "law": {"id": self.law.id, "links": dict(self.law.links), "hash": self.law.hash},
            "budget": budget_record(self.budget),
            "plan": self.plan.to_dict(),
            "baselines": {name: allocation.to_dict() for name, allocation in self.baselines.items()},
            "certificate": {
                "status": self.certificate.status,
                "kkt_residual": self.certificate.kkt_residual,
                "start_spread": self.certificate.start_spread,
                "active_limits": list(self.certificate.active_limits),
                "shadow_prices": dict(self.certificate.shadow_prices),
                "lower_bound": self.certificate.lower_bound,
                "unspent_flop": self.certificate.unspent,
                "runner_up": None if self.certificate.runner_up is None else dict(self.certificate.runner_up),
            },
            "intervals": self.intervals,
            "regret": None if self.regret is None else {name: dict(item) for name, item in self.regret.items()},
            "robust": None if self.robust is None else dict(self.robust),
            "region": None if self.region is None else _region(self.region),
            "schedule": None if self.schedule is None else self.schedule.to_dict(),
            **({} if self.architecture is None else {"architecture": dict(self.architecture)}),
            "reasons": list(self.reasons),
            "assumptions": list(self.assumptions),
            "warnings": [caution.to_dict() for caution in self.warnings],
            "provenance": dict(self.provenance),
        }

    def to_frame(self) -> pd.DataFrame:
        """Plan and baselines as a tidy table: one row per allocation, one column per quantity with its unit.

        Returns
        -------
        pandas.DataFrame
            Indexed by `plan` and the baselines' names.
        """
        import pandas as pd

        rows = {"plan": self.plan, **self.baselines}
        return pd.DataFrame.from_dict({name: row_of(item) for name, item in rows.items()}, orient="index")

    def ternary(self) -> TernaryMap:
        """Loss over all splits between the three stages, for the ternary map."""
        from budgetplan.workflow.charts.figures import ternary_map

        return ternary_map(self.scenario)

    def regret_curve(self) -> RegretCurve:
        """Regret of the baselines against budget, for the regret plot."""
        from budgetplan.workflow.charts.figures import regret_curve

        return regret_curve(self.scenario)

    @property
    def caption(self) -> str:
        """What a figure of this study must say beneath it."""
        budget = format_quantity(self.budget.flop, "compute", 3)
        if self.budget.reserve > 0:
            budget += f" of a project of {format_quantity(self.budget.project.flop, 'compute', 3)}"
        law, version = f"law {self.law.id} ({self.law.hash})", self.provenance["version"]
        return f"Budget {budget}; {law}; baselines re-optimise the model size; budgetplan {version}."

    @property
    def plot(self) -> StudyPlots:
        """Figures: `study.plot.split()` and so on; matplotlib is imported when one is drawn."""
        from budgetplan.workflow.charts.study_plots import StudyPlots

        return StudyPlots(self)

    def _repr_html_(self) -> str:
        from budgetplan.workflow.plans.study_html import study_html

        return study_html(self)


def _region(region: Region) -> dict[str, Any]:
    """The near-optimal region as plain data."""
    return {
        "tolerance": region.tolerance,
        "loss": region.loss,
        "ranges": {stage: list(ends) for stage, ends in region.ranges.items()},
        "equal_thirds_inside": region.thirds_inside,
        "vertices": region.rows(),
    }


def row_of(item: Allocation) -> dict[str, float | None]:
    """An allocation as one flat row.

    Parameters
    ----------
    item : Allocation
        Any.
    """
    row: dict[str, float | None] = {"params": item.params}
    for stage in STAGES:
        row[f"{stage}_tokens"] = item.tokens[stage]
    for stage in STAGES:
        row[f"{stage}_share"] = item.share[stage]
    row |= {"samples_per_query": item.samples_per_query, "queries": item.queries, "tokens_per_param": item.tokens_per_param}
    row |= {"pretraining_loss": item.pretraining_loss, "success": item.success, "loss": item.loss}
    if item.regret is not None:
        row |= {"regret_loss": item.regret.loss, "wasted_compute": item.regret.wasted_compute, "regret_usd": item.regret.usd}
    return row
