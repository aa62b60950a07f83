"""Pieces of work, done here or by several processes of one thread each, with word of how far they are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from budgetplan.lab.cells import Add, measure_cell, train_branches
from budgetplan.lab.grid import Grid
from budgetplan.lab.pieces import one_thread, use_one_thread
from budgetplan.parallel.executors import crew
from budgetplan.parallel.repeated import in_order

_LOOK = 0.5
"""Time between two looks at what the workers have done. [s]"""


@dataclass(frozen=True)
class Job:
    """A piece of work.

    Attributes
    ----------
    size : str
    seed : int
    tokens : int or None
        Of the branch whose RL is to be measured; None for the trunk. [token]
    seconds : float
        How long it takes on one core, about.
    """

    size: str
    seed: int
    tokens: int | None
    seconds: float

    @property
    def name(self) -> str:
        """For a line of progress."""
        what = "pre-training" if self.tokens is None else f"RL after {self.tokens:,} tokens"
        return f"{self.size} params, seed {self.seed}: {what}"


Told = Callable[[float, str], None]
"""Told how much is done in all, in seconds of one core as estimated, and the piece that was just finished or nothing."""
PerformAll = Callable[[Sequence[Job], Grid, Path, Told], None]


def perform(job: Job, grid: Grid, out: Path, add: Add) -> Job:
    """Do one piece of work; what it adds up to is its estimate, whatever it was begun with."""
    told = 0.0

    def count(seconds: float) -> None:
        nonlocal told
        seconds = min(seconds, job.seconds - told)
        told += seconds
        add(seconds)

    if job.tokens is None:
        train_branches(grid, out, job.size, job.seed, count)
    else:
        measure_cell(grid, out, job.size, job.tokens, job.seed, count)
    count(job.seconds)
    return job


@contextmanager
def performers(number: int) -> Iterator[PerformAll]:
    """Give what does jobs, each in one of so many processes, or one after the other in this one.

    Parameters
    ----------
    number : int
        Processes.

    Yields
    ------
    callable
        Returns when all are done. With several processes its `told` is called from a thread of its own while pieces go on.
    """
    counter = get_context("spawn").Value("d", 0.0)
    hands = crew(number, begin=partial(_begin, counter))

    def perform_all(jobs: Sequence[Job], grid: Grid, out: Path, told: Told) -> None:
        def count(seconds: float) -> None:
            _count(counter, seconds)
            told(counter.value, "")

        _counting[:] = [count]
        with one_thread() if number == 1 else _telling(counter, told):
            for job in in_order(_perform, [(job, grid, out) for job in jobs], hands):
                told(counter.value, job.name)

    yield perform_all


@contextmanager
def _telling(counter: Synchronized[float], told: Told) -> Iterator[None]:
    """Tell every now and then how far the pieces under way are."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK):
            told(counter.value, "")

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


_counting: list[Add] = []
"""Counts work, in a process that does jobs."""


def _begin(counter: Synchronized[float]) -> None:
    """Begin a worker process."""
    use_one_thread()
    _counting[:] = [partial(_count, counter)]


def _count(counter: Synchronized[float], seconds: float) -> None:
    with counter.get_lock():
        counter.value += seconds


def _perform(what: tuple[Job, Grid, Path]) -> Job:
    return perform(*what, _counting[0])
