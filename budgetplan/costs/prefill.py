"""What a prompt token costs: a forward pass at the utilisation of prefill, which is not that of decoding."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from budgetplan.costs.methods import Count
from budgetplan.costs.stages import FORWARD
from budgetplan.costs.table import read_table
from budgetplan.datafiles import data_path
from budgetplan.units import parse_quantity


@dataclass(frozen=True)
class Prefill:
    """Utilisation of prefill relative to training, where the user gives none.

    Attributes
    ----------
    utilisation, low, high : float
        Default and its range [1].
    kind, source : str
        How it is known, and why.
    """

    utilisation: float
    low: float
    high: float
    kind: str
    source: str


@cache
def load_prefill(path: Path | None = None) -> Prefill:
    """Return the default utilisation of prefill with its range and source.

    Parameters
    ----------
    path : Path, optional
        A table of the same form; default: the shipped one.

    Raises
    ------
    DataError
        Where the table cannot be used.
    """
    row = read_table(data_path("serving.yaml") if path is None else path).row("prefill_utilisation")
    low, value, high = (row.number(name, "1", most=1.0) for name in ("low", "value", "high"))
    return Prefill(value, low, high, row.text("kind"), row.text("source"))


def prefill_kappa(utilisation: float | None = None, count: Count = "training-equivalent") -> float:
    r"""Return what one prompt token costs per active param.

    Parameters
    ----------
    utilisation : float, optional
        Of prefill relative to training, above 0, at most 1 [1]; default: the table's.
    count : {"training-equivalent", "operations"}
        With `operations` prefill runs at full utilisation.

    Returns
    -------
    float
        kappa of prefill [FLOP per param and token].

    Raises
    ------
    UnitError
        Where `utilisation` is out of range.

    Notes
    -----
    :math:`\kappa = 2/u_{prefill}` [1]_: a forward pass over all tokens of the prompt at once, bound by arithmetic where
    decoding is bound by memory. A prompt is read once for all samples to it.

    References
    ----------
    .. [1] Austin et al., "How to Scale Your Model", 2025, chapters 7 and 8.

    Examples
    --------
    >>> prefill_kappa(), prefill_kappa(0.5), prefill_kappa(0.5, "operations")
    (2.0, 4.0, 2.0)
    """
    if utilisation is not None:
        utilisation = parse_quantity(utilisation, "ratio", "prefill_utilisation", positive=True)
    if count == "operations":
        return FORWARD
    return FORWARD / (load_prefill().utilisation if utilisation is None else utilisation)
