"""Time and memory grow in proportion or less: the committed table says so, and it can be measured again."""

from __future__ import annotations

import pytest

from tests.benchmarks import growth

STEEPEST = 1.15
"""Power of the last decade that still counts as proportion, on a machine with neighbours."""


def test_the_table_spans_three_decades_of_every_work() -> None:
    rows = growth.read()
    assert list(dict.fromkeys(row["work"] for row in rows)) == list(growth.WORKS)
    for name, work in growth.WORKS.items():
        assert tuple(int(row["size"]) for row in rows if row["work"] == name) == work.sizes
        assert work.sizes[-1] == 1000 * work.sizes[0]


@pytest.mark.parametrize("name", growth.WORKS)
@pytest.mark.parametrize("column", ["seconds", "peak_mb"])
def test_nothing_in_the_table_grows_faster_than_in_proportion(name: str, column: str) -> None:
    assert growth.growth(growth.read(), name, column) <= STEEPEST


def test_growth_is_the_power_of_the_last_decade() -> None:
    rows = [{"work": "w", "size": str(size), "seconds": str(1e-9 * size**2)} for size in (1, 10, 100)]
    assert growth.growth(rows, "w", "seconds") == pytest.approx(2.0)


@pytest.mark.benchmark
@pytest.mark.parametrize("name", growth.WORKS)
def test_a_decade_measured_now_grows_in_proportion_or_less(benchmark, name: str) -> None:
    benchmark.pedantic(lambda: None, rounds=1)
    sizes = growth.WORKS[name].sizes[-3:-1]
    rows = [
        {"work": name, "size": str(size), **{key: str(value) for key, value in growth.apart(name, size).items()}} for size in sizes
    ]
    assert growth.growth(rows, name, "seconds") <= STEEPEST
