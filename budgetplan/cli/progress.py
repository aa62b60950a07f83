"""A progress bar on stderr for work of more than a second, on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 1.0
"""Time without a bar. [s]"""


@contextmanager
def progress(label: str, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Give a function to be told how many pieces are done, and of how many.

    Parameters
    ----------
    label : str
        What is being done.
    quiet : bool
        Never show a bar.

    Yields
    ------
    callable
        Of pieces done and pieces in all. The first call after a second draws the bar; it is gone in the end.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(label)
    begun = time.monotonic()

    def tell(done: int, total: int) -> None:
        if not bar.live.is_started:
            if time.monotonic() - begun < PATIENCE:
                return
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield tell
    finally:
        bar.stop()
