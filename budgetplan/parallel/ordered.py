"""Pieces of work on several threads, results in order.

Threads, because the work is NumPy on large arrays, which releases the interpreter; nothing has to be pickled, and it works from
notebooks and scripts alike. The pieces are cut by the caller, never by the number of workers, so results are the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]
"""Called with pieces done and pieces in all."""


def ordered_map(
    function: Callable[[Piece], Result], pieces: Sequence[Piece], workers: int = 1, progress: Progress | None = None
) -> list[Result]:
    """The function of every piece, in the order of the pieces.

    Parameters
    ----------
    function : callable
        Of one piece; must not depend on the others.
    pieces : sequence
    workers : int
        Threads; 1 runs in this one.
    progress : callable, optional
        Told how far it is, from the calling thread.

    Returns
    -------
    list

    Examples
    --------
    >>> ordered_map(lambda x: x * x, [3, 1, 2], workers=2)
    [9, 1, 4]
    """
    results: list[Result] = []
    if workers <= 1 or len(pieces) <= 1:
        for piece in pieces:
            results.append(function(piece))
            if progress is not None:
                progress(len(results), len(pieces))
        return results
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=workers) as pool:
        for result in pool.map(function, pieces):
            results.append(result)
            if progress is not None:
                progress(len(results), len(pieces))
    return results
