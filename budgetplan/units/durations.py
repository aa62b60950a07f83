"""Durations: `21d`, `1h30m`, `2d 12h` and the `21-00:00:00` of batch systems, in seconds.

`m` means minutes here and nowhere else; a capital `M` is refused, since it would mean months or millions.

References
----------
The forms with a dash and colons are those of Slurm's `--time` option (sbatch manual): days-hours:minutes:seconds.
"""

from __future__ import annotations

import re

from budgetplan.errors import UnitError
from budgetplan.units.dimensions import DIMENSIONS
from budgetplan.units.numerals import read_numeral, shown
from budgetplan.units.refusals import wrong_unit
from budgetplan.units.symbols import TIMES

_SLURM = re.compile(r"(?:([0-9]+)-([0-9]{1,2})(?::([0-9]{2}))?(?::([0-9]{2}))?|([0-9]+):([0-9]{2}):([0-9]{2}))")
_CLOCK = re.compile(r"([0-9]+):([0-9]{2})")
_PART = re.compile(r"([0-9][0-9_]*(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)\s*([^\W\d_]+)")
_EXAMPLES = DIMENSIONS["duration"].examples


def read_duration(text: str) -> float:
    """Return a duration [s].

    Parameters
    ----------
    text : str
        Cleaned text.

    Returns
    -------
    float
        Seconds.

    Raises
    ------
    UnitError
        Where the text is no duration, or one that can be read in two ways.

    Examples
    --------
    >>> read_duration("1h30m"), read_duration("21-00:00:00") == 21 * 86400
    (5400.0, True)
    """
    if slurm := _SLURM.fullmatch(text):
        return _batch_time(text, slurm)
    if clock := _CLOCK.fullmatch(text):
        first, second = clock.groups()
        hint = f"Write `{first}h{second}m` or `{first}m{second}s`."
        raise UnitError(f"{shown(text)} can be hours and minutes or minutes and seconds.", hint)
    parts = _PART.findall(text)
    if len(parts) > 1 and not _PART.sub("", text).strip(" ,"):
        return _sum(text, parts)
    numeral = read_numeral(text, _EXAMPLES)
    if numeral.rest == "":
        hint = f"Write `{numeral.digits}d`, `{numeral.digits}h` or `{numeral.digits}s`."
        raise UnitError(f"{shown(text)} has no unit of time.", hint)
    return numeral.value() * _seconds(text, numeral.rest)


def _seconds(text: str, unit: str) -> float:
    """Return the seconds of one unit of time."""
    if unit == "m":
        return 60.0
    if unit == "M":
        raise UnitError(f"{shown(text)}: `M` is not a unit of time.", "Write `min` for minutes, or days as in `30d`.")
    if unit.casefold() in ("mo", "mon", "month", "months"):
        raise UnitError(f"{shown(text)}: months differ in length.", "Write days or weeks, as in `30d`.")
    seconds = TIMES.get(unit.casefold())
    if seconds is None:
        raise wrong_unit(text, unit, "duration")
    return seconds


def _sum(text: str, parts: list[tuple[str, str]]) -> float:
    """Add the parts of a compound such as `1h30m`, whose units have to become smaller."""
    total, above = 0.0, float("inf")
    for digits, unit in parts:
        seconds = _seconds(text, unit)
        if seconds >= above:
            hint = "Write the larger unit first and each unit once, as in `1d12h30m`."
            raise UnitError(f"{shown(text)} does not go from larger to smaller units.", hint)
        total, above = total + read_numeral(digits, _EXAMPLES).value() * seconds, seconds
    return total


def _batch_time(text: str, match: re.Match[str]) -> float:
    """Read `days-hours[:minutes[:seconds]]` or `hours:minutes:seconds`."""
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[:4])
    if match[5] is not None:
        hours, minutes, seconds = (int(part) for part in match.groups()[4:])
    if minutes > 59 or seconds > 59 or (match[1] is not None and hours > 23):
        hint = "Write hours up to 23, minutes and seconds up to 59, as in `21-00:00:00`."
        raise UnitError(f"{shown(text)} is not a time of the form days-hours:minutes:seconds.", hint)
    return float(days * 86400 + hours * 3600 + minutes * 60 + seconds)
