"""No ratio of the table has lost more than a fifth. Skipped unless asked for: `pytest tests/benchmarks --benchmark-only -s`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.benchmarks import baseline, interleaved
from tests.benchmarks.interleaved import TURNS, Measure, Ratio, measured
from tests.benchmarks.measures import MEASURES

FOUND = Ratio("sweep", "a loop", 1.0, 100.0, 100.0, 0.01)


def test_a_fifth_is_flagged_and_less_is_not() -> None:
    before = {("sweep", "a loop"): 100.0}
    assert [baseline.lost(replace(FOUND, ratio=value), before) for value in (79.0, 81.0, 130.0)] == [True, False, False]
    assert not baseline.lost(replace(FOUND, name="new"), before)


def test_a_baseline_is_read_as_it_was_written(tmp_path) -> None:
    baseline.write([FOUND], tmp_path / "b.csv")
    assert baseline.read(tmp_path / "b.csv") == {("sweep", "a loop"): 100.0}


def test_a_ratio_is_that_of_the_work_and_one_slow_turn_does_not_move_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, calls = [0.0], [0]

    def work(seconds: float) -> None:
        calls[0] += 1
        clock[0] += seconds * (9.0 if calls[0] == 5 else 1.0)  # a neighbour, once

    monkeypatch.setattr(interleaved, "spent", lambda: clock[0])
    found = measured(Measure("three", "itself", lambda: (lambda: work(0.1), lambda: work(0.15)), scale=2.0), turns=5)
    assert (found.ours, found.theirs, found.ratio) == pytest.approx((0.1, 0.3, 3.0))


def test_every_row_has_its_name_once() -> None:
    names = [(item.name, item.peer) for item in MEASURES]
    assert len(set(names)) == len(names)
    for stage in ("start-up", "plan", "sweep", "draws", "fit", "bootstrap", "report"):
        assert any(name.startswith(f"{stage}: ") for name, _ in names)


@pytest.mark.benchmark
@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: f"{measure.name}, {measure.peer}")
def test_no_ratio_has_lost_a_fifth(benchmark, measure: Measure) -> None:
    benchmark.pedantic(lambda: None, rounds=1)
    before = baseline.read()
    try:
        found = measured(measure)
        if baseline.lost(found, before):
            found = measured(measure, 3 * TURNS)
    except ModuleNotFoundError as error:
        pytest.skip(f"the peer {error.name} is not installed")
    assert not baseline.lost(found, before), f"{found} against {before[(found.name, found.peer)]}"
