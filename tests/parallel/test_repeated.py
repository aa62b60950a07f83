"""Pieces come in order whoever does them, and a lost worker's pieces are done again."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from budgetplan.errors import MissingExtraError, ScenarioError, SolverError
from budgetplan.parallel.executors import Crew, crew
from budgetplan.parallel.repeated import LOSSES, in_order


class Failing(Executor):
    """Breaks at chosen calls, counted over all executors of a crew; a break takes every unfinished future along."""

    def __init__(self, breaks: set[int], calls: list[Any]) -> None:
        self.breaks, self.calls, self.waiting = breaks, calls, []

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        number = len(self.calls)
        self.calls.append(args[0])
        future: Future[Any] = Future()
        if number in self.breaks:
            future.set_exception(BrokenExecutor("gone"))
        else:
            future.set_result(function(*args, **kwargs))
        return future


def failing(breaks: set[int], ahead: int = 3) -> tuple[Crew, list[Any]]:
    calls: list[Any] = []

    @contextmanager
    def opened() -> Iterator[tuple[Executor, int]]:
        yield Failing(breaks, calls), ahead

    return Crew(opened, (BrokenExecutor,)), calls


@pytest.mark.parametrize("breaks", [set(), {0}, {2}, {4, 5}, {0, 3, 8}, {1, 2, 3}])
def test_lost_pieces_are_done_again_in_order(breaks: set[int]) -> None:
    hands, calls = failing(breaks)
    told: list[tuple[int, int]] = []
    assert list(in_order(abs, [-1, -2, -3, -4, -5, -6], hands, lambda *done: told.append(done))) == [1, 2, 3, 4, 5, 6]
    assert told == [(done, 6) for done in range(1, 7)]
    assert len(calls) - 6 <= 3 * len(breaks)
    assert (len(calls) > 6) == bool(breaks)


def test_a_finished_piece_is_not_done_again() -> None:
    hands, calls = failing({0})
    assert list(in_order(abs, [-1, -2, -3], hands)) == [1, 2, 3]
    assert calls == [-1, -2, -3, -1]


def test_workers_that_are_lost_every_time_end_the_work() -> None:
    hands, calls = failing(set(range(100)), ahead=1)
    with pytest.raises(SolverError, match="lost 3 times in a row at piece 1 of 2") as caught:
        list(in_order(abs, [-1, -2], hands))
    assert len(calls) == LOSSES
    assert caught.value.status == "workers-lost"


def test_no_more_pieces_are_under_way_than_are_allowed() -> None:
    hands, calls = failing(set(), ahead=2)
    answers = in_order(abs, range(-100, 0), hands)
    next(answers)
    assert len(calls) == 2
    next(answers)
    assert len(calls) == 3


@pytest.mark.parametrize("workers", [1, 3])
def test_threads_give_the_same_order_and_word_of_it(workers: int) -> None:
    seen: list[tuple[int, int]] = []
    hands = crew(workers, threads=True)
    assert list(in_order(lambda x: -x, range(7), hands, lambda *done: seen.append(done))) == [0, -1, -2, -3, -4, -5, -6]
    assert seen == [(at, 7) for at in range(1, 8)]
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda x: 1 // x, [1, 0], hands))


def test_a_mistake_in_a_piece_is_not_a_lost_worker() -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_order(eval, ["1", "1 / 0"], crew()))


def test_a_killed_process_costs_nothing_but_time(tmp_path: Path) -> None:
    mark = str(tmp_path / "killed")
    suicide = f"(open({mark!r}, 'x').close(), __import__('os').kill(__import__('os').getpid(), 9))"
    once = f"'alive' if __import__('os').path.exists({mark!r}) else {suicide}"
    before = os.environ.get("OMP_NUM_THREADS")
    pieces = ["1", "2", once, "__import__('os').environ['OMP_NUM_THREADS']", "__import__('os').getpid()"]
    *found, pid = in_order(eval, pieces, crew(2))
    assert found == [1, 2, "alive", "1"]
    assert pid != os.getpid()
    assert os.environ.get("OMP_NUM_THREADS") == before


def test_work_that_is_given_up_does_not_keep_its_processes() -> None:
    answers = in_order(eval, ["1", *["__import__('time').sleep(60)"] * 3], crew(2))
    assert next(answers) == 1
    begun = time.monotonic()
    answers.close()
    assert time.monotonic() - begun < 30
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(
    ("workers", "cluster", "sentence"),
    [(0, None, "0 workers"), (2, "tcp://h:1", "2 processes and on the cluster"), (1, "nonsense", "no address of a cluster")],
)
def test_what_makes_no_sense_is_refused(workers: int, cluster: str | None, sentence: str) -> None:
    with pytest.raises(ScenarioError, match=sentence):
        crew(workers, cluster)


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'budgetplan\[cluster\]'") as caught:
        crew(1, "tcp://127.0.0.1:8786")
    assert caught.value.exit_code == 2
