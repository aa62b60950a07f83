"""Quantities as they are written, as SI floats."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.errors import UnitError
from budgetplan.units import DIMENSIONS, convert, parse_devices, parse_quantity

DAY = 86400.0
GOOD = [
    ("1e25", "compute", 1e25),
    ("1e25 FLOP", "compute", 1e25),
    ("1e25FLOP", "compute", 1e25),
    ("3.8e25FLOP", "compute", 3.8e25),
    ("1e24 FLOPs", "compute", 1e24),
    ("2 EFLOP", "compute", 2e18),
    ("2ZFLOP", "compute", 2e21),
    ("2yflop", "compute", 2e24),
    ("1e5PFLOP-day", "compute", 1e20 * DAY),
    ("1e5 PFLOP-days", "compute", 1e20 * DAY),
    ("1e5 PFLOP/s-days", "compute", 1e20 * DAY),
    ("1e5 PFLOPS-days", "compute", 1e20 * DAY),
    ("1e3 PF-day", "compute", 1e18 * DAY),
    ("3 petaflop-hours", "compute", 3e15 * 3600),
    (1e25, "compute", 1e25),
    (10**25, "compute", 1e25),
    ("8B", "params", 8e9),
    ("8.1B", "params", 8.1e9),
    ("8b params", "params", 8e9),
    ("8 billion parameters", "params", 8e9),
    ("70M", "params", 70e6),
    ("70m", "params", 70e6),
    ("500k", "params", 500e3),
    ("1_000", "params", 1000),
    ("15T", "tokens", 15e12),
    ("15T tokens", "tokens", 15e12),
    ("15 trillion", "tokens", 15e12),
    ("300 million tokens", "tokens", 300e6),
    ("1.5e13", "tokens", 1.5e13),
    ("1e9", "count", 1e9),
    ("290M queries", "count", 290e6),
    ("5 samples", "count", 5),
    ("21d", "duration", 21 * DAY),
    ("3w", "duration", 21 * DAY),
    ("36h", "duration", 1.5 * DAY),
    ("1h30m", "duration", 5400),
    ("2d 12h", "duration", 2.5 * DAY),
    ("90min", "duration", 5400),
    ("90m", "duration", 5400),
    ("1.5 days", "duration", 1.5 * DAY),
    ("21-00:00:00", "duration", 21 * DAY),
    ("1-12", "duration", 1.5 * DAY),
    ("1-12:30", "duration", 1.5 * DAY + 1800),
    ("36:00:00", "duration", 1.5 * DAY),
    (1814400, "duration", 21 * DAY),
    ("40%", "ratio", 0.4),
    ("40 %", "ratio", 0.4),
    ("7%", "ratio", 0.07),
    ("0.4", "ratio", 0.4),
    ("0", "ratio", 0.0),
    ("1/3", "ratio", 1 / 3),
    ("2.5usd/h", "price", 2.5),
    ("$2.5/h", "price", 2.5),
    ("USD 2.5/hour", "price", 2.5),
    ("60usd/day", "price", 2.5),
    ("2.5 usd per gpu-hour", "price", 2.5),
    ("2.5", "price", 2.5),
    ("2Musd", "money", 2e6),
    ("2 Musd", "money", 2e6),
    ("USD2M", "money", 2e6),
    ("usd 2m", "money", 2e6),
    ("$2M", "money", 2e6),
    ("$2.5M", "money", 2.5e6),
    ("2M$", "money", 2e6),
    ("500kusd", "money", 5e5),
    ("$2 million", "money", 2e6),
    ("1B/day", "rate", 1e9 / DAY),
    ("1e9 queries/day", "rate", 1e9 / DAY),
    ("5k tokens per second", "rate", 5000),
    ("989 TFLOP/s", "throughput", 989e12),
    ("989 TFLOPS", "throughput", 989e12),
    ("1.93", "loss", 1.93),
    ("1.93 nat/token", "loss", 1.93),
]


@pytest.mark.parametrize(("text", "dimension", "expected"), GOOD)
def test_each_form_of_writing_is_read(text: str | float, dimension: str, expected: float) -> None:
    assert parse_quantity(text, dimension) == pytest.approx(expected, rel=1e-15)


def test_scales_are_exact_and_not_off_by_a_rounding() -> None:
    for hundredths in range(1, 100):
        assert parse_quantity(f"{hundredths}%", "ratio") == float(f"0.{hundredths:02d}")
        assert parse_quantity(f"{hundredths / 10}B", "params") == float(f"{hundredths / 10}e9")


def test_numbers_of_numpy_are_numbers() -> None:
    assert parse_quantity(np.float64(8e9), "params") == 8e9
    assert parse_quantity(np.int64(8), "count") == 8.0


RATE = "is a rate (FLOP per second)"
BAD: list[tuple[object, str, str]] = [
    ("1e15 FLOP/s", "compute", RATE),
    ("1e15FLOP/s", "compute", "--gpus 256xH100 --for 21d"),
    ("5 PFLOP/sec", "compute", RATE),
    ("1e24 FLOPS", "compute", "`FLOPS` is also a rate"),
    ("1e24 flops", "compute", "ambiguous"),
    ("1 PFLOPS", "compute", "multiply a rate by a duration"),
    ("15T", "compute", "no unit of compute"),
    ("1e25 PFLP", "compute", "Did you mean `PFLOP`"),
    ("1e5 PFLOP-dy", "compute", "Did you mean `PFLOP-day`"),
    ("1e25 apples", "compute", "PFLOP-day, PFLOP-hour"),
    ("21d", "compute", "is a duration"),
    ("40%", "compute", "is a share"),
    ("2Musd", "compute", "is an amount of money"),
    ("1e25 FLOP FLOP", "compute", "an amount of compute is due"),
    ("", "compute", "is empty"),
    ("   ", "compute", "is empty"),
    ("lots", "compute", "does not begin with a number"),
    ("FLOP", "compute", "does not begin with a number"),
    ("~1e25", "compute", "does not begin with a number"),
    ("1e24..1e26", "compute", "is a range"),
    ("10^25", "compute", "Write `1e25`"),
    ("3.8x10^25", "compute", "Write `3.8e25`"),
    ("10⁹ tokens", "tokens", "Write `1e9`"),
    ("2.5·10²⁴", "compute", "Write `2.5e24`"),
    ("2.5 10^24", "compute", "Write `2.5e24`"),
    ("10⁻³", "ratio", "Write `1e-3`"),
    ("3.8*10**25 FLOP", "compute", "Write `3.8e25`"),
    ("-1e25", "compute", "is negative"),
    ("\N{MINUS SIGN}1e25", "compute", "is negative"),
    ("0", "compute", "is zero"),
    ("1e-400", "compute", "is zero"),
    ("nan", "compute", "not a finite number"),
    ("inf", "compute", "not a finite number"),
    ("-Infinity", "compute", "not a finite number"),
    (".nan", "compute", "not a finite number"),
    ("1e400", "compute", "1.8e308 FLOP"),
    (float("nan"), "compute", "not a finite number"),
    (float("inf"), "compute", "not a finite number"),
    (10**400, "compute", "1.8e308 FLOP"),
    (-1, "compute", "is negative"),
    (0, "compute", "above 0"),
    (True, "compute", "is true or false"),
    (False, "count", "is true or false"),
    (None, "compute", "is a NoneType"),
    ([1e25], "compute", "is a list"),
    ("1" * 300, "compute", "300 characters"),
    ("1,000", "params", "Write `1000` or `1_000`"),
    ("1,000,000", "params", "Write `1000000` or `1_000_000`"),
    ("8,5B", "params", "`8.5B`"),
    ("1 000", "params", "Write `1000`"),
    ("8..5B", "params", "is a range"),
    ("8.5.1B", "params", "not one decimal number"),
    ("8B tokens", "params", "is a number of tokens"),
    ("8 apples", "params", "Units that fit: k, M, B, T"),
    ("8Q", "params", "8B, 70e9"),
    ("0x10", "params", "has the unit `x10`"),
    ("15T params", "tokens", "is a number of params"),
    ("1B/day", "tokens", "Multiply it by a duration"),
    ("1e9 queries/day", "count", "is a rate"),
    ("15 tokenz", "tokens", "Did you mean `tokens`"),
    ("21", "duration", "Write `21d`"),
    ("12:30", "duration", "`12h30m` or `12m30s`"),
    ("30M", "duration", "`min` for minutes"),
    ("3 months", "duration", "months differ in length"),
    ("30m1h", "duration", "larger to smaller"),
    ("1h1h", "duration", "each unit once"),
    ("1-30:00:00", "duration", "hours up to 23"),
    ("1-00:75:00", "duration", "up to 59"),
    ("21 dayz", "duration", "Did you mean `days`"),
    ("0d", "duration", "is zero"),
    ("-3d", "duration", "is negative"),
    ("40", "ratio", "Write 40% or 0.4"),
    (40, "ratio", "Write 40% or 0.4"),
    ("140%", "ratio", "above the largest allowed, 1"),
    ("1000", "ratio", "above the largest allowed"),
    ("-5%", "ratio", "is negative"),
    ("0.4 FLOP", "ratio", "is an amount of compute"),
    ("1/0", "ratio", "a share between 0 and 1"),
    ("M", "money", "single quotes, or 2Musd"),
    (".5M", "money", "single quotes, or 2Musd"),
    ("00k", "money", "what a shell leaves"),
    ("2eur", "money", "not in usd"),
    ("€2M", "money", "not in usd"),
    ("2usd/h", "money", "is a price"),
    ("2.5usd", "price", "2.5usd/h"),
    ("/h", "price", "single quotes, or 2.5usd/h"),
    (".5/h", "price", "single quotes"),
    ("2/h", "price", "names no currency"),
    ("1B", "rate", "a rate is due"),
    ("1e9", "rate", "has no unit"),
    ("1.2 bits", "loss", "Multiply by ln 2"),
    ("1e15 FLOP", "throughput", "is an amount of compute"),
]


def test_the_table_of_refusals_is_long_enough() -> None:
    assert len({(repr(value), dimension) for value, dimension, _ in BAD}) >= 60


@pytest.mark.parametrize(("value", "dimension", "fragment"), BAD)
def test_each_refusal_says_what_is_wrong_and_what_to_write(value: object, dimension: str, fragment: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_quantity(value, dimension, "budget")  # type: ignore[arg-type]
    assert fragment in str(caught.value)
    assert str(caught.value).startswith("budget: ")
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_bounds_are_included_and_named() -> None:
    assert parse_quantity("0", "tokens", minimum=0) == 0
    assert parse_quantity("150%", "ratio", maximum=2) == 1.5
    with pytest.raises(UnitError, match="at least 1"):
        parse_quantity("0.5", "count", minimum=1)
    with pytest.raises(UnitError, match="above 0"):
        parse_quantity("0", "ratio", positive=True)
    assert math.isclose(parse_quantity("100%", "ratio"), 1.0)


def test_an_unknown_dimension_is_named() -> None:
    with pytest.raises(UnitError, match="Did you mean `tokens`"):
        parse_quantity("1", "token")
    with pytest.raises(UnitError, match="parse_devices"):
        parse_quantity("256xH100", "devices")


def test_control_characters_do_not_reach_the_terminal() -> None:
    with pytest.raises(UnitError) as caught:
        parse_quantity("\x1b[31mred", "compute")
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("256xH100", (256, "H100")),
        ("256 x H100", (256, "H100")),
        ("256\N{MULTIPLICATION SIGN}H100", (256, "H100")),
        ("H100:256", (256, "H100")),
        ("256 H100", (256, "H100")),
        ("1_024xA100-SXM4-80GB", (1024, "A100-SXM4-80GB")),
        ("8x RTX 4090", (8, "RTX 4090")),
        ("RTX 4090:8", (8, "RTX 4090")),
    ],
)
def test_devices_are_a_count_with_a_name(text: str, expected: tuple[int, str]) -> None:
    assert parse_devices(text) == expected


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("H100", "does not say how many devices"),
        ("RTX4090", "does not say how many devices"),
        ("256", "names no device"),
        ("", "is empty"),
        ("0xH100", "a whole number from 1"),
        ("-8xH100", "a whole number from 1"),
        ("2.5xH100", "a whole number from 1"),
        ("8xH100,8xA100", "mixes devices"),
        ("256:512", "how many devices of which name"),
    ],
)
def test_devices_without_count_or_name_are_refused(text: str, fragment: str) -> None:
    with pytest.raises(UnitError, match="256xH100") as caught:
        parse_devices(text, "gpus")
    assert fragment in str(caught.value)


_like_quantities = st.text(st.sampled_from("0123456789.,_+-eE^*x/ kmbtPFLOPSdayhwsu$%:inf\N{MINUS SIGN}"), max_size=20)


@given(text=st.one_of(st.text(max_size=250), _like_quantities), dimension=st.sampled_from(sorted(DIMENSIONS)))
def test_any_text_is_a_finite_number_or_a_sentence(text: str, dimension: str) -> None:
    number = 1.0
    try:
        number = parse_quantity(text, dimension)
    except UnitError as error:
        assert error.message.endswith(".")  # noqa: PT017 - both outcomes are right
    assert math.isfinite(number)
    assert number >= 0
    for read in (parse_devices, lambda words: convert(words, "h"), lambda words: convert("1e25", words)):
        try:
            read(text)
        except UnitError as error:
            assert error.exit_code == 2  # noqa: PT017 - both outcomes are right
