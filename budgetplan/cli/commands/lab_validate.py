"""`budgetplan lab validate`: train what the fitted law advises, and hold its prediction against what comes out."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import reports
from budgetplan.cli.progress import progress
from budgetplan.cli.result import Result
from budgetplan.errors import MissingExtraError, UnitError

if TYPE_CHECKING:
    from budgetplan.lab.validate_table import Match

EXAMPLES = (
    "budgetplan lab validate lab --workers 2",
    "budgetplan lab validate lab --budget 1e12 --budget 1e13 --queries 20k",
    "budgetplan lab validate lab --dry-run",
)
DETAILS = (
    "Without --budget: one budget inside the grid, one at its edge, one three times beyond. The inference part of a budget answers "
    "the queries; without --queries so many that answers cost about a third. The plan, equal thirds, equal tokens and the plan "
    "without its RL are trained on fresh seeds. A stopped run goes on with the same command; --dry-run says how long it takes."
)

_Dir = Annotated[str, typer.Argument(metavar="DIR", help="Folder of a run of the lab with its fit.")]
_Budgets = Annotated[list[str] | None, typer.Option("--budget", metavar="FLOP", help="A budget (repeatable).")]
_Queries = Annotated[str | None, typer.Option("--queries", metavar="Q", help="Queries to be answered from every budget.")]
_Law = Annotated[str | None, typer.Option("--law", metavar="FILE", help="Law file in place of DIR/lab.yaml.")]
_Seeds = Annotated[int, typer.Option("--seeds", metavar="N", help="Training runs of each candidate.")]
_Workers = Annotated[int, typer.Option("--workers", metavar="N", help="Processes, each on one core.")]
_Dry = Annotated[bool, typer.Option("--dry-run", help="Only say what would be trained, and for how long.")]


@reports
def run(
    folder: _Dir = "lab",
    budget: _Budgets = None,
    queries: _Queries = None,
    law: _Law = None,
    seeds: _Seeds = 3,
    workers: _Workers = 1,
    dry_run: _Dry = False,
) -> Result:
    """Close the loop at every budget."""
    if importlib.util.find_spec("torch") is None:
        raise MissingExtraError("`lab validate`", "lab")
    for name, number in (("seeds", seeds), ("workers", workers)):
        if number < 1:
            raise UnitError(f"--{name}: {number} can do nothing.", "Give 1 or more.")
    from budgetplan.lab.validate import validate
    from budgetplan.units import parse_quantity

    amounts = [parse_quantity(text, "compute", "budget") for text in budget or ()]
    budgets = {f"{amount:.3g}".replace("+", ""): amount for amount in amounts} or None
    asked = None if queries is None else parse_quantity(queries, "count", "queries")
    place = None if law is None else Path(law)
    if dry_run:
        return _proposal(Path(folder), budgets, asked, seeds, place)
    with progress("lab validate: seconds of one core") as tell:
        found = validate(
            Path(folder), budgets, asked, seeds, workers, lambda done, total, _: tell(round(done), round(total)), place
        )
    plans = [match for match in found.matches if match.candidate == "plan"]
    others = [match for match in found.matches if match.behind is not None]
    inside, runs = sum(match.inside for match in plans), sum(match.measured.count for match in plans)
    won = sum(match.winner == "plan" for match in others)
    lost = sum(match.winner == match.candidate for match in others)
    title = (
        f"{inside} of {runs} runs of the plan fell into the predicted 90 % interval; the plan wins {won} of {len(others)} "
        f"comparisons, loses {lost}, and {len(others) - won - lost} are undecided."
    )
    scatter = f"seeds scatter by {found.between_seeds:.3f} in ln task loss, the grid about the law by {found.about_law:.3f}"
    missing = [f"{name} at `{at}`: no training could follow it" for at, name in found.left_out]
    lines = Lines((("noise", scatter), *labelled("left out", missing), ("file", str(found.table))))
    data = {
        "matches": [match.to_dict() for match in found.matches],
        "noise": {"between_seeds": found.between_seeds, "about_law": found.about_law},
        "left_out": [{"budget": at, "candidate": name} for at, name in found.left_out],
        "law": found.law,
        "file": str(found.table),
    }
    return Result(data, found.rows, Page(title, f"law {found.law}", (_grid(found.matches), lines)), title)


def _proposal(folder: Path, budgets: dict[str, float] | None, queries: float | None, seeds: int, law: Path | None) -> Result:
    """What would be trained."""
    from budgetplan.lab.validate import propose, proposed_work

    proposal = propose(folder, budgets, queries, law)
    seconds = sum(piece.seconds for piece in proposed_work(folder, proposal, seeds))
    names = (
        "budget",
        "name",
        "flop",
        "pretraining_tokens",
        "rl_tokens",
        "samples_per_query",
        "queries",
        "predicted",
        "low",
        "high",
    )
    rows = [{"width": one["shape"].get("width"), **{name: one[name] for name in names}} for one in proposal["candidates"]]
    cells = tuple(tuple(f"{row[name]:.4g}" if isinstance(row[name], float) else str(row[name]) for name in names) for row in rows)
    title = f"{len(rows)} candidates, {seeds} runs each: about {seconds / 60:.0f} minutes of one core are left."
    return Result({"seconds": seconds, **proposal}, rows, Page(title, "", (Grid(names, cells),)), title)


def _grid(matches: Sequence[Match]) -> Grid:
    """Lay out how every candidate did."""
    head = (
        "budget",
        "candidate",
        "predicted (90 %)",
        "measured",
        "inside",
        "behind the plan (90 %)",
        "by the law",
        "winner",
        "text loss",
    )
    rows = []
    for match in matches:
        measured, behind = match.measured, match.behind
        rows.append(
            (
                match.budget,
                match.candidate,
                f"{match.predicted:.3f} ({match.low:.3f} to {match.high:.3f})",
                f"{measured.value:.3f}",
                f"{match.inside} of {measured.count}",
                "" if behind is None else f"{behind.value:+.3f} ({behind.low:+.3f} to {behind.high:+.3f})",
                "" if match.behind_predicted is None else f"{match.behind_predicted:+.3f}",
                "" if behind is None else match.winner,
                f"{match.text_loss:.2f}",
            )
        )
    return Grid(head, tuple(rows))
