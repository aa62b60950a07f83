"""Commands that write files, each with what it needs and the names under which its answer stands."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

OLD = b"what stood here before\n"


def _nothing(folder: Path) -> None:
    pass


def simulated_runs(folder: Path) -> None:
    """Write 60 simulated runs."""
    draw = np.random.default_rng(0)
    params = np.exp(draw.uniform(np.log(5e7), np.log(1.6e10), 60))
    tokens = params * np.exp(draw.uniform(np.log(1), np.log(300), 60))
    loss = (1.8172 + 482.01 / params**0.3478 + 2085.43 / tokens**0.3658) * np.exp(0.005 * draw.standard_normal(60))
    rows = (f"{n!r},{d!r},{y!r}\n" for n, d, y in zip(params.tolist(), tokens.tolist(), loss.tolist(), strict=True))
    (folder / "runs.csv").write_text("params,tokens,loss\n" + "".join(rows), encoding="utf-8")


@dataclass(frozen=True)
class Writing:
    """A command line and the files that hold its answer."""

    name: str
    line: str
    files: tuple[str, ...]
    prepare: Callable[[Path], None] = _nothing

    @property
    def words(self) -> list[str]:
        return self.line.split()


WRITING = (
    Writing("fit", "fit runs.csv --form chinchilla --bootstrap 100 -o law.yaml", ("law.yaml",), simulated_runs),
    Writing("sweep", "sweep --law additive --over budget=1e20..1e27:1000 -o table.csv", ("table.csv",)),
    Writing("report", "report --law additive --budget 1e24 --draws 10 -o report.html", ("report.html",)),
    Writing("plot", "plot split --budget 1e25 -o split.svg", ("split.svg", "split.svg.csv")),
    Writing("plan", "plan --budget 1e25 -o plan.txt", ("plan.txt",)),
)


def program(words: list[str]) -> list[str]:
    """The words that run a command line in a process of its own."""
    return [sys.executable, "-m", "budgetplan", *words]


def environment() -> dict[str, str]:
    """This process's, with one thread for linear algebra and this source tree in front."""
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": root}
