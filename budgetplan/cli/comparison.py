"""One question under several laws: a row per law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from budgetplan.cli import figures
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.result import Result

if TYPE_CHECKING:
    from budgetplan.scenario import Scenario
    from budgetplan.workflow import LawsCompared, Study

_HEAD = ("law", "N", "D", "R", "k", "shares %", "success or loss", "wasted by thirds")


def comparison(compared: LawsCompared, scenario: Scenario) -> Result:
    """Return the comparison as a result.

    Parameters
    ----------
    compared : LawsCompared
        A study per law that answered, a sentence per law that did not.
    scenario : Scenario
        The question.

    Returns
    -------
    Result
        Its warnings are those of all studies, each with its law, and the laws that failed.
    """
    answered = f"{len(compared.studies)} law{'s' if len(compared.studies) != 1 else ''}"
    title = f"{answered} answered" + (f", {len(compared.failed)} could not." if compared.failed else ".")
    warned = sum(bool(study.warnings) for study in compared.studies)
    parts: list[Grid | Lines] = [Grid(_HEAD, tuple(_cells(study) for study in compared.studies))]
    lines = [
        ("columns", figures.COLUMNS),
        *labelled("beware", [f"{warned} of these answers come with warnings: --format json"] if warned else []),
        *((law, f"no answer: {sentence}") for law, sentence in compared.failed),
    ]
    parts.append(Lines(tuple(lines)))
    warnings = [f"{study.law.id}: {item.message}" for study in compared.studies for item in study.warnings]
    warnings += [f"{law}: {sentence}" for law, sentence in compared.failed]
    aside = "" if not compared.studies else figures.flop(compared.studies[0].budget.flop) + " FLOP"
    shown = aside if scenario.target_loss is None and scenario.target_success is None else ""
    page = Page(title, shown, tuple(parts))
    return Result(compared.to_dict(), [_row(study) for study in compared.studies], page, title, tuple(warnings))


def _row(study: Study) -> dict[str, Any]:
    from budgetplan.workflow.plans.study import row_of

    thirds = study.baselines.get("equal-thirds")
    wasted = None if thirds is None or thirds.regret is None else thirds.regret.wasted_compute
    return {"law": study.law.id, "budget": study.budget.flop, **row_of(study.plan), "equal_thirds_wasted_compute": wasted}


def _cells(study: Study) -> tuple[str, ...]:
    plan, wasted = study.plan, _row(study)["equal_thirds_wasted_compute"]
    amounts = (figures.amount(value) if value else "" for value in (plan.params, plan.tokens["pretraining"], plan.tokens["rl"]))
    drawn = figures.samples(plan.samples_per_query) if plan.success is not None or plan.samples_per_query > 1 else ""
    predicted = figures.success(plan.success) or figures.loss(plan.loss)
    return (
        study.law.id,
        *amounts,
        drawn,
        figures.shares(plan.share),
        predicted,
        "" if wasted is None else figures.percent(max(wasted, 0.0)),
    )
