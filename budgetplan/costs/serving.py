"""How serving uses the hardware: shares of a peak that nobody states for your machine, each assumed with a range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from budgetplan.costs.table import read_table
from budgetplan.datafiles import data_path


@dataclass(frozen=True)
class ServingShare:
    """A share of what the hardware could do, where the user gives none.

    Attributes
    ----------
    value, low, high : float
        Default and its range [1].
    kind, source : str
        How it is known, and why.
    """

    value: float
    low: float
    high: float
    kind: str
    source: str


@cache
def load_serving(name: str, path: Path | None = None) -> ServingShare:
    """Return one share with its range and source.

    Parameters
    ----------
    name : {"prefill_utilisation", "bandwidth_reached"}
    path : Path, optional
        A table of the same form; default: the shipped one.

    Raises
    ------
    DataError
        Where the table cannot be used.

    Examples
    --------
    >>> load_serving("bandwidth_reached").kind
    'assumed'
    """
    row = read_table(data_path("serving.yaml") if path is None else path).row(name)
    low, value, high = (row.number(end, "1", most=1.0) for end in ("low", "value", "high"))
    return ServingShare(value, low, high, row.text("kind"), row.text("source"))
