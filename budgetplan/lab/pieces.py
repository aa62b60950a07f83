"""Pieces of work of unlike length, here or in processes of one thread each; each piece leaves its own files behind."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context, parent_process

import torch


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
    if not order:
        return
    if workers <= 1:
        before = torch.get_num_threads()
        torch.set_num_threads(1)  # sums over threads would round otherwise
        try:
            for piece in order:
                piece.work()
                done += piece.seconds
                tell(done, total, piece.name)
        finally:
            torch.set_num_threads(before)
        return
    # Spawned, not forked: a forked child inherits locks of torch's threads in whatever state they are.
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin) as pool:
        waiting = {pool.submit(piece.work): piece for piece in order}
        try:
            for future in as_completed(waiting):
                future.result()
                done += waiting[future].seconds
                tell(done, total, waiting[future].name)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _begin() -> None:
    """Use one thread, and end with the process that began this one, however it ends."""
    torch.set_num_threads(1)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
