"""Pieces of work in order, those of a lost worker done again.

A worker can be killed (out of memory, a node that goes away). The pieces that were under way are then given to a new executor.
Which worker does a piece, and how often it is begun, has no influence on the result: a piece is a function of itself alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Executor, Future
from typing import TypeVar

from budgetplan.errors import SolverError
from budgetplan.parallel.executors import Crew
from budgetplan.parallel.progress import Progress

Piece = TypeVar("Piece")
Result = TypeVar("Result")

LOSSES = 3
"""Losses in a row, without a piece done between them, after which the work is given up."""


def in_order(
    function: Callable[[Piece], Result], pieces: Sequence[Piece], crew: Crew, progress: Progress | None = None
) -> Generator[Result, None, None]:
    """The function of every piece, in the order of the pieces.

    Parameters
    ----------
    function : callable
        Of one piece; defined at the top of a module, where workers find it.
    pieces : sequence
        Taken when they are due, so that they can be made one by one.
    crew : Crew
        Who does the work.
    progress : callable, optional
        Told how many pieces are done, of how many.

    Yields
    ------
    object
        Result of each piece.

    Raises
    ------
    SolverError
        If workers are lost again and again.

    Examples
    --------
    >>> from budgetplan.parallel.executors import crew
    >>> list(in_order(abs, [-3, 1, -2], crew()))
    [3, 1, 2]
    """
    done, losses, total = 0, 0, len(pieces)
    kept: dict[int, Result] = {}
    while done < total:
        with crew.open() as (executor, ahead):
            under_way: deque[tuple[int, Future[Result]]] = deque()
            try:
                following = done
                while done < total:
                    following = _filled(executor, function, pieces, under_way, kept, following, done + ahead)
                    if done in kept:
                        result = kept.pop(done)
                    else:
                        result = under_way[0][1].result()
                        under_way.popleft()
                    done, losses = done + 1, 0
                    if progress is not None:
                        progress(done, total)
                    yield result
            except crew.lost as error:
                losses += 1
                if losses >= LOSSES:
                    raise SolverError(
                        f"Workers were lost {losses} times in a row at piece {done + 1} of {total}: {error}",
                        "Use fewer workers, so that each has more memory. In a script, sweep under `if __name__ == '__main__':`.",
                        "workers-lost",
                    ) from error
                for index, future in under_way:
                    if future.done() and not future.cancelled() and future.exception() is None:
                        kept[index] = future.result()


def _filled(
    executor: Executor,
    function: Callable[[Piece], Result],
    pieces: Sequence[Piece],
    under_way: deque[tuple[int, Future[Result]]],
    kept: dict[int, Result],
    following: int,
    end: int,
) -> int:
    """Submit the pieces up to `end`, except those whose result is known; return which is next."""
    while following < min(end, len(pieces)):
        if following not in kept:
            under_way.append((following, executor.submit(function, pieces[following])))
        following += 1
    return following
