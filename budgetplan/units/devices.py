"""Devices: how many of which, as in `256xH100`."""

from __future__ import annotations

import re

from budgetplan.errors import UnitError
from budgetplan.units.numerals import LONGEST, clean, shown

_NAME = r"[A-Za-z][A-Za-z0-9 ._+/-]*"
_COUNT = r"[+-]?[0-9][0-9_.]*(?:[eE][+-]?[0-9]+(?=\s*(?:[x\u00d7*]|$)))?"  # an exponent is seen, and refused
_COUNT_FIRST = re.compile(rf"({_COUNT})\s*(?:[x\u00d7*]\s*)?({_NAME})")
_NAME_FIRST = re.compile(rf"({_NAME})\s*:\s*({_COUNT})")
MOST = 10**12
"""Devices that are accepted: more than have been made, and few enough to be counted exactly by a float."""
_HINT = "Write for example `256xH100` or `H100:256`."


def parse_devices(value: str, name: str = "") -> tuple[int, str]:
    """Return how many devices of which name.

    `H100x256` is refused, since in `RTX4090` the x belongs to the name.

    Parameters
    ----------
    value : str
        `256xH100`, `H100:256` or `256 H100`.
    name : str, optional
        The option or field, for the message.

    Returns
    -------
    count : int
        At least 1.
    device : str
        As written; whether such a device is known is not checked here.

    Raises
    ------
    UnitError
        Where the text is not a whole positive number and one name.

    Examples
    --------
    >>> parse_devices("256xH100"), parse_devices("RTX 4090:8")
    ((256, 'H100'), (8, 'RTX 4090'))
    """
    place = f"{name}: " if name else ""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise UnitError(f"{place}{shown(value)} does not say how many devices of which name.", _HINT)
    text = clean(value)
    if "," in text or "+" in text[1:]:
        raise UnitError(f"{place}{shown(value)} mixes devices, and one kind is due.", _HINT)
    if match := _COUNT_FIRST.fullmatch(text):
        count, device = match[1], match[2]
    elif match := _NAME_FIRST.fullmatch(text):
        device, count = match[1], match[2]
    else:
        raise UnitError(f"{place}{shown(value)} {_missing(text)}.", _HINT)
    digits = count.replace("_", "")
    if not re.fullmatch(r"\+?[0-9]+", digits) or int(digits) == 0:
        raise UnitError(f"{place}{shown(value)} has {shown(count)} devices; a whole number from 1 is due.", _HINT)
    if int(digits) > MOST:
        raise UnitError(f"{place}{shown(value)} has more than {MOST:.0e} devices, which nobody has.", _HINT)
    return int(digits), device.strip()


def format_devices(count: int, device: str) -> str:
    """Return devices as text that `parse_devices` reads.

    Parameters
    ----------
    count : int
        How many. [1]
    device : str
        Which.

    Returns
    -------
    str

    Examples
    --------
    >>> format_devices(256, "H100")
    '256xH100'
    """
    return f"{count}x{device}"


def _missing(text: str) -> str:
    """Say which half of the pair is not there."""
    if not text:
        return "is empty"
    if re.fullmatch(r"[0-9][0-9_.]*", text):
        return "names no device"
    if re.fullmatch(_NAME, text):
        return "does not say how many devices"
    return "does not say how many devices of which name"
