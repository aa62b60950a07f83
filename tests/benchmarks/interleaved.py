"""Ratios of two times that hold on a loaded machine: processor time, measured in turns, the median of the ratios.

A neighbour takes the processor away, which processor time does not count, and slows caches and clocks, which it does: both sides
are measured within one turn, so that both are slowed alike, and the median leaves out the turns in which only one was.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

TURNS = 7
LEAST = 0.05
"""A side is repeated within a turn until it has taken so long. [s]"""


@dataclass(frozen=True)
class Measure:
    """Something of ours beside what a peer takes for the same.

    Attributes
    ----------
    name, peer : str
        What is done, and who does it the other way.
    make : callable
        Gives the two sides: each is called without arguments, and does the work once.
    scale : float
        How many times the peer's work has to be done for ours: it is timed on a part, and extrapolated.
    """

    name: str
    peer: str
    make: Callable[[], tuple[Callable[[], object], Callable[[], object]]]
    scale: float = 1.0


@dataclass(frozen=True)
class Ratio:
    """What was measured; times in seconds of one core."""

    name: str
    peer: str
    ours: float
    theirs: float
    ratio: float
    spread: float


def spent() -> float:
    """Processor seconds of this process and of the children that it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def once(function: Callable[[], object], least: float = LEAST) -> float:
    """Processor seconds of a call, from as many as take `least` together."""
    calls, begun, wall = 0, spent(), time.perf_counter()
    while True:
        function()
        calls += 1
        taken = spent() - begun
        if taken >= least or time.perf_counter() - wall > 200 * least:
            return taken / calls


def measured(measure: Measure, turns: int = TURNS) -> Ratio:
    """The ratio of a measure, after one call of each side to warm up."""
    ours, theirs = measure.make()
    ours()
    theirs()
    pairs = [(once(ours), once(theirs) * measure.scale) for _ in range(turns)]
    ratios = [slow / fast for fast, slow in pairs]
    low, middle, high = statistics.quantiles(ratios, n=4)
    mine, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Ratio(measure.name, measure.peer, mine, other, middle, (high - low) / middle)
