"""A figure that nobody states for your machine or your runs: the one in use, the range that it may lie in, and why."""

from __future__ import annotations

import math
from dataclasses import dataclass

from budgetplan.costs.table import Row


@dataclass(frozen=True)
class Setting:
    """One figure with its range.

    Attributes
    ----------
    value, low, high : float
        In use where the user gives none, and its range [1].
    kind, source : str
        How it is known, `published` or `assumed`, and why.
    """

    value: float
    low: float
    high: float
    kind: str
    source: str


def read_setting(row: Row, *, most: float = math.inf, zero: bool = False) -> Setting:
    """Check one figure of a table.

    Parameters
    ----------
    row : Row
        With `value`, `low`, `high`, `kind` and `source`.
    most : float
        Largest number that makes sense [1].
    zero : bool
        Whether 0 does.

    Returns
    -------
    Setting

    Raises
    ------
    DataError
        Where a field is missing, out of range, or the value lies outside of its own range.

    Examples
    --------
    >>> read_setting(Row("here", {"value": 0.7, "low": 0.5, "high": 0.9, "kind": "assumed", "source": "a guess"})).high
    0.9
    """
    value = row.number("value", "1", most=most, zero=zero)
    low = row.number("low", "1", most=value, zero=zero)
    high = row.number("high", "1", least=value, most=most, zero=True)
    return Setting(value, low, high, row.text("kind"), row.text("source"))
