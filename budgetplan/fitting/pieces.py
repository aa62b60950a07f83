"""Pieces of the work on many fits times many runs, so that memory does not grow with their product."""

from __future__ import annotations

CELLS = 1 << 18
"""Fits x runs that are worked on together: arrays of 2 MB, of which a form holds about ten, that a cache keeps."""


def pieces(fits: int, runs: int, most: int | None = None) -> list[slice]:
    """Cut fits into consecutive pieces of at most `CELLS` cells, and at least one fit each.

    Parameters
    ----------
    fits, runs : int
        How many there are. What is cut may also be the runs, for a number of fits that stay together.
    most : int, optional
        Fits in a piece.

    Examples
    --------
    >>> pieces(5, 100_000)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    >>> pieces(300, 240, most=128)
    [slice(0, 128, None), slice(128, 256, None), slice(256, 300, None)]
    """
    size = max(1, CELLS // max(runs, 1))
    step = size if most is None else min(size, most)
    return [slice(at, min(at + step, fits)) for at in range(0, fits, step)]
