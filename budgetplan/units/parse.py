"""Text or number to a plain SI float: the one place where the user's quantities enter."""

from __future__ import annotations

import math
import re
from numbers import Real
from typing import SupportsFloat

from budgetplan.errors import UnitError
from budgetplan.units.dimensions import Dimension, dimension
from budgetplan.units.durations import read_duration
from budgetplan.units.numerals import LONGEST, clean, read_numeral, shown
from budgetplan.units.refusals import money_trouble, wrong_unit
from budgetplan.units.symbols import unit_of

_CURRENCY_FIRST = re.compile(r"(?P<sign>[+-]?)(?:US\$|\$|USD)\s*(?P<amount>[0-9.+-][^/]*)(?P<per>/.*)?", re.IGNORECASE)
_FRACTION = re.compile(r"([0-9]+)\s*/\s*([0-9]+)")


def parse_quantity(
    value: str | SupportsFloat,
    dimension: str,
    name: str = "",
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    positive: bool | None = None,
) -> float:
    """Return a quantity as a float in its SI unit.

    Parameters
    ----------
    value : str or number
        Text with a unit, or a number that is already in the SI unit.
    dimension : str
        `compute` [FLOP], `params` [param], `tokens` [token], `count` [1], `duration` [s], `money` [usd],
        `price` [usd/h], `ratio` [1], `rate` [1/s], `throughput` [FLOP/s] or `loss` [nat/token].
    name : str, optional
        The option or field, for the message.
    minimum, maximum : float, optional
        Smallest and largest value allowed, both included. [SI]
    positive : bool, optional
        Whether zero is refused. Default: refused for everything but ratios and losses, unless `minimum` is given.

    Returns
    -------
    float
        In the unit beside the dimension. [SI]

    Raises
    ------
    UnitError
        Where the text cannot be read, has another dimension, or lies out of range.

    Examples
    --------
    >>> parse_quantity("1e5 PFLOP-days", "compute")
    8.64e+24
    >>> parse_quantity("15T tokens", "tokens"), parse_quantity("40%", "ratio"), parse_quantity("$2M", "money")
    (15000000000000.0, 0.4, 2000000.0)
    """
    due = _dimension(dimension)
    try:
        number = _read(value, due)
        _check_range(value, number, due, minimum, maximum, positive)
    except UnitError as error:
        if not name:
            raise
        raise UnitError(f"{name}: {error.message}", error.hint) from None
    return number


_KINDS: dict[object, str] = {dict: "mapping", tuple: "list"}
"""What people call them."""
_dimension = dimension  # the parameter of the public function has the same name


def _read(value: object, due: Dimension) -> float:
    """Return the number, whatever its range."""
    if isinstance(value, str):
        return _read_text(value, due)
    if isinstance(value, bool) or not isinstance(value, Real):
        what = "is true or false" if isinstance(value, bool) else f"is a {_KINDS.get(type(value), type(value).__name__)}"
        raise UnitError(f"{shown(value)} {what}, and {due.noun} is due.", f"Write for example {due.examples}.")
    try:
        return float(value)
    except OverflowError:
        raise UnitError(f"{shown(value)} is larger than a number can be here, 1.8e308 {due.unit}.") from None


def _read_text(text: str, due: Dimension) -> float:
    if len(text) > LONGEST:
        raise UnitError(f"{shown(text)} has {len(text)} characters.", f"Write for example {due.examples}.")
    text = clean(text)
    if not text:
        raise UnitError("The value is empty.", f"Write for example {due.examples}.")
    if due.name in ("money", "price") and (trouble := money_trouble(text, due.name)):
        raise trouble
    if due.name == "duration":
        return read_duration(text)
    if due.name == "ratio" and (fraction := _FRACTION.fullmatch(text)) and int(fraction[2]) > 0:
        return int(fraction[1]) / int(fraction[2])
    plain = _currency_last(text) if due.name in ("money", "price") else text
    numeral = read_numeral(plain, due.examples)
    if numeral.rest == "" and not due.bare_text:
        raise UnitError(f"{shown(text)} has no unit, and {due.noun} is due.", f"Write for example {due.examples}.")
    unit = unit_of(due.name, numeral.rest)
    if unit is None:
        raise wrong_unit(text, numeral.rest, due.name)
    number = numeral.value(unit.power) * unit.times / unit.over
    if math.isinf(number):
        raise UnitError(f"{shown(text)} is larger than a number can be here, 1.8e308 {due.unit}.")
    return number


def _currency_last(text: str) -> str:
    """Move a leading currency behind the amount: `$2M` to `2M usd`, `$2.5/h` to `2.5 usd/h`."""
    match = _CURRENCY_FIRST.fullmatch(text)
    if match is None:
        return text
    return f"{match['sign']}{match['amount'].strip()} usd{match['per'] or ''}"


def _check_range(
    value: object, number: float, due: Dimension, minimum: float | None, maximum: float | None, positive: bool | None
) -> None:
    """Refuse what is not finite, below the least or above the most."""
    if not math.isfinite(number):
        raise UnitError(f"{shown(value)} is not a finite number.", f"Write for example {due.examples}.")
    most = due.maximum if maximum is None else maximum
    least = 0.0 if minimum is None else minimum
    if positive is None:
        positive = due.positive and minimum is None
    unit = "" if due.unit == "1" else f" {due.unit}"
    if number < least or (positive and number <= 0):
        kind = "negative" if number < 0 else "zero" if number == 0 else f"{number:.6g}{unit}"
        bound = "above 0" if positive and least <= 0 else f"at least {least:.6g}"
        raise UnitError(f"{shown(value)} is {kind}, and {due.noun} has to be {bound}.", f"Write for example {due.examples}.")
    if most is not None and number > most:
        percent = due.name == "ratio" and number <= 100 and most <= 1 and not str(value).endswith(("%", "t"))
        hint = f"Write {number:.6g}% or {number / 100:.6g}." if percent else ""
        raise UnitError(f"{shown(value)} is {number:.6g}{unit}, above the largest allowed, {most:.6g}{unit}.", hint)
