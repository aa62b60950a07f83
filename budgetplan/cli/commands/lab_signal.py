"""`budgetplan lab signal`: train one model by many signals, and say which claims about them hold."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Annotated

import typer

from budgetplan.cli.claims_grid import PARTS, claims_grid, counted
from budgetplan.cli.layout import Lines, Page
from budgetplan.cli.options import reports
from budgetplan.cli.progress import progress
from budgetplan.cli.result import Result
from budgetplan.errors import MissingExtraError, UnitError

EXAMPLES = (
    "budgetplan lab signal lab-smoke --preset smoke",
    "budgetplan lab signal lab --preset full --workers 2",
    "budgetplan lab signal lab --preset full --part b",
)
DETAILS = (
    f"Parts: {PARTS}. What is measured is kept; a stopped run goes on with the same command. On one core: smoke under a minute, "
    "full about an hour; two workers take half."
)

_Dir = Annotated[str, typer.Argument(metavar="DIR", help="Folder of a run of the lab, or a new one.")]
_Preset = Annotated[str, typer.Option("--preset", metavar="smoke|full", help="How much is measured.")]
_Parts = Annotated[list[str] | None, typer.Option("--part", metavar="a|b|c|d|e|f", help="Only these claims (repeatable).")]
_Workers = Annotated[int, typer.Option("--workers", metavar="N", help="Processes, each on one core.")]


@reports
def run(folder: _Dir = "lab", preset: _Preset = "full", part: _Parts = None, workers: _Workers = 1) -> Result:
    """Measure what the claims need, and write the table."""
    if importlib.util.find_spec("torch") is None:
        raise MissingExtraError("`lab signal`", "lab")
    if workers < 1:
        raise UnitError(f"--workers: {workers} processes can do nothing.", "Give 1 or more.")
    from budgetplan.lab.signal_run import examine
    from budgetplan.lab.signal_study import NEEDED, find_study
    from budgetplan.signal.measured import typed

    study, parts = find_study(preset), tuple(dict.fromkeys(part or NEEDED))
    with progress(f"lab signal {preset}: seconds of one core") as tell:
        found = examine(Path(folder), study, parts, workers, lambda done, total, _: tell(round(done), round(total)))
    title = counted(found.rows)
    table = claims_grid([typed(row) for row in found.rows])
    lines = [("rates", ", ".join(f"{method} {rates}" for method, rates in found.rates.items()))] if found.rates else []
    ends = [method for method, rates in found.rates.items() if rates.model in (min(study.rates), max(study.rates))]
    tried = study.critic_rates
    ends += [
        f"the critic of {method}"
        for method, rates in found.rates.items()
        if len(tried) > 1 and rates.critic in (min(tried), max(tried))
    ]
    if ends:
        lines.append(("beware", f"{', '.join(ends)}: the best rate lies at an end of those tried, a better one may lie beyond"))
    lines.append(("file", str(found.table)))
    chosen = {method: {"model": rates.model, "critic": rates.critic or None} for method, rates in found.rates.items()}
    data = {"preset": preset, "rates": chosen, "rows": [typed(row) for row in found.rows], "file": str(found.table)}
    return Result(data, found.rows, Page(title, f"preset {preset}", (table, Lines(tuple(lines)))), title)
