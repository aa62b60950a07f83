"""`budgetplan score`: a split that the user names, beside the optimum."""

from __future__ import annotations

from typing import Annotated

import typer

from budgetplan.cli import figures
from budgetplan.cli.allocation_table import allocation_grid
from budgetplan.cli.first_screen import ending
from budgetplan.cli.idle import UNSURE, without
from budgetplan.cli.layout import Lines, Page
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.units import format_quantity

EXAMPLES = (
    "budgetplan score --budget 1e25 --share pretraining=60%,rl=20%,inference=20%",
    "budgetplan score --budget 1e25 --share pretraining=1/3,rl=1/3,inference=1/3",
    "budgetplan score --usd 2Musd --share pretraining=90%,inference=10%",
)
DETAILS = "The params are the best for the split, unless --params or --checkpoint fixes them."

_Share = Annotated[
    str | None,
    typer.Option("--share", metavar="STAGE=SHARE,...", help="The split; a stage left out gets nothing.", show_default=False),
]


@plans
@without(*UNSURE)
def run(request: Request, share: _Share = None) -> Result:
    """Score one split."""
    from budgetplan.workflow import score
    from budgetplan.workflow.plans.study import row_of

    scored = score((request if share is None else request.replaced(share=share)).scenario, command=request.command)
    named, best = scored.plan, scored.optimum
    wasted = 0.0 if named.regret is None else max(named.regret.wasted_compute, 0.0)
    headline = f"This split wastes {figures.percent(wasted)} of the compute against the optimum."
    aside = f"{format_quantity(best.flop['total'], 'compute')}, law {scored.provenance['law']}"
    drawn = named.queries * named.samples_per_query
    each = (named.tokens["inference"] - (request.scenario.serve or 0.0)) / drawn if drawn > 0 else None
    warnings = tuple(item.message for item in scored.warnings)
    lines = Lines(ending(scored.assumptions, warnings), str(scored.provenance["command"]))
    page = Page(headline, aside, (allocation_grid(named, best, "optimum", named.regret, each), lines))
    rows = [{"allocation": "split", **row_of(named)}, {"allocation": "optimum", **row_of(best)}]
    return Result(scored.to_dict(), rows, page, headline, warnings)
