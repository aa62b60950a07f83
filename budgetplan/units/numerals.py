"""Digits: the number that a quantity begins with, and the sentences for numbers that cannot be read."""

from __future__ import annotations

import re
from typing import NamedTuple

from budgetplan.errors import UnitError

_NUMBER = re.compile(r"([0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")
_NOT_FINITE = re.compile(r"[+-]?\.?(?:nan|inf|infinity)\b", re.IGNORECASE)
_POWER = re.compile(
    r"(?:([0-9.]+)(?:\s*[x*\u00b7\u00d7]\s*|\s))?(?<![0-9])10\s*(?:(?:\^|\*\*)\s*([+-]?[0-9]+)|([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_COMMA = re.compile(r"[0-9],[0-9]")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?")
LONGEST = 200
"""Characters of text that are read; anything longer is not a quantity."""


class Numeral(NamedTuple):
    """A decimal number as text, so that a unit's power of ten can be added exactly, and what follows it."""

    negative: bool
    digits: str
    exponent: int
    rest: str

    def value(self, power: int = 0) -> float:
        """Return the number times `10**power`, rounded once."""
        size = float(f"{self.digits}e{self.exponent + power}")
        return -size if self.negative else size


def shown(value: object) -> str:
    """Return a value as a message quotes it: in backticks, cut where it is long."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def clean(text: str) -> str:
    """Return text with odd spaces and minus signs made plain."""
    return " ".join(text.replace("\N{MINUS SIGN}", "-").split())


def read_numeral(text: str, examples: str) -> Numeral:
    """Return the number at the beginning of a text.

    Parameters
    ----------
    text : str
        Cleaned text, such as `1.5e3 PFLOP-day`.
    examples : str
        What would be right, for the message.

    Returns
    -------
    Numeral

    Raises
    ------
    UnitError
        Where the text does not begin with one decimal number.

    Examples
    --------
    >>> read_numeral("1_000.5e3 PFLOP-day", "1e25")
    Numeral(negative=False, digits='1000.5', exponent=3, rest='PFLOP-day')
    """
    if _NOT_FINITE.match(text):
        raise UnitError(f"{shown(text)} is not a finite number.", f"Write a finite one, such as {examples}.")
    if power := _POWER.search(text):
        written = f"{power[1] or 1}e{power[2] or power[3].translate(_RAISED)}"
        raise UnitError(f"{shown(text)} writes a power of ten as a formula.", f"Write `{written}`.")
    if comma := _COMMA.search(text):
        raise _comma(text, comma)
    if ".." in text:
        raise UnitError(f"{shown(text)} is a range, and one value is due.", f"Write one, such as {examples}.")
    sign = text[:1] if text[:1] in ("+", "-") else ""
    body = text[len(sign) :].lstrip()
    match = _NUMBER.match(body)
    if match is None:
        raise UnitError(f"{shown(text)} does not begin with a number.", f"Write for example {examples}.")
    rest = body[match.end() :]
    if re.match(r"\s+[0-9]", rest):
        joined = re.sub(r"(?<=[0-9]) +(?=[0-9])", "", text)
        raise UnitError(f"{shown(text)} has a space inside the number.", f"Write `{joined}` if that is one number.")
    if re.match(r"[._0-9]", rest):
        raise UnitError(f"{shown(text)} is not one decimal number.", f"Write for example {examples}.")
    return Numeral(sign == "-", match[1].replace("_", ""), int(match[2] or 0), rest.strip())


def _comma(text: str, comma: re.Match[str]) -> UnitError:
    """Return the error for a comma: thousands or a decimal comma, which differ by a factor of a thousand."""
    if thousands := _THOUSANDS.search(text):
        plain = thousands[0].replace(",", "")
        hint = f"Write `{plain}` or `{thousands[0].replace(',', '_')}`"
        if thousands[0].count(",") == 1 and "." not in thousands[0]:
            hint += f", or `{thousands[0].replace(',', '.')}` if the comma is a decimal point"
        return UnitError(f"{shown(text)} has a comma, which can mean thousands or decimals.", f"{hint}.")
    point = text.replace(",", ".") if text.count(",") == 1 else f"{comma[0][0]}.{comma[0][2]}"
    return UnitError(f"{shown(text)} has a comma.", f"Write a decimal point, as in `{point}`.")
