"""What a command hands back: one answer in the shapes that the formats need."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from budgetplan.cli.layout import Page
from budgetplan.errors import UnknownNameError


@dataclass(frozen=True)
class Result:
    """An answer, not yet written.

    Attributes
    ----------
    data : mapping or list
        For JSON.
    rows : sequence of mapping
        For CSV: one mapping of column to value per row; a row may lack columns.
    page : Page
        For people.
    brief : str
        For `--quiet`: the answer in a line, or one name per line.
    warnings : tuple of str
        Sentences; `page` and `data` tell them too.
    """

    data: Any
    rows: Sequence[Mapping[str, Any]]
    page: Page
    brief: str
    warnings: tuple[str, ...] = ()


def as_json(data: Any) -> str:
    """Return strict JSON: infinities and nan, which it has no numbers for, become null.

    Examples
    --------
    >>> as_json({"value": float("inf")}).split()
    ['{', '"value":', 'null', '}']
    """
    return json.dumps(_plain(data), indent=2, allow_nan=False) + "\n"


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    r"""Return comma-separated values with a header; a missing value is empty.

    Examples
    --------
    >>> as_csv([{"id": "a", "x": 0.1}, {"id": "b, c", "y": None}])
    'id,x,y\na,0.1,\n"b, c",,\n'
    """
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def value_at(data: Any, path: str) -> Any:
    """Return one value of nested data by its dotted path.

    Parameters
    ----------
    data : mapping or list
        As for JSON.
    path : str
        Such as `plan.share.rl`; a key that has dots itself is found too.

    Raises
    ------
    UnknownNameError
        Where there is no such value.

    Examples
    --------
    >>> value_at({"plan": {"share": {"rl": 0.5}}}, "plan.share.rl")
    0.5
    """
    within, seen, rest = data, "", path.split(".")
    while rest:
        if isinstance(within, list | tuple):
            within = {str(index): item for index, item in enumerate(within)}
        known = [str(key) for key in within] if isinstance(within, Mapping) else []
        deepest = max((key.count(".") for key in known), default=0) + 1  # a path of a million dots is no reason to join them all
        heads = [".".join(rest[:count]) for count in range(min(len(rest), deepest), 0, -1)]
        head = next((head for head in heads if head in known), None)
        if head is None:
            raise UnknownNameError("value", path, [seen + key for key in known] or [seen.rstrip(".")])
        within, seen, rest = within[head], f"{seen}{head}.", rest[head.count(".") + 1 :]
    return within


def _plain(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {str(key): _plain(item) for key, item in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(item) for item in data]
    if isinstance(data, float):
        return float(data) if math.isfinite(data) else None
    return data
