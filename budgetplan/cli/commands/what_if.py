"""`budgetplan what-if`: what changes when the question does."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from budgetplan.cli import figures
from budgetplan.cli.idle import without
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.errors import ScenarioError

EXAMPLES = (
    "budgetplan what-if --budget 1e25 --case budget=2e25 --case verifier=oracle",
    "budgetplan what-if --budget 1e24 --case max.rl_share=5% --case queries=1e9",
    "budgetplan what-if --budget 1e24 --case link.rl=scalerl-8b --format json",
)
DETAILS = "Each case changes fields of the scenario, and is planned again; changes are against the base."

_Case = Annotated[
    list[str] | None,
    typer.Option("--case", metavar="KEY=VALUE,...", help="Fields of one case; repeatable.", show_default=False),
]
_HEAD = ("case", "N", "D", "R", "k", "shares %", "loss", "change")


@plans
@without("tolerance")
def run(request: Request, case: _Case = None) -> Result:
    """Plan the base and every case."""
    from budgetplan.workflow import what_if
    from budgetplan.workflow.plans.study import row_of

    if not case:
        raise ScenarioError("There is no case.", "Give at least one: --case budget=2e25.")
    answer = what_if(request.scenario, [fields_of(item) for item in case], request.command)
    rows = [{"case": "base", **row_of(answer.base.plan)}]
    rows += [{"case": text, **row_of(item.study.plan)} for text, item in zip(case, answer.cases, strict=True)]
    cells = [_cells("base", answer.base.plan, "")]
    for text, item in zip(case, answer.cases, strict=True):
        relative = item.change.get("loss", {}).get("relative")
        # a task loss and a pre-training loss are no two values of one thing
        alike = (item.study.plan.success is None) == (answer.base.plan.success is None)
        cells.append(_cells(text, item.study.plan, f"{100 * relative:+.1f} %" if alike and relative is not None else ""))
    headlines = tuple((text, item.study.headline) for text, item in zip(case, answer.cases, strict=True))
    title = f"{len(case)} case{'s' if len(case) > 1 else ''} against the base."
    aside = f"{figures.flop(answer.base.budget.flop)} FLOP, law {answer.base.law.id}"
    studies = {"base": answer.base, **{text: item.study for text, item in zip(case, answer.cases, strict=True)}}
    warnings = tuple(f"{name}: {item.message}" for name, study in studies.items() for item in study.warnings)
    warned = sum(bool(study.warnings) for study in studies.values())
    beware = [f"{warned} of these {len(studies)} plans come with warnings: --format csv tells them"] if warned else []
    lines = (*headlines, ("columns", figures.COLUMNS), *labelled("beware", beware))
    page = Page(title, aside, (Grid(_HEAD, tuple(cells)), Lines(lines, request.command)))
    return Result(answer.to_dict(), rows, page, title, warnings)


def _cells(name: str, plan: Any, change: str) -> tuple[str, ...]:
    amounts = (plan.params, plan.tokens["pretraining"], plan.tokens["rl"], plan.samples_per_query)
    return (name, *map(figures.amount, amounts), figures.shares(plan.share), figures.number(plan.loss), change)


def fields_of(text: str) -> dict[str, str]:
    """KEY=VALUE,KEY=VALUE as a mapping; a comma that no KEY= follows belongs to the value before it."""
    found: dict[str, list[str]] = {}
    last = ""
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if equals and key.strip():
            last = key.strip()
            found[last] = [value.strip()]
        elif last:
            found[last].append(part)
        else:
            from budgetplan.units.numerals import shown

            raise ScenarioError(f"--case: {shown(text)} is not of the form KEY=VALUE.", "Write --case budget=2e25,verifier=oracle.")
    return {key: ",".join(parts) for key, parts in found.items()}
