"""`budgetplan sweep`: one plan per cell of a grid over scenario fields."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetplan.cli import figures
from budgetplan.cli.idle import UNSURE, without
from budgetplan.cli.layout import Grid, Lines, Page
from budgetplan.cli.options import Request, plans
from budgetplan.cli.output import unwritable
from budgetplan.cli.progress import progress
from budgetplan.cli.result import Result
from budgetplan.errors import ScenarioError, UnitError
from budgetplan.parallel.whole_file import whole_file
from budgetplan.workflow.stage_names import WRITTEN

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = (
    "budgetplan sweep --over budget=1e22..1e26:9",
    "budgetplan sweep --over budget=1e23..1e25:3 --over verifier=none,oracle",
    "budgetplan sweep --budget 1e25 --over max.rl_share=0.01..0.5:6lin",
    "budgetplan sweep --over budget=1e22..1e26:40 --workers 2 --format csv",
)
DETAILS = (
    "START..STOP:COUNT is spaced by ratio, with lin after the count by difference; A,B,C are the values themselves. "
    "-o FILE.csv, .json or .parquet holds all rows. The rows do not depend on the workers. "
    "A cell without an answer is a row with its status."
)

_Over = Annotated[
    list[str] | None,
    typer.Option("--over", metavar="KEY=START..STOP:COUNT", help="A field and its values; repeatable.", show_default=False),
]
_Workers = Annotated[int, typer.Option("--workers", metavar="N", help="Processes that share the cells.")]
_Cluster = Annotated[
    str | None,
    typer.Option("--cluster", metavar="tcp://HOST:PORT", help="Dask scheduler whose workers share the cells.", show_default=False),
]
MOST = 10_000_000
"""Values of one swept field: a sweep of more would not fit into memory."""
_SHOWN = 40
"""Rows of the table on a terminal; files and other formats have all."""


@plans
@without(*UNSURE)
def _shown(request: Request, over: _Over = None, workers: _Workers = 1, cluster: _Cluster = None) -> Result:
    """Plan every cell."""
    from budgetplan.workflow.sweeps.file import records

    keys, table = _swept(request, over, workers, cluster)
    rows = [row for block in records(table) for row in block]
    head = (*keys, "N", "D", "R", "k", "shares %", "loss", "wasted by thirds", "status")
    cells = tuple(_cells(row, keys) for row in rows[:_SHOWN])
    failed = int((table["status"] != "optimal").sum())
    title = f"{len(rows)} plans" + (f", {failed} of them without an answer." if failed else ".")
    reasons = ", ".join(sorted({str(row["status"]) for row in rows} - {"optimal"}))
    warnings = (f"{failed} of {len(rows)} cells have no answer: {reasons}",) if failed else ()
    more = (("more", f"{len(rows) - _SHOWN} further rows: --format csv"),) if len(rows) > _SHOWN else ()
    lines = Lines((*more, ("columns", figures.COLUMNS)), request.command)
    page = Page(title, f"law {request.scenario.law}", (Grid(head, cells), lines))
    return Result(rows, rows, page, title, warnings)


@plans
@without(*UNSURE)
def _saved(request: Request, file: str, over: _Over = None, workers: _Workers = 1, cluster: _Cluster = None) -> Result:
    """Plan every cell and write all rows to a file, which is whole or not there."""
    from budgetplan.workflow.sweeps.file import require_writer, write_table

    suffix = Path(file).suffix.lower()
    require_writer(suffix)
    with unwritable(file), whole_file(file) as part:  # says before the sweep that the file cannot be written
        write_table(_swept(request, over, workers, cluster)[1], part, suffix)
    raise typer.Exit  # the file is the answer: nothing goes to stdout


def _swept(request: Request, over: list[str] | None, workers: int, cluster: str | None) -> tuple[list[str], pd.DataFrame]:
    """The swept keys and the table."""
    from budgetplan.workflow import sweep

    grid: dict[str, list[Any]] = {}
    for key, values in map(_axis, over or ()):
        if key in grid:
            raise ScenarioError(f"--over {key} is given twice.", f"Name all its values in one: --over {key}=A,B,C.")
        grid[key] = values
    with progress("sweep") as tell:
        return list(grid), sweep(request.scenario, grid, workers, cluster, tell)


def run(**values: Any) -> None:
    """Choose between the answer on stdout or in any text file, and the whole table in a file of its own kind."""
    (_saved if _is_table(values) else _shown)(**values)


run.__signature__ = inspect.signature(_shown)  # type: ignore[attr-defined]  # read by inspect


def _is_table(values: Mapping[str, Any]) -> bool:
    """Whether the file's suffix says how to write it, and no option says otherwise."""
    suffix = Path(values["file"] or "").suffix.lower()
    told = values["format"] if values["get"] is None else "one value"
    if suffix == ".parquet" and told not in ("table", "parquet"):
        raise ScenarioError(f"-o: `{values['file']}` is to be Parquet and {told}.", "Leave out --format and --get.")
    return suffix in (".csv", ".json", ".parquet") and told in ("table", suffix[1:])


def _cells(row: dict[str, Any], keys: list[str]) -> tuple[str, ...]:
    swept = tuple(figures.number(row[key], 3) if isinstance(row[key], float) else str(row[key]) for key in keys)
    if row.get("params") is None:
        return (*swept, *("-",) * 7, str(row["status"]))
    shares = figures.shares({stage: row[f"{stage}_share"] or 0.0 for stage in WRITTEN})
    amounts = (figures.amount(row[name]) for name in ("params", "pretraining_tokens", "rl_tokens", "samples_per_query"))
    wasted = row.get("equal_thirds_wasted_compute")
    told = "-" if wasted is None else figures.percent(wasted)
    return (*swept, *amounts, shares, figures.number(row["loss"]), told, str(row["status"]))


def _axis(text: str) -> tuple[str, list[Any]]:
    """A key and its values, from KEY=START..STOP:COUNT or KEY=A,B,C."""
    import numpy as np

    from budgetplan.scenario import override, scenario_from_fields

    key, equals, values = (part.strip() for part in text.partition("="))
    if not (key and equals and values):
        raise ScenarioError(f"--over: `{text}` is not of the form KEY=START..STOP:COUNT.", "Write --over budget=1e22..1e26:9.")
    if ".." not in values:
        return key, [item.strip() for item in values.split(",")]
    ends, colon, count = values.rpartition(":")
    start, dots, stop = ends.partition("..")
    linear, number = count.endswith("lin"), count.removesuffix("lin").removesuffix("log")
    if not (colon and dots and start and stop and number.isdigit() and int(number) >= 1):
        raise ScenarioError(f"--over {key}: `{values}` is not START..STOP:COUNT.", "Write --over budget=1e22..1e26:9.")
    if int(number) > MOST:
        raise ScenarioError(f"--over {key}: {int(number):,} values are more than {MOST:,}.", "Sweep a coarser series.")
    low, high = (_number(override, scenario_from_fields, key, end) for end in (start, stop))
    if not linear and (low <= 0 or high <= 0):
        raise UnitError(f"--over {key}: {low:g} to {high:g} cannot be spaced by ratio.", f"Write {start}..{stop}:{number}lin.")
    spaced = np.linspace(low, high, int(number)) if linear else np.geomspace(low, high, int(number))
    return key, [float(item) for item in spaced]


def _number(override: Any, scenario_from_fields: Any, key: str, text: str) -> float:
    """A quantity in the unit of its field, in SI."""
    value: Any = override(scenario_from_fields({}), {key: text})
    for part in key.split("."):
        value = value[part] if isinstance(value, dict) else getattr(value, part)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ScenarioError(f"--over {key}: `{text}` is no number to space between.", f"List the values: --over {key}=A,B,C.")
    return float(value)
