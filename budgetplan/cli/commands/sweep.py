"""`budgetplan sweep`: one plan per cell of a grid over scenario fields."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from budgetplan.cli import figures
from budgetplan.cli.layout import Grid, Lines, Page
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.errors import ScenarioError, UnitError

EXAMPLES = (
    "budgetplan sweep --over budget=1e22..1e26:9",
    "budgetplan sweep --over budget=1e23..1e25:3 --over verifier=none,oracle",
    "budgetplan sweep --budget 1e25 --over max.rl_share=0.01..0.5:6lin",
)
DETAILS = "START..STOP:COUNT is spaced by ratio, with lin after the count by difference; A,B,C are the values themselves."

_Over = Annotated[
    list[str] | None,
    typer.Option("--over", metavar="KEY=START..STOP:COUNT", help="A field and its values; repeatable.", show_default=False),
]
_SHOWN = 40
"""Rows of the table on a terminal; files and other formats have all."""


@plans
def run(request: Request, over: _Over = None) -> Result:
    """Plan every cell."""
    from budgetplan.workflow import sweep

    grid = dict(_axis(item) for item in over or ())
    table = sweep(request.scenario, grid)
    rows: list[dict[str, Any]] = [
        {str(key): None if value != value else value for key, value in row.items()} for row in table.to_dict("records")
    ]
    keys = list(grid)
    head = (*keys, "N", "D", "R", "k", "shares %", "loss", "wasted by thirds", "status")
    cells = tuple(_cells(row, keys) for row in rows[:_SHOWN])
    failed = sum(row["status"] != "optimal" for row in rows)
    title = f"{len(rows)} plans" + (f", {failed} of them without an answer." if failed else ".")
    more = (("more", f"{len(rows) - _SHOWN} further rows: --format csv"),) if len(rows) > _SHOWN else ()
    page = Page(title, f"law {request.scenario.law}", (Grid(head, cells), Lines(more, request.command)))
    return Result(rows, rows, page, title, ())


def _cells(row: dict[str, Any], keys: list[str]) -> tuple[str, ...]:
    swept = tuple(f"{row[key]:.3g}" if isinstance(row[key], float) else str(row[key]) for key in keys)
    if row.get("params") is None:
        return (*swept, *("-",) * 7, str(row["status"]))
    shares = "/".join(f"{100 * (row[f'{stage}_share'] or 0.0):.0f}" for stage in ("pretraining", "rl", "inference"))
    amounts = (f"{row[name]:.3g}" for name in ("params", "pretraining_tokens", "rl_tokens", "samples_per_query"))
    wasted = row.get("equal_thirds_wasted_compute")
    loss = "-" if row["loss"] is None else f"{row['loss']:.4g}"
    return (*swept, *amounts, shares, loss, "-" if wasted is None else figures.percent(wasted), str(row["status"]))


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
