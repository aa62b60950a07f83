"""A figure of a public model as somebody states it: value and unit, who it comes from, its source, and how that was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from budgetplan.costs.table import Row
from budgetplan.errors import DataError

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "params": "param",
        "total_params": "param",
        "pretraining_tokens": "token",
        "training_flop": "FLOP",
        "accelerators": "1",
        "accelerator_hours": "h",
        "all_stages_hours": "h",
        "mfu": "1",
        "peak_flop_per_s": "FLOP/s",
        "post_training_flop": "FLOP",
        "rl_flop": "FLOP",
        "rl_accelerator_hours": "h",
        "rl_responses": "1",
        "rl_tokens": "token",
    }
)
"""Figures that a model can have, each with its unit."""
KINDS = ("published", "estimated", "computed")
"""Who a figure comes from: the developer, somebody else, or arithmetic on what the developer published."""
STATUSES = ("verified", "secondary", "recalled")
"""How it was read: at its source, in a text that cites the source, or from memory."""


@dataclass(frozen=True)
class Figure:
    """One statement of one quantity.

    Attributes
    ----------
    value : float
        In `unit`.
    unit : str
        As in `UNITS`.
    kind : {"published", "estimated", "computed"}
        Who it comes from.
    source : str
        Paper, table or page.
    status : {"verified", "secondary", "recalled"}
        How it was read.
    scope : str
        What it covers, where that is less or more than the quantity's name says; else empty.
    """

    value: float
    unit: str
    kind: str
    source: str
    status: str
    scope: str


def read_figures(row: Row, name: str) -> tuple[Figure, ...]:
    """Check the statements of one quantity of a model.

    Parameters
    ----------
    row : Row
        The model.
    name : str
        The quantity, one of `UNITS`.

    Returns
    -------
    tuple of Figure
        In the order of the file, at least one.

    Raises
    ------
    DataError
        Where a statement lacks its unit, kind, source or status, or its value is out of range.
    """
    items = row.fields[name]
    if not isinstance(items, list) or not items or not all(isinstance(item, Mapping) for item in items):
        raise DataError(f"{row.place}: `{name}` has to be null or a list of statements, each with value, unit, kind and source.")
    return tuple(_figure(Row(f"{row.place}: {name}", item), name) for item in items)


def _figure(stated: Row, name: str) -> Figure:
    texts = {key: stated.text(key) for key in ("unit", "kind", "source", "status")}
    for key, allowed in (("unit", (UNITS[name],)), ("kind", KINDS), ("status", STATUSES)):
        if texts[key] not in allowed:
            raise DataError(f"{stated.place}: `{key}` is `{texts[key]}`, and {' or '.join(allowed)} is due.")
    scope = stated.text("scope") if "scope" in stated.fields else ""
    value = stated.number("value", UNITS[name], most=1.0 if name == "mfu" else float("inf"))
    return Figure(value, texts["unit"], texts["kind"], texts["source"], texts["status"], scope)
