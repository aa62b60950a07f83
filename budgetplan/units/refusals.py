"""The sentences for a number whose unit does not fit: what it is, what is due, what to write."""

from __future__ import annotations

import re

from budgetplan.errors import UnitError, suggest
from budgetplan.units.dimensions import DIMENSIONS
from budgetplan.units.numerals import shown
from budgetplan.units.symbols import SCALES, dimensions_of, is_ambiguous_flops

_SYMBOLS = {
    "compute": ("FLOP", "PFLOP", "EFLOP", "ZFLOP", "YFLOP", "PFLOP-day", "PFLOP-hour"),
    "params": ("params", "million", "billion", "trillion"),
    "tokens": ("tokens", "million", "billion", "trillion"),
    "count": ("queries", "samples", "requests", "million", "billion", "trillion"),
    "duration": ("seconds", "minutes", "hours", "days", "weeks", "years"),
    "money": ("usd", "kusd", "Musd", "Busd"),
    "price": ("usd/h", "usd/hour", "usd/day"),
    "ratio": ("percent",),
    "rate": ("/s", "/min", "/h", "/day", "queries/day", "tokens/day", "tokens/s"),
    "throughput": ("FLOP/s", "TFLOP/s", "PFLOP/s"),
    "loss": ("nat", "nat/token"),
}
_EATEN = re.compile(r"(?:\.[0-9]|/|[kKmMbBtT]\b|[kKmMbBtT]?usd(?:/|$)|0[0-9])")
_OTHER_MONEY = re.compile(r"[€£¥]|(?:\b|(?<=[0-9]))[kmbt]?(?:eur|euros?|gbp|cny|rmb|jpy)\b", re.IGNORECASE)


def wrong_unit(text: str, unit: str, dimension: str) -> UnitError:
    """Return the error for a unit that does not belong to a dimension.

    Parameters
    ----------
    text : str
        The quantity as written.
    unit : str
        The part after the number.
    dimension : str
        What is due.

    Returns
    -------
    UnitError
    """
    due = DIMENSIONS[dimension]
    found = dimensions_of(unit)
    if dimension == "compute" and "throughput" in found:
        return _speed(text, unit)
    if dimension in ("compute", "params", "tokens", "count") and "rate" in found:
        hint = f"Multiply it by a duration and write the total, such as {due.examples}."
        return UnitError(f"{shown(text)} is a rate (per unit of time), and {due.noun} is due.", hint)
    if dimension == "price" and "money" in found and unit:
        return UnitError(f"{shown(text)} is money, and {due.noun} is due.", f"Write for example {due.examples}.")
    if dimension == "price" and "rate" in found:
        return UnitError(f"{shown(text)} names no currency.", f"Write for example {due.examples}.")
    if dimension == "loss" and re.match(r"bits?\b", unit, re.IGNORECASE):
        return UnitError(f"{shown(text)} is in bits, and a loss is in nat.", "Multiply by ln 2 = 0.6931.")
    if dimension == "compute" and unit.casefold() in SCALES:
        hint = f"Write FLOP with a power of ten or a prefix; for example {due.examples}."
        return UnitError(f"{shown(text)} has a scale, {shown(unit)}, and no unit of compute.", hint)
    if len(found) == 1:
        hint = f"Write for example {due.examples}."
        return UnitError(f"{shown(text)} is {DIMENSIONS[found[0]].noun}, and {due.noun} is due.", hint)
    close = suggest(unit, _SYMBOLS[dimension])
    meant = f"Did you mean {close}? " if close and close.strip("`").casefold() != unit.casefold() else ""
    hint = f"{meant}Units that fit: {due.units}; for example {due.examples}."
    return UnitError(f"{shown(text)} has the unit {shown(unit)}, and {due.noun} is due.", hint)


def money_trouble(text: str, dimension: str) -> UnitError | None:
    """Return the error for another currency, or for what a shell leaves of `$2M` between double quotes, or None.

    The shell replaces `$2` (its second argument, mostly empty) and hands over `M`; of `$2.5M` it leaves `.5M`, which
    would read as half a million.
    """
    if _OTHER_MONEY.search(text):
        hint = f"Convert at a rate you choose and write for example {DIMENSIONS[dimension].examples}."
        return UnitError(f"{shown(text)} is not in usd, the only currency here.", hint)
    if not _EATEN.match(text):
        return None
    right = "'$2M' in single quotes, or 2Musd" if dimension == "money" else "'$2.5/h' in single quotes, or 2.5usd/h"
    what = f"{shown(text)} looks like what a shell leaves of an amount with `$` between double quotes."
    return UnitError(what, f"Write {right}.")


def _speed(text: str, unit: str) -> UnitError:
    """Return the error for FLOP per second where an amount of FLOP is due."""
    what = f"{shown(text)} is a rate (FLOP per second), and an amount of compute in FLOP is due."
    if is_ambiguous_flops(unit):
        what = f"{shown(text)} is ambiguous: {shown(unit)} is also a rate (FLOP per second), and an amount is due."
    hint = (
        "Write FLOP for an amount; multiply a rate by a duration (1 PFLOP/s for a day is `1 PFLOP-day`), "
        "or give devices and time: --gpus 256xH100 --for 21d --mfu 40%."
    )
    return UnitError(what, hint)
