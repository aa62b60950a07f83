"""How serving uses the hardware: shares of a peak that nobody states for your machine, each assumed with a range."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from budgetplan.costs.setting import Setting, read_setting
from budgetplan.costs.table import read_table
from budgetplan.datafiles import data_path


@cache
def load_serving(name: str, path: Path | None = None) -> Setting:
    """Return one share with its range and source.

    Parameters
    ----------
    name : {"prefill_utilisation", "bandwidth_reached"}
    path : Path, optional
        A table of the same form; default: the shipped one.

    Returns
    -------
    Setting
        Above 0, at most 1 [1].

    Raises
    ------
    DataError
        Where the table cannot be used.

    Examples
    --------
    >>> load_serving("bandwidth_reached").kind
    'assumed'
    """
    return read_setting(read_table(data_path("serving.yaml") if path is None else path).row(name), most=1.0)
