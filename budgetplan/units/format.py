"""A plain SI float to the text that a reader expects, which `parse_quantity` reads back to the printed digits."""

from __future__ import annotations

import math
from collections.abc import Callable

from budgetplan.units.dimensions import dimension as find_dimension

_STEPS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_SPEEDS = ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"))
_TIMES = ((2.0, 86400.0, "d"), (1.0, 3600.0, "h"), (1.0, 60.0, "min"))  # from so many, of so many seconds
_UNSEEN = 1e-6  # a smaller share is only said to be there
_PLAIN_BELOW = 10_000.0  # 2000 tokens per sample reads better than 2 k


def format_quantity(value: float, dimension: str, digits: int = 3) -> str:
    """Return a quantity as text with its unit.

    Parameters
    ----------
    value : float
        In the SI unit of the dimension. [SI]
    dimension : str
        As for `parse_quantity`.
    digits : int
        Significant digits.

    Returns
    -------
    str

    Raises
    ------
    UnitError
        Where there is no such dimension.

    Examples
    --------
    >>> format_quantity(1e25, "compute"), format_quantity(98e9, "params"), format_quantity(0.27, "ratio")
    ('1.0e25 FLOP', '98 B', '27 %')
    >>> format_quantity(180_300, "money"), format_quantity(21 * 86400, "duration"), format_quantity(2.5, "price")
    ('$180k', '21 d', '$2.5/h')
    """
    find_dimension(dimension)
    value = float(value)
    if not math.isfinite(value):
        return str(value)
    sign = "-" if value < 0 else ""
    return sign + _WRITERS[dimension](abs(value), digits)


def format_share(share: float) -> str:
    """Return a share in percent with two digits, and with three where it comes close to all. [1]

    Parameters
    ----------
    share : float
        [1]

    Returns
    -------
    str

    Examples
    --------
    >>> format_share(0.273), format_share(0.00412), format_share(0.9977), format_share(0), format_share(2e-8)
    ('27 %', '0.41 %', '99.8 %', '0 %', '< 0.0001 %')
    """
    if 0 < share < _UNSEEN:
        return f"< {100 * _UNSEEN:.4f} %"
    return format_quantity(share, "ratio", 3 if 0.985 <= share < 0.9995 else 2)


def _rounded(value: float, digits: int) -> float:
    """Round to significant digits, before a unit is chosen: 999.96 k would print as 1000 k."""
    return float(f"{value:.{digits - 1}e}") if value else 0.0


def _plain(value: float, digits: int) -> str:
    """Write a number without trailing zeros, in powers of ten only where the zeros would be many."""
    value = _rounded(value, digits)
    if value and not 1e-4 <= value < 1e6:
        return _scientific(value, digits)
    decimals = max(0, digits - 1 - math.floor(math.log10(value))) if value else 0
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(value: float, digits: int, decimals: int = 0) -> str:
    """Write `2.7e24`, with at least so many decimals."""
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0").ljust(decimals, "0")
    return f"{whole}{'.' if fraction else ''}{fraction}e{int(exponent)}"


def _scaled(value: float, digits: int, space: str = " ", plain_below: float = _PLAIN_BELOW) -> str:
    value = _rounded(value, digits)
    if value >= 1e15:
        return _scientific(value, digits)
    if value >= plain_below:
        for size, letter in _STEPS:
            if value >= size:
                return f"{_plain(value / size, digits)}{space}{letter}"
    return _plain(value, digits)


def _compute(value: float, digits: int) -> str:
    return f"{_scientific(value, digits, decimals=1)} FLOP" if value else "0 FLOP"


def _duration(value: float, digits: int) -> str:
    for least, size, name in _TIMES:
        if _rounded(value / size, digits) >= least:
            return f"{_plain(value / size, digits)} {name}"
    return f"{_plain(value, digits)} s"


def _throughput(value: float, digits: int) -> str:
    value = _rounded(value, digits)
    for size, prefix in _SPEEDS:
        if size <= value < 1e21:
            return f"{_plain(value / size, digits)} {prefix}FLOP/s"
    return f"{_plain(value, digits)} FLOP/s"


_WRITERS: dict[str, Callable[[float, int], str]] = {
    "compute": _compute,
    "params": _scaled,
    "tokens": _scaled,
    "count": _scaled,
    "duration": _duration,
    "money": lambda value, digits: f"${_scaled(value, digits, '', 1e3)}",
    "price": lambda value, digits: f"${_scaled(value, digits, '', 1e3)}/h",
    "ratio": lambda value, digits: f"{_plain(value * 100, digits)} %",
    "rate": lambda value, digits: f"{_scaled(value * 86400, digits)}/day",
    "throughput": _throughput,
    "loss": _plain,
}
