"""Numbers of a report as text: rounded for reading, six digits for tracing."""

from __future__ import annotations

from budgetplan.units import format_quantity, format_share


def exact(value: float | None) -> str:
    """Six significant digits; a dash where there is no value.

    Examples
    --------
    >>> exact(7.5017047839e10), exact(None)
    ('7.5017e+10', '-')
    """
    return "-" if value is None else f"{value:.6g}"


def quantity(value: float | None, dimension: str, digits: int = 3) -> str:
    """A quantity with its unit; a dash where there is no value."""
    return "-" if value is None else format_quantity(value, dimension, digits)


def percent(part: float) -> str:
    """A share in percent.

    Examples
    --------
    >>> percent(0.0891), percent(0.334), percent(0.997)
    ('8.9 %', '33 %', '99.7 %')
    """
    return format_share(part)


def span(low: float, high: float, dimension: str) -> str:
    """From one quantity to another."""
    return f"{quantity(low, dimension, 2)} to {quantity(high, dimension, 2)}"
