"""`budgetplan thirds`: by budget, whether equal thirds are right, what they waste, and what would have to be true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from budgetplan.cli import figures
from budgetplan.cli.idle import without
from budgetplan.cli.layout import Grid, Lines, Page
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.errors import ScenarioError

if TYPE_CHECKING:
    from budgetplan.workflow.questions.thirds_study import ThirdsCondition, ThirdsRow

EXAMPLES = (
    "budgetplan thirds",
    "budgetplan thirds --law additive --budgets 1e22,1e24,1e26 --by tokens",
    "budgetplan thirds --budget 1e25 --verifier oracle --tolerance 5% --format csv",
)
DETAILS = (
    "A stage's share of the optimum is its elasticity over the sum of all: equal thirds are right where another percent of tokens "
    "takes the same off the loss in each stage. The csv has the interval of every coefficient."
)

_Budgets = Annotated[
    str | None,
    typer.Option("--budgets", metavar="Q,Q,...", help="Budgets to ask about; default: --budget, or six.", show_default=False),
]
_By = Annotated[str, typer.Option("--by", metavar="compute|tokens", help="What is equal.")]


@plans
@without("draws", "certify", "strict")
def run(request: Request, budgets: _Budgets = None, by: _By = "compute") -> Result:
    """Ask every budget."""
    from budgetplan.workflow.questions.thirds_study import thirds_condition

    scenario = request.scenario
    answer = thirds_condition(scenario, _amounts(request, budgets), by, scenario.tolerance, command=request.command)
    head = (
        "budget",
        f"within {figures.percent(answer.tolerance)}",
        "wasted",
        "optimum %",
        "each earns at thirds",
        "they are right",
    )
    page = Page(
        answer.headline,
        f"law {answer.law}, equal {by}",
        (Grid(head, tuple(_cells(row) for row in answer.rows)), Lines(_lines(answer), request.command)),
    )
    return Result(answer.to_dict(), answer.interval_rows(), page, answer.headline)


def _amounts(request: Request, text: str | None) -> list[float]:
    """The budgets in FLOP."""
    from budgetplan.api.grounds import thirds_budgets

    named = None if text is None else [item.strip() for item in text.split(",") if item.strip()]
    if named == []:
        raise ScenarioError("--budgets names no budget.", "Write --budgets 1e22,1e24.")
    return thirds_budgets(request.scenario, named)


def _cells(row: ThirdsRow) -> tuple[str, ...]:
    shares = "/".join(f"{100 * share:.0f}" for share in row.share.values())
    earns = "/".join(f"{value:.2g}" for name, value in row.earns.items() if name != "params")
    return (
        figures.flop(row.budget),
        "yes" if row.within else "no",
        figures.percent(row.wasted_compute),
        shares,
        earns,
        row.condition,
    )


def _lines(answer: ThirdsCondition) -> tuple[tuple[str, str], ...]:
    """What the columns mean."""
    unit = "tokens" if answer.by == "tokens" else "spend"
    rule = "in proportion to what a token costs" if answer.by == "tokens" else "equal"
    return (
        (
            "earns",
            f"percent of the reducible loss that one more percent of {unit} takes off, by stage: right where these are {rule}",
        ),
        ("optimum", "shares of compute: pre-training/RL/inference"),
    )
