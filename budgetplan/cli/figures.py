"""Numbers as the tables print them: no more digits than are known, the unit beside them."""

from __future__ import annotations

from budgetplan.units import format_quantity


def amount(value: float) -> str:
    """Return a number of params, tokens or queries.

    Examples
    --------
    >>> amount(98.2e9), amount(2000), amount(0)
    ('98.2 B', '2000', '0')
    """
    return format_quantity(value, "count")


def flop(value: float) -> str:
    """Return compute without its unit, which the column's head says. [FLOP]

    Examples
    --------
    >>> flop(2.713e24), flop(0)
    ('2.7e24', '0')
    """
    return format_quantity(value, "compute", 2).removesuffix(" FLOP")


def percent(share: float) -> str:
    """Return a share with two digits, and with three where it comes close to all. [1]

    Examples
    --------
    >>> percent(0.273), percent(0.00412), percent(0.9977), percent(0)
    ('27 %', '0.41 %', '99.8 %', '0 %')
    """
    digits = 3 if 0.985 <= share < 0.9995 else 2
    return format_quantity(share, "ratio", digits)


def success(value: float | None) -> str:
    """Return a probability of a right answer to a tenth of a percent. [1]

    Examples
    --------
    >>> success(0.87812), success(0.99999), success(None)
    ('87.8 %', '> 99.9 %', '')
    """
    if value is None:
        return ""
    return "> 99.9 %" if 0.9995 <= value < 1 else f"{100 * value:.1f} %"


def loss(value: float | None) -> str:
    """Return a loss with four digits. [nat]

    Examples
    --------
    >>> loss(0.130244), loss(None)
    ('0.1302', '')
    """
    return "" if value is None else format_quantity(value, "loss", 4)


def samples(value: float) -> str:
    """Return samples per query with two digits. [1]

    Examples
    --------
    >>> samples(7.7716), samples(1.0)
    ('7.8', '1')
    """
    return format_quantity(value, "count", 2)


def money(value: float) -> str:
    """Return money with two digits. [usd]

    Examples
    --------
    >>> money(2_344_039)
    '$2.3M'
    """
    return format_quantity(value, "money", 2)
