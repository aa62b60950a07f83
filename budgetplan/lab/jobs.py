"""Pieces of work, done here or by several processes of one thread each, with word of how far they are."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import torch

from budgetplan.lab.cells import Add, measure_cell, train_branches
from budgetplan.lab.grid import Grid

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
        Returns when all are done.
    """
    if number > 1:
        with _pool(number) as perform_all:
            yield perform_all
        return
    before, done = torch.get_num_threads(), 0.0
    torch.set_num_threads(1)  # sums over threads would round otherwise, and small matrices gain nothing

    def here(jobs: Sequence[Job], grid: Grid, out: Path, told: Told) -> None:
        def add(seconds: float) -> None:
            nonlocal done
            done += seconds
            told(done, "")

        for job in jobs:
            perform(job, grid, out, add)
            told(done, job.name)

    try:
        yield here
    finally:
        torch.set_num_threads(before)


@contextmanager
def _pool(number: int) -> Iterator[PerformAll]:
    # Spawned, not forked: a forked child inherits locks of torch's threads in whatever state they are.
    context = get_context("spawn")
    counter = context.Value("d", 0.0)
    pool = ProcessPoolExecutor(number, mp_context=context, initializer=_begin_worker, initargs=(counter,))

    def spread(jobs: Sequence[Job], grid: Grid, out: Path, told: Told) -> None:
        waiting = {pool.submit(_perform_here, job, grid, out) for job in jobs}
        while waiting:
            finished, waiting = wait(waiting, _LOOK, FIRST_COMPLETED)
            told(counter.value, "")
            for future in finished:
                told(counter.value, future.result().name)

    try:
        yield spread
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_counters: list[Synchronized[float]] = []
"""In a worker, where it counts its work."""


def _begin_worker(counter: Synchronized[float]) -> None:
    """Use one thread, and end with the process that began this one, however it ends."""
    torch.set_num_threads(1)
    _counters[:] = [counter]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _perform_here(job: Job, grid: Grid, out: Path) -> Job:
    def add(seconds: float) -> None:
        with _counters[0].get_lock():
            _counters[0].value += seconds

    return perform(job, grid, out, add)
