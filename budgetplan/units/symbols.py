"""Unit symbols: the text after the number, for one dimension, as an exact power of ten and a multiplier.

Powers of ten are kept as integers and joined to the digits as text, so that `8.1B` is the same float as `8.1e9`, and
`7%` the same as `0.07`; multiplying by 1e9 or 0.01 would be off by a rounding.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from budgetplan.units.dimensions import DIMENSIONS


class Unit(NamedTuple):
    """A factor `10**power * times / over` from the written unit to the SI unit."""

    power: int = 0
    times: float = 1.0
    over: float = 1.0


SCALES = {
    "": 0, "k": 3, "m": 6, "b": 9, "t": 12, "thousand": 3, "million": 6, "mn": 6, "billion": 9, "bn": 9, "trillion": 12,
}  # fmt: skip
"""Words for powers of a thousand, in any case: milli makes no sense for anything counted here, so `70m` is `70M`."""

TIMES = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0,
    "min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0,
    "h": 3600.0, "hr": 3600.0, "hrs": 3600.0, "hour": 3600.0, "hours": 3600.0,
    "d": 86400.0, "day": 86400.0, "days": 86400.0,
    "w": 604800.0, "wk": 604800.0, "wks": 604800.0, "week": 604800.0, "weeks": 604800.0,
    "y": 31557600.0, "yr": 31557600.0, "yrs": 31557600.0, "year": 31557600.0, "years": 31557600.0,
}  # fmt: skip
"""Seconds per unit of time; a year is the Julian year of 365.25 days. Months differ in length and are left out."""

_NOUNS = {
    "params": ("parameters", "parameter", "params", "param", ""),
    "tokens": ("tokens", "token", "toks", "tok", ""),
    "count": ("queries", "query", "requests", "request", "samples", "sample", ""),
}
_CURRENCY = ("usd", "dollars", "dollar", "$")
_PREFIXES = {
    "": 0, "k": 3, "m": 6, "g": 9, "t": 12, "p": 15, "e": 18, "z": 21, "y": 24, "r": 27, "q": 30,
    "kilo": 3, "mega": 6, "giga": 9, "tera": 12, "peta": 15, "exa": 18, "zetta": 21, "yotta": 24, "ronna": 27,
    "quetta": 30,
}  # fmt: skip
_FLOP = re.compile(
    rf"(?P<prefix>{'|'.join(sorted(filter(None, _PREFIXES), key=len, reverse=True))})?(?P<flop>flop|f)"
    rf"(?P<rate>s|ps|\s?/\s?s|\s?/\s?sec|\s?/\s?second)?(?:\s?[-*·\s]\s?(?P<time>{'|'.join(TIMES)}))?",
    re.IGNORECASE,
)
_PER = re.compile(r"\s*(?:/|\bper\b)\s*")


def unit_of(dimension: str, text: str) -> Unit | None:
    """Return the factor of a written unit in one dimension, or None where the unit is not of that dimension.

    Parameters
    ----------
    dimension : str
        One of `DIMENSIONS`.
    text : str
        What follows the number, such as `PFLOP-day`; empty for a bare number.

    Returns
    -------
    Unit or None

    Examples
    --------
    >>> unit_of("compute", "PFLOP-day")
    Unit(power=15, times=86400.0, over=1.0)
    >>> unit_of("compute", "FLOP/s") is None
    True
    """
    text = " ".join(text.split())
    folded = text.casefold()
    if dimension in _NOUNS:
        return _counted(folded, _NOUNS[dimension])
    if dimension in ("compute", "throughput"):
        return _flop(text, dimension)
    if dimension == "money":
        return _counted(folded, (*_CURRENCY, ""))
    if dimension == "duration":
        return Unit(times=TIMES[folded]) if folded in TIMES else None
    if dimension == "ratio":
        return {"": Unit(), "%": Unit(-2), "percent": Unit(-2), "pct": Unit(-2)}.get(folded)
    if dimension == "loss":
        return Unit() if folded in ("", "nat", "nats", "nat/token", "nats/token", "nat per token") else None
    if dimension == "rate":
        return _per_time(folded, (*(noun for nouns in _NOUNS.values() for noun in nouns if noun), ""))
    price = Unit() if folded == "" else _per_time(folded.replace("gpu-", "").replace("gpu ", ""), _CURRENCY)
    return price if price is None or folded == "" else Unit(price.power, 3600.0, price.over)


def dimensions_of(text: str) -> tuple[str, ...]:
    """Return the dimensions that a written unit can belong to, for the sentence about a wrong one.

    Examples
    --------
    >>> dimensions_of("FLOP/s"), dimensions_of("usd")
    (('throughput',), ('money',))
    """
    return tuple(name for name in DIMENSIONS if unit_of(name, text) is not None)


def is_ambiguous_flops(text: str) -> bool:
    """Tell whether a unit is `FLOPS` or `flops`: for some an amount, for others FLOP per second.

    `FLOPs`, with small plural s, is read as an amount; a rate is `FLOP/s`.
    """
    match = _FLOP.fullmatch(" ".join(text.split()))
    return bool(match and match["rate"] and match["rate"].casefold() == "s" and not match["time"])


def _counted(folded: str, nouns: tuple[str, ...]) -> Unit | None:
    """Read a scale word and a noun, as in `b tokens`."""
    for noun in nouns:
        if folded.endswith(noun):
            scale = folded[: len(folded) - len(noun)].strip()
            if scale in SCALES:
                return Unit(SCALES[scale])
    return None


def _per_time(folded: str, nouns: tuple[str, ...]) -> Unit | None:
    """Read a counted thing per unit of time, as in `b queries/day`."""
    parts = _PER.split(folded)
    if len(parts) != 2 or parts[1] not in TIMES:
        return None
    counted = _counted(parts[0].strip(), nouns)
    return None if counted is None else Unit(counted.power, over=TIMES[parts[1]])


def _flop(text: str, dimension: str) -> Unit | None:
    """Read FLOP with its prefix, as an amount (`PFLOP`, `PFLOP-day`) or as a rate (`PFLOP/s`)."""
    if text == "":
        return Unit()
    match = _FLOP.fullmatch(text)
    if match is None:
        return None
    power = _PREFIXES[(match["prefix"] or "").casefold()]
    if match["time"]:
        return Unit(power, TIMES[match["time"].casefold()]) if dimension == "compute" else None
    if match["flop"].casefold() == "f":
        return None
    plural = (match["flop"] + (match["rate"] or "")) == "FLOPs"
    amount = match["rate"] is None or plural
    rate = match["rate"] is not None
    return Unit(power) if (amount if dimension == "compute" else rate) else None
