"""Formatting is the inverse of parsing, to the printed digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.units import DIMENSIONS, convert, format_devices, format_quantity, parse_devices, parse_quantity

_RANGES = {"ratio": (1e-9, 1.0)}


@pytest.mark.parametrize(
    ("value", "dimension", "digits", "expected"),
    [
        (1e25, "compute", 3, "1.0e25 FLOP"),
        (2.74e24, "compute", 2, "2.7e24 FLOP"),
        (98e9, "params", 3, "98 B"),
        (4.5e12, "tokens", 3, "4.5 T"),
        (999.96e6, "tokens", 3, "1 B"),
        (2000, "tokens", 3, "2000"),
        (3e16, "tokens", 3, "3e16"),
        (290e6, "count", 3, "290 M"),
        (5.2, "count", 3, "5.2"),
        (0.27, "ratio", 3, "27 %"),
        (0.0004, "ratio", 3, "0.04 %"),
        (0.0, "ratio", 3, "0 %"),
        (180_300, "money", 3, "$180k"),
        (1.4e6, "money", 3, "$1.4M"),
        (-180_300, "money", 3, "-$180k"),
        (2.5, "price", 3, "$2.5/h"),
        (21 * 86400, "duration", 3, "21 d"),
        (36 * 3600, "duration", 3, "36 h"),
        (3599.9, "duration", 3, "1 h"),
        (1e9 / 86400, "rate", 3, "1 B/day"),
        (989e12, "throughput", 3, "989 TFLOP/s"),
        (0.13021, "loss", 4, "0.1302"),
        (float("nan"), "loss", 3, "nan"),
    ],
)
def test_quantities_read_as_people_write_them(value: float, dimension: str, digits: int, expected: str) -> None:
    assert format_quantity(value, dimension, digits) == expected


@pytest.mark.parametrize("dimension", sorted(DIMENSIONS))
@given(data=st.data(), digits=st.integers(1, 12))
def test_parsing_returns_what_was_printed(dimension: str, data: st.DataObject, digits: int) -> None:
    low, high = _RANGES.get(dimension, (1e-6, 1e32))
    value = data.draw(st.floats(low, high))
    text = format_quantity(value, dimension, digits)
    back = parse_quantity(text, dimension)
    assert back == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits))
    assert format_quantity(back, dimension, digits) == text


@given(st.integers(1, 10**6), st.sampled_from(["H100", "A100-SXM4-80GB", "RTX 4090", "TPU v5p"]))
def test_devices_round_trip(count: int, device: str) -> None:
    assert parse_devices(format_devices(count, device)) == (count, device)


@given(st.floats(1e-3, 1e30), st.sampled_from(["PFLOP-day", "EFLOP", "ZFLOP", "FLOP", "PF-hours"]))
def test_converting_there_and_back_keeps_the_amount(value: float, unit: str) -> None:
    there, name = convert(value, unit)
    back, _ = convert(f"{there!r} {name}", "FLOP")
    assert back == pytest.approx(value, rel=1e-14)
