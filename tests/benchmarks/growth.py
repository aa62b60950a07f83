"""How time and memory grow with budgets, draws, runs and cells, over three decades: `python -m tests.benchmarks.growth`.

Each size is done in a process of its own, which first does the smallest one to warm up: its time is processor time of one core, its
memory the highest resident size of the process, interpreter and libraries included. Writes `docs/growth.csv` and, from it,
`docs/figures/growth.png`; `--draw` draws the figure again from the table that is there. Words choose rows: `… growth fit`; what is
not chosen stays as it was.
"""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from budgetplan.parallel.whole_file import write_all
from tests.benchmarks.interleaved import once
from tests.benchmarks.one_core import ONE_CORE, alone

DOCS = Path(__file__).resolve().parents[2] / "docs"
TABLE, FIGURE = DOCS / "growth.csv", DOCS / "figures" / "growth.png"
COLUMNS = ("work", "size", "seconds", "peak_mb")
TURNS = 3


@dataclass(frozen=True)
class Work:
    """Something that is done for a number of things.

    Attributes
    ----------
    sizes : tuple of int
        Over three decades.
    make : callable
        From a size to a callable that does it once.
    """

    sizes: tuple[int, ...]
    make: Callable[[int], Callable[[], object]]


def _additive(size: int) -> Callable[[], object]:
    from budgetplan.planning.power_allocation import allocate
    from tests.benchmarks import peers

    logs, kappa = np.linspace(np.log(1e20), np.log(1e27), size), np.log(peers.KAPPA)
    return lambda: allocate(logs, peers.PARAMS, peers.TOKENS, kappa)


def _joint(budgets: Any) -> Any:
    from budgetplan.laws.catalogue import load_law
    from budgetplan.planning.problem import problem

    return problem(load_law("default").model, budgets, (6.0, 14.0, 8.0), 0.1 * np.sqrt(3 * budgets))


def _budgets(size: int) -> Callable[[], object]:
    from budgetplan.planning.solver import solve

    asked = _joint(np.logspace(20, 28, size))
    return lambda: solve(asked)


def _draws(size: int) -> Callable[[], object]:
    from budgetplan.laws.catalogue import load_law
    from budgetplan.planning.solver import solve
    from budgetplan.uncertainty.draws import draw_law

    one = _joint(np.array([1e25]))
    many = replace(one.repeated(size), model=draw_law(load_law("default"), size, 0).law.model, drawn=True)
    return lambda: solve(many, 3)


def _runs(size: int) -> Callable[[], object]:
    from budgetplan.fitting.loss.chinchilla import CHINCHILLA
    from budgetplan.fitting.loss.loss_fit import find_optimum
    from budgetplan.fitting.options import FitOptions
    from tests.benchmarks.measures import simulated_runs

    runs = simulated_runs(size)
    return lambda: find_optimum(CHINCHILLA, runs, FitOptions())


def _replicates(size: int) -> Callable[[], object]:
    from budgetplan.fitting.loss.bootstrap import refit
    from budgetplan.fitting.loss.chinchilla import CHINCHILLA
    from budgetplan.fitting.loss.loss_fit import find_optimum
    from budgetplan.fitting.options import FitOptions
    from tests.benchmarks.measures import simulated_runs

    solved, options = find_optimum(CHINCHILLA, simulated_runs(), FitOptions()), FitOptions(bootstrap=size)
    return lambda: refit(solved.optimum, solved.objective, np.arange(240), options)


def _cells(size: int) -> Callable[[], object]:
    from budgetplan.scenario import scenario_from_fields
    from budgetplan.workflow import sweep
    from budgetplan.workflow.sweeps.file import write_table

    scenario, over = scenario_from_fields({"law": "additive"}), {"budget": np.logspace(20, 27, size)}
    target = Path(tempfile.mkdtemp()) / "table.csv"
    return lambda: write_table(sweep(scenario, over), target, ".csv")


WORKS: Mapping[str, Work] = {
    "budgets, additive law": Work((1_000, 10_000, 100_000, 1_000_000), _additive),
    "budgets, joint law": Work((10, 100, 1_000, 10_000), _budgets),
    "draws, joint law": Work((10, 100, 1_000, 10_000), _draws),
    "runs of a Chinchilla fit": Work((100, 1_000, 10_000, 100_000), _runs),
    "bootstrap replicates": Work((10, 100, 1_000, 10_000), _replicates),
    "cells swept into a CSV": Work((1_000, 10_000, 100_000, 1_000_000), _cells),
}
"""What is measured, by its name in the table."""


def one(name: str, size: int) -> dict[str, float]:
    """Time and memory of a size, in this process.

    Returns
    -------
    dict
        `seconds`, of one core; `peak_mb`, resident at most [1e6 byte].
    """
    work = WORKS[name]
    work.make(work.sizes[0])()
    task = work.make(size)
    seconds = sorted(once(task) for _ in range(TURNS))[TURNS // 2]
    return {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}


def apart(name: str, size: int) -> dict[str, float]:
    """The same in a process of its own, on one core."""
    line = [sys.executable, "-m", "tests.benchmarks.growth", "--one", name, str(size)]
    done = subprocess.run(line, capture_output=True, text=True, check=True, env={**os.environ, **ONE_CORE})
    return {key: float(value) for key, value in json.loads(done.stdout).items()}


def read(path: Path = TABLE) -> list[dict[str, str]]:
    """Rows of the table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def growth(rows: list[dict[str, str]], work: str, column: str) -> float:
    """Power with which a column grows over the last decade of a work: 1 where ten times the size takes ten times as much."""
    last, before = [row for row in rows if row["work"] == work][:-3:-1]
    return float(np.log(float(last[column]) / float(before[column])) / np.log(int(last["size"]) / int(before["size"])))


def main(words: list[str]) -> None:
    """Measure, write, print, draw."""
    from tests.benchmarks.growth_figure import draw

    chosen = [word for word in words if not word.startswith("-")]
    rows = read() if TABLE.exists() else []
    for name, work in WORKS.items():
        if "--draw" in words or (chosen and not any(word in name for word in chosen)):
            continue
        fresh = []
        for size in work.sizes:
            found = apart(name, size)
            fresh.append({"work": name, "size": str(size), **{key: f"{value:.4g}" for key, value in found.items()}})
            print(f"{name:<28}{size:>12,}{found['seconds']:>12.4g} s{found['peak_mb']:>10.4g} MB", flush=True)
        rows = [row for row in rows if row["work"] != name] + fresh
        print(f"{'':<28}grows with the power {growth(rows, name, 'seconds'):.2f} in time")
    rows.sort(key=lambda row: list(WORKS).index(row["work"]))
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_all({TABLE: text.getvalue().encode()})
    draw(rows, FIGURE)


if __name__ == "__main__":
    alone()
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], int(sys.argv[3]))))
    else:
        main(sys.argv[1:])
