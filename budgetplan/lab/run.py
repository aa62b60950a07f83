"""`lab run`: all pieces of a grid over several processes, resumable after a kill at any moment.

Trunks come first, then cells, the longest first. What is finished is on the disk and is not made again; what was begun is begun
again, a trunk from its last saved state.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from budgetplan.errors import DataError
from budgetplan.lab.cells import branch_file, cell_file
from budgetplan.lab.corpus import load_corpus
from budgetplan.lab.grid import Grid
from budgetplan.lab.jobs import Job, performers
from budgetplan.lab.store import read_json, write_json
from budgetplan.lab.timing import cell_seconds, trunk_seconds
from budgetplan.version import VERSION


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    done, total : float
        Work, in seconds of one core as estimated.
    finished : str
        The piece that was just finished; empty while pieces go on.
    """

    done: float
    total: float
    finished: str


def jobs_of(grid: Grid, out: Path) -> tuple[list[Job], list[Job]]:
    """Trunks and cells that are still to be done, the longest first."""
    cells = [
        Job(size, seed, tokens, cell_seconds(grid, size))
        for size in grid.sizes
        for seed in range(grid.seeds)
        for tokens in grid.pretraining_tokens
        if not cell_file(out, size, tokens, seed).exists()
    ]
    open_trunks = {(job.size, job.seed) for job in cells if not branch_file(out, job.size, job.tokens or 0, job.seed).exists()}
    trunks = [Job(size, seed, None, trunk_seconds(grid, size)) for size, seed in sorted(open_trunks)]
    return sorted(trunks, key=lambda job: -job.seconds), sorted(cells, key=lambda job: -job.seconds)


def run_grid(grid: Grid, out: Path, workers: int = 1, progress: Callable[[Progress], None] | None = None) -> None:
    """Measure every cell of a grid that is not measured yet.

    Parameters
    ----------
    grid : Grid
    out : Path
        Folder of the results; made where absent.
    workers : int
        Processes, each of one thread; 1 works in this one. The results do not depend on it.
    progress : callable, optional
        Told at the beginning, every now and then, and after each piece.

    Raises
    ------
    DataError
        Where the folder holds a run with other settings, another text or other versions.
    """
    claim(out / "grid.json", "run", grid.to_dict())
    trunks, cells = jobs_of(grid, out)
    total = sum(job.seconds for job in (*trunks, *cells))
    tell = progress or (lambda _: None)
    tell(Progress(0.0, total, ""))
    with performers(workers) as perform_all:
        for jobs in (trunks, cells):
            perform_all(jobs, grid, out, lambda done, name: tell(Progress(min(done, total), total, name)))


def claim(path: Path, what: str, settings: Mapping[str, Any]) -> None:
    """Write what a folder is for, or check that it says the same.

    Parameters
    ----------
    path : Path
        Of the file that says so, in the folder.
    what : str
        Such as `run`.
    settings : mapping
        Everything that decides the results.

    Raises
    ------
    DataError
        Where the folder is for something else, with what differs.
    """
    content = {"settings": dict(settings), "provenance": provenance()}
    if not path.exists():
        write_json(path, content)
        return
    found = read_json(path)
    flat, flat_found = _flat(content), _flat(found)
    differing = sorted(key for key in {*flat, *flat_found} if flat.get(key) != flat_found.get(key))
    if differing:
        shown = "; ".join(f"`{key}` is {flat_found.get(key)}, now {flat.get(key)}" for key in differing[:3])
        raise DataError(
            f"`{path.parent}` holds a {what} with other settings: {shown}.",
            f"Name another folder, or finish that {what} as it was begun.",
        )


def provenance() -> dict[str, Any]:
    """Everything outside the settings that results depend on."""
    return {
        "budgetplan": VERSION,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "corpus": load_corpus().fingerprint,
    }


def _flat(content: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested keys joined by dots."""
    flat: dict[str, Any] = {}
    for key, value in content.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
