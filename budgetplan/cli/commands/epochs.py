"""`budgetplan epochs`: how often to repeat data, and what one more unique token is worth."""

from __future__ import annotations

from budgetplan.cli import figures
from budgetplan.cli.idle import SILENT, without
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result

EXAMPLES = (
    "budgetplan epochs --budget 1e24 --unique-tokens 1T --law muennighoff-2023",
    "budgetplan epochs --budget 1e24 --unique-tokens 300B",
    "budgetplan epochs --usd 2Musd --gpu H100 --unique-tokens 100B --format csv",
)
DETAILS = (
    "Rows have a tenth to ten times the unique tokens asked about. The worth of a token is the compute that takes as much off the "
    "loss: what finding or making it may cost."
)
_HEAD = ("unique tokens", "N", "epochs", "loss", "worth of one more, FLOP", "of a billion more")


@plans
@without(*SILENT)
def run(request: Request) -> Result:
    """Plan with fewer and more unique tokens."""
    from budgetplan.workflow.questions.data_value import data_value

    answer = data_value(request.scenario, request.command)
    cells = tuple(
        (
            figures.amount(row.unique_tokens), figures.amount(row.params), f"{row.epochs:.3g}", figures.loss(row.loss),
            figures.flop(row.flop_per_unique_token), "-" if row.usd_per_billion is None else figures.money(row.usd_per_billion),
        )
        for row in answer.rows
    )  # fmt: skip
    most = ", ".join(f"{100 * part:.0f} % after {epochs:.3g} epochs" for part, epochs in answer.most_epochs.items())
    lines = (("repeated", f"a repeated token earns of a fresh one: {most}"), *labelled("note", answer.notes))
    aside = f"{figures.flop(answer.budget)} FLOP, law {answer.law}"
    page = Page(answer.headline, aside, (Grid(_HEAD, cells), Lines(lines, request.command)))
    return Result(answer.to_dict(), [dict(vars(row)) for row in answer.rows], page, answer.headline)
