"""One quantity in another unit of the same dimension: `1e25FLOP` in `PFLOP-day`."""

from __future__ import annotations

import math

from budgetplan.errors import UnitError, suggest
from budgetplan.units.dimensions import DIMENSIONS
from budgetplan.units.numerals import clean, read_numeral, shown
from budgetplan.units.parse import parse_quantity
from budgetplan.units.symbols import Unit, dimensions_of, unit_of

_ORDER = (
    "compute", "throughput", "duration", "price", "money", "ratio", "params", "tokens", "count", "rate", "loss",
)  # fmt: skip
_KNOWN = (
    "FLOP", "PFLOP", "EFLOP", "ZFLOP", "YFLOP", "PFLOP-day", "PFLOP-hour", "FLOP/s", "TFLOP/s", "PFLOP/s", "s", "min",
    "h", "d", "w", "hours", "days", "weeks", "years", "usd", "kusd", "Musd", "usd/h", "usd/day", "%", "k", "M", "B",
    "T", "tokens", "params", "queries", "/s", "/day", "nat",
)  # fmt: skip


def convert(text: str | float, to: str) -> tuple[float, str]:
    """Return a quantity in the unit asked for, and that unit.

    Parameters
    ----------
    text : str or float
        A quantity, such as `1e25FLOP`; a bare number is taken in the SI unit of the dimension that `to` belongs to. [SI]
    to : str
        A unit, such as `PFLOP-day`, `h`, `B tokens`, `usd` or `%`.

    Returns
    -------
    value : float
        In the unit `to`.
    unit : str
        `to`, trimmed.

    Raises
    ------
    UnitError
        Where the unit is unknown or of another dimension than the quantity.

    Examples
    --------
    >>> value, unit = convert("1e25FLOP", "PFLOP-day")
    >>> f"{value:.5g} {unit}"
    '1.1574e+05 PFLOP-day'
    >>> convert("21d", "h")
    (504.0, 'h')
    """
    unit = clean(to)
    into = {name: factor for name in _ORDER if (factor := _unit(name, unit)) is not None}
    if not unit:
        raise UnitError("The unit to convert to is empty.", f"Units: {', '.join(_KNOWN)}.")
    if not into:
        close = suggest(unit, _KNOWN)
        hint = f"Did you mean {close}?" if close else f"Units: {', '.join(_KNOWN)}."
        raise UnitError(f"There is no unit {shown(to)}.", hint)
    refusals: list[UnitError] = []
    for name, factor in into.items():
        try:
            size = parse_quantity(text, name, minimum=0.0, maximum=float("inf"))
        except UnitError as error:
            refusals.append(error)
            continue
        value = _in_unit(size, factor)
        if math.isinf(value):
            raise UnitError(f"{shown(text)} is larger than a number can be here, 1.8e308 {shown(unit)}.")
        return value, unit
    raise _refused(text, unit, tuple(into), refusals[0])


def _unit(name: str, text: str) -> Unit | None:
    """Return the factor of a unit asked for; `m` is minutes where a duration is given and million elsewhere."""
    return Unit(times=60.0) if name == "duration" and text == "m" else unit_of(name, text)


def _in_unit(size: float, unit: Unit) -> float:
    """Divide an SI value by a unit; the power of ten moves the exponent and rounds only once."""
    amount = size / unit.times * unit.over
    if math.isinf(amount):
        return amount
    mantissa, _, exponent = repr(amount).partition("e")
    return float(f"{mantissa}e{int(exponent or 0) - unit.power}")


def _refused(text: str | float, unit: str, into: tuple[str, ...], refusal: UnitError) -> UnitError:
    """Return the error that names both dimensions, or the reason why the quantity cannot be read at all."""
    found = _dimensions_in(text)
    if not found or set(found) & set(into):
        return refusal
    is_, measures = DIMENSIONS[found[0]], DIMENSIONS[into[0]]
    what = f"{shown(text)} is {is_.noun} ({is_.name}), and {shown(unit)} measures {measures.noun} ({measures.name})."
    return UnitError(what, f"Convert it to one of: {is_.units}.")


def _dimensions_in(text: str | float) -> tuple[str, ...]:
    """Return the dimensions that a quantity with a unit can have; none for a bare number or no number at all."""
    if not isinstance(text, str):
        return ()
    for name in ("duration", "money", "price"):
        try:
            parse_quantity(text, name, minimum=0.0)
        except UnitError:
            continue
        if not text.strip().replace(".", "").isdigit():
            return (name,)
    try:
        rest = read_numeral(clean(text), "1e25FLOP").rest
    except UnitError:
        return ()
    return dimensions_of(rest) if rest else ()
