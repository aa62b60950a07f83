"""Conversion between units of one dimension, and the sentence for two."""

from __future__ import annotations

import pytest

from budgetplan.errors import UnitError
from budgetplan.units import convert


@pytest.mark.parametrize(
    ("text", "to", "expected"),
    [
        ("1e25FLOP", "PFLOP-day", 1e10 / 86400),
        ("1e5 PFLOP-day", "FLOP", 8.64e24),
        ("1e25", "ZFLOP", 1e4),
        ("21d", "hours", 504),
        ("3w", "d", 21),
        ("5400s", "m", 90),
        ("8B", "M", 8000),
        ("15T tokens", "B tokens", 15000),
        ("70m", "params", 7e7),
        ("2Musd", "kusd", 2000),
        ("2.5usd/h", "usd/day", 60),
        ("0.4", "%", 40),
        ("40%", "%", 40),
        ("1B/day", "queries/s", 1e9 / 86400),
        ("1e15 FLOP/s", "PFLOP/s", 1),
    ],
)
def test_a_quantity_is_given_in_the_unit_asked_for(text: str, to: str, expected: float) -> None:
    value, unit = convert(text, to)
    assert value == pytest.approx(expected, rel=1e-14)
    assert unit == to


@pytest.mark.parametrize(
    ("text", "to", "fragments"),
    [
        ("1e25FLOP", "h", ["(compute)", "(duration)"]),
        ("21d", "FLOP", ["(duration)", "(compute)"]),
        ("15T tokens", "params", ["(tokens)", "(params)"]),
        ("1e15 FLOP/s", "FLOP", ["(throughput)", "(compute)"]),
        ("2usd", "h", ["(money)", "(duration)"]),
        ("1e25", "PFLOP-dys", ["There is no unit `PFLOP-dys`", "Did you mean `PFLOP-day`"]),
        ("1e25", "", ["empty"]),
        ("0.4", "h", ["no unit of time"]),
        ("a lot", "h", ["does not begin with a number"]),
    ],
)
def test_what_cannot_be_converted_names_both_sides(text: str, to: str, fragments: list[str]) -> None:
    with pytest.raises(UnitError) as caught:
        convert(text, to)
    for fragment in fragments:
        assert fragment in str(caught.value)
