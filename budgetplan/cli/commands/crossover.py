"""`budgetplan crossover`: the budget at which a choice becomes right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetplan.cli import figures
from budgetplan.cli.commands.what_if import fields_of
from budgetplan.cli.idle import SILENT, without
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.units import parse_quantity

if TYPE_CHECKING:
    from budgetplan.workflow.questions.crossover import Crossover

EXAMPLES = (
    "budgetplan crossover --when 'params>70B' --from 1e22 --to 1e26",
    "budgetplan crossover --law besiroglu-2024 --case params=8B --case params=70B",
    "budgetplan crossover --case link.rl=scalerl-8b --case max.rl_share=0",
)
DETAILS = (
    "With two cases: the budget from which the second has the lower loss; one case is held against the scenario itself. With "
    "--when: the budget from which the plan meets a condition. Demand that is not given follows the budget."
)

_Case = Annotated[
    list[str] | None,
    typer.Option("--case", metavar="KEY=VALUE,...", help="Fields of one case; once or twice.", show_default=False),
]
_When = Annotated[
    str | None, typer.Option("--when", metavar="'KEY>VALUE'", help="Condition on the plan: 'rl_share>10%'.", show_default=False)
]
_From = Annotated[str, typer.Option("--from", metavar="Q", help="Least budget searched.")]
_To = Annotated[str, typer.Option("--to", metavar="Q", help="Largest budget searched.")]
_Within = Annotated[str, typer.Option("--within", metavar="RATIO", help="Relative width to which a budget is found.")]
_Margin = Annotated[str, typer.Option("--margin", metavar="RATIO", help="Part of the loss that counts as a difference.")]


@plans
@without("budget", *SILENT)
def run(
    request: Request,
    case: _Case = None,
    when: _When = None,
    start: _From = "1e20",
    end: _To = "1e28",
    within: _Within = "1%",
    margin: _Margin = "0",
) -> Result:
    """Walk over budgets and bisect."""
    from budgetplan.api.grounds import require_no_target
    from budgetplan.errors import ScenarioError
    from budgetplan.workflow.questions.condition import read_condition
    from budgetplan.workflow.questions.crossover import MARGIN, crossover

    low, high = (parse_quantity(text, "compute", name, positive=True) for text, name in ((start, "from"), (end, "to")))
    if not low < high:
        raise ScenarioError(f"`--from` is {low:.3g} FLOP and `--to` {high:.3g} FLOP.", "Search from a small budget to a large one.")
    require_no_target(request.scenario)
    answer = crossover(
        request.scenario,
        [fields_of(item) for item in case or []],
        None if when is None else read_condition(when),
        (low, high),
        parse_quantity(within, "ratio", "within", positive=True),
        max(parse_quantity(margin, "ratio", "margin"), MARGIN),
        request.command,
    )
    rows = answer.to_dict()["rows"]
    page = Page(
        answer.headline,
        f"law {answer.provenance['law']}",
        (_grid(answer, rows), Lines(_lines(answer), request.command)),
    )
    return Result(answer.to_dict(), rows, page, answer.headline)


def _grid(answer: Crossover, rows: list[dict[str, Any]]) -> Grid:
    """The coarse walk."""
    names = [name for name in rows[0] if name not in ("budget", "choice")]
    cells = tuple((figures.flop(row["budget"]), *(figures.number(row[name]) for name in names), str(row["choice"])) for row in rows)
    return Grid(("budget", *names, "right"), cells)


def _lines(answer: Crossover) -> tuple[tuple[str, str], ...]:
    width = f"each budget is good to {figures.percent(answer.tolerance)}"
    return labelled(
        "search", [f"three budgets a decade, then bisection: {width}; what holds between two of them only can be missed"]
    )
