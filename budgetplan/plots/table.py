"""The drawn data as CSV: tidy, one row per mark, units in the column names, the same bytes every time."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Cell: TypeAlias = str | float | bool | None
Row: TypeAlias = Mapping[str, Cell]


def csv_text(rows: Sequence[Row]) -> str:
    r"""Rows as CSV text.

    Parameters
    ----------
    rows : sequence of mapping
        With the same columns each. None and nan become empty cells; floats keep all their digits.

    Returns
    -------
    str
        Lines end in one line feed on every system.

    Examples
    --------
    >>> csv_text([{"stage": "rl", "compute_flop": 1e24, "near_optimal": True, "cost_usd": None}])
    'stage,compute_flop,near_optimal,cost_usd\nrl,1e+24,true,\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([_written(cell) for cell in row.values()] for row in rows)
    return out.getvalue()


def _written(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return cell
    return "" if cell is None or cell != cell else repr(float(cell))
