"""Which success rates are worth training on: where a group teaches nearly as many bits per FLOP as it can.

A token costs the same whatever the success, so bits per FLOP follow the informative bits J(p, G): symmetric about 1/2, rising
below it (`groups`). For G = 2, J = 2 p f and the window that keeps 90 % is 0.342 to 0.658; for large G it tends to that of
H(p), 0.316 to 0.684. A task writer that aims at its own success of one half loses little by missing it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from budgetplan.errors import ScenarioError
from budgetplan.signal.groups import informative_bits, informative_share

_HALVINGS = 1100
"""Enough for every double between 0 and 1/2, down to the smallest."""


@dataclass(frozen=True)
class SuccessWindow:
    """Success rates that keep a given part of the most bits per FLOP.

    Attributes
    ----------
    best : float
        The most informative success rate, 1/2. [1]
    low, high : float
        Ends of the window. [1]
    bits_per_sample : float
        At the best. [bit/sample]
    """

    best: float
    low: float
    high: float
    bits_per_sample: float


def success_window(group_size: int, kept: float = 0.9) -> SuccessWindow:
    """The most informative success rate of a group, and the window around it that keeps a part of its bits per FLOP.

    Parameters
    ----------
    group_size : int
        G, at least 2. [1]
    kept : float
        Part of the most bits per FLOP, above 0 and at most 1. [1]

    Returns
    -------
    SuccessWindow

    Raises
    ------
    ScenarioError
        Where the group or the part is out of range.

    Examples
    --------
    >>> window = success_window(16)
    >>> window.best, round(window.low, 3), round(window.high, 3), round(window.bits_per_sample, 4)
    (0.5, 0.317, 0.683, 1.0)
    """
    if group_size < 2:
        raise ScenarioError(f"`group_size` is {group_size}, and a group has to have at least 2 answers to have a baseline.")
    if not 0.0 < kept <= 1.0:
        raise ScenarioError(f"`kept` is {kept:g}, and has to be above 0 and at most 1.")
    most = informative_bits(0.5, group_size)
    low = _first(lambda p: bool(informative_bits(p, group_size) >= kept * most)) if kept < 1.0 else 0.5
    return SuccessWindow(0.5, low, 1.0 - low, float(most) / group_size)


def group_size_for(success: float, share: float = 0.9, most: int = 1_000_000) -> int | None:
    """The smallest group of which at least a given share carries gradient.

    Parameters
    ----------
    success : float
        p in (0, 1). [1]
    share : float
        Informative share wanted, in (0, 1). [1]
    most : int
        Largest group to consider. [1]

    Returns
    -------
    int or None
        About ln(1 - share)/ln(1 - p) for rare success; None where even the largest group falls short. [1]

    Examples
    --------
    >>> group_size_for(0.3), group_size_for(0.01), group_size_for(1e-9)
    (7, 230, None)
    """
    low, high = 1, most
    if informative_share(success, most) < share:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if informative_share(success, middle) >= share else (middle, high)
    return high


def _first(enough: Callable[[float], bool]) -> float:
    """The smallest success in (0, 1/2] that is enough, by bisection."""
    low, high = 0.0, 0.5
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
