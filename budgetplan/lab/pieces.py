"""Pieces of work of unlike length, here or in processes of one thread each; each piece leaves its own files behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from budgetplan.parallel.executors import crew
from budgetplan.parallel.repeated import in_order


@dataclass(frozen=True)
class Piece:
    """A piece of work.

    Attributes
    ----------
    name : str
    seconds : float
        How long it takes on one core, about. [s]
    work : callable
        Does it; a function of a module with its arguments bound, so that another process can call it.
    """

    name: str
    seconds: float
    work: Callable[[], object]


Told = Callable[[float, float, str], None]
"""Told seconds done, seconds in all, as estimated, and the piece that was just finished, or nothing."""


def perform(pieces: Sequence[Piece], workers: int = 1, told: Told | None = None) -> None:
    """Do all pieces, the longest first.

    Parameters
    ----------
    pieces : sequence of Piece
        None may need another.
    workers : int
        Processes; 1 is this one. Results do not depend on it.
    told : callable, optional
        At the beginning and after each piece.
    """
    order = sorted(pieces, key=lambda piece: -piece.seconds)
    total, done, tell = sum(piece.seconds for piece in order), 0.0, told or (lambda *_: None)
    tell(0.0, total, "")
    with one_thread():
        for piece, _ in zip(order, in_order(_work, order, crew(workers, begin=use_one_thread)), strict=True):
            done += piece.seconds
            tell(done, total, piece.name)


def _work(piece: Piece) -> None:
    piece.work()


def use_one_thread() -> None:
    """Let a worker process compute with one thread."""
    torch.set_num_threads(1)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute with one thread for a while: sums over threads would round otherwise, and small matrices gain nothing."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
