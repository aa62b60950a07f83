"""`budgetplan compare`: plans of scenario files beside each other, with what the files differ in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from budgetplan.cli import figures
from budgetplan.cli.config_page import shown
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.errors import ScenarioError

EXAMPLES = (
    "budgetplan compare one.yaml two.yaml",
    "budgetplan compare one.yaml two.yaml --budget 1e24 --format json",
    "budgetplan compare one.yaml two.yaml --law additive --format md",
)
DETAILS = "Changes are against the first file. Options override what every file says."

_Files = Annotated[list[str], typer.Argument(metavar="SCENARIO SCENARIO...", help="Two or more scenario files.")]
_FIGURES = {
    "loss": "loss",
    "success": "success",
    "params": "params",
    "pretraining_tokens": "pre-training tokens",
    "rl_tokens": "RL tokens",
    "inference_tokens": "inference tokens",
    "pretraining_share": "pre-training share",
    "rl_share": "RL share",
    "inference_share": "inference share",
    "samples_per_query": "samples per query",
    "flop": "compute [FLOP]",
    "usd": "cost [usd]",
}


_MANY = 10.0
"""Relative change from which a multiple of the base is told. [1]"""


@plans
def run(request: Request, scenario: _Files) -> Result:
    """Plan every file."""
    from budgetplan.workflow.plans.study import row_of
    from budgetplan.workflow.questions.cases import figures_of
    from budgetplan.workflow.questions.scenarios_compared import compare_scenarios

    twice = [name for index, name in enumerate(scenario) if name in scenario[:index]]
    if twice:
        raise ScenarioError(f"`{twice[0]}` is named twice.", "Name each file once.")
    found = compare_scenarios({name: request.of_file(name).scenario for name in scenario}, request.command)
    told = {name: figures_of(study) for name, study in found.studies.items()}
    base, *others = told
    head = ("", base, *(text for name in others for text in (name, "change")))
    rows = []
    for key, label in _FIGURES.items():
        if any(values[key] is not None for values in told.values()):
            cells = (
                text
                for name in others
                for text in (
                    _number(key, told[name][key]),
                    _change(key, found.change[name]) if _alike(key, told, base, name) else "",
                )
            )
            rows.append((label, _number(key, told[base][key]), *cells))
    differ = [(field, *(shown(values[name], field) for name in scenario)) for field, values in found.differences.items()]
    failed = tuple((name, f"no answer: {sentence}") for name, sentence in found.failed.items())
    cautions = [caution.message for caution in found.warnings]
    warned = [name for name, study in found.studies.items() if study.warnings]
    beware = [*cautions, *([f"{', '.join(warned)}: the plan has warnings, --format json tells them"] if warned else [])]
    fields = f"{len(differ)} field{'s' if len(differ) != 1 else ''}" if differ else "no field"
    title = f"{len(scenario)} scenarios that differ in {fields}" + (f"; {len(failed)} have no answer." if failed else ".")
    parts: list[Grid | Lines] = [Grid(head, tuple(rows))]
    if differ:
        parts.append(Grid(("field", *scenario), tuple(differ)))
    parts.append(Lines((*labelled("beware", beware), *failed), request.command))
    warnings = [f"{name}: {item.message}" for name, study in found.studies.items() for item in study.warnings]
    flat = [{"scenario": name, **_flat(found.change.get(name, {}), row_of(study.plan))} for name, study in found.studies.items()]
    page = Page(title, f"changes against {base}", tuple(parts))
    return Result(found.to_dict(), flat, page, title, (*cautions, *warnings, *(f"{name}: {said}" for name, said in failed)))


def _alike(key: str, told: Mapping[str, Mapping[str, float | None]], base: str, name: str) -> bool:
    """Whether a figure is of the same kind in both: a task loss and a pre-training loss are not."""
    return key != "loss" or (told[base]["success"] is None) == (told[name]["success"] is None)


def _flat(change: Mapping[str, Mapping[str, float | None]], row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **{f"{name}_{how}_change": value for name, item in change.items() for how, value in item.items()}}


def _number(key: str, value: float | None) -> str:
    if value is None:
        return "-"
    if key.endswith("_share"):
        return figures.percent(value)
    if key == "success":
        return figures.success(value)
    if key == "loss":
        return figures.loss(value)
    return figures.flop(value) if key == "flop" else figures.amount(value)


def _change(key: str, change: Mapping[str, Mapping[str, float | None]]) -> str:
    """Shares and success change by points, the rest relative to the base: by percent, or as a multiple where that is large."""
    if key not in change:
        return ""
    absolute, relative = change[key]["absolute"], change[key]["relative"]
    if absolute is None:
        return ""
    if key.endswith("_share") or key == "success":
        return f"{100 * absolute:+.1f} points"
    if relative is None:
        return ""
    return f"{100 * relative:+.3g} %" if relative < _MANY else f"{1 + relative:,.0f} x"
