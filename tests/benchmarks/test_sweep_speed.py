"""Large sweeps against what they are allowed to take. Skipped unless asked for: `pytest tests/benchmarks --benchmark-only -s`.

Times are processor seconds of one core, so that a neighbour on the machine does not count; wall time is printed beside them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
MEASURED = """
import json, resource, sys, time
import numpy as np
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow import sweep

cells, rest = int(sys.argv[1]), json.loads(sys.argv[2])
sweep(scenario_from_fields(rest), {"budget": [1e22, 1e23]})
wall, begun = time.perf_counter(), time.process_time()
table = sweep(scenario_from_fields(rest), {"budget": np.geomspace(1e19, 1e28, cells)})
assert set(table["status"]) == {"optimal"}
assert len(table) == cells
spent = time.process_time() - begun
print(json.dumps([spent, time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def measured(cells: int, fields: dict[str, object]) -> tuple[float, float, float]:
    """Processor and wall seconds of a sweep, and the most memory its process had [MiB]."""
    words = [sys.executable, "-c", MEASURED, str(cells), json.dumps(fields)]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=True, env={**os.environ, **ONE_CORE})
    spent, wall, memory = json.loads(done.stdout)
    print(f"{cells:>9,} cells of {fields['law']:<10} {spent:6.1f} s of one core, {wall:6.1f} s on the clock, {memory:6.0f} MiB")
    return spent, wall, memory


@pytest.mark.benchmark
def test_a_million_cells_of_the_additive_law(benchmark) -> None:
    benchmark.pedantic(lambda: None, rounds=1)
    spent, _, memory = measured(1_000_000, {"law": "additive"})
    assert spent <= 5.0
    assert memory <= 2048


@pytest.mark.benchmark
def test_ten_thousand_cells_from_the_command_line(benchmark, tmp_path: Path) -> None:
    benchmark.pedantic(lambda: None, rounds=1)
    file = tmp_path / "table.csv"
    words = [sys.executable, "-m", "budgetplan", "sweep", "--over", "budget=1e20..1e27:10000", "-o", str(file)]
    wall, before = time.perf_counter(), os.times()
    subprocess.run(words, capture_output=True, check=True, env={**os.environ, **ONE_CORE})
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"   10,000 cells on the command line {spent:6.1f} s of one core, {time.perf_counter() - wall:6.1f} s on the clock")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 10_001
    assert spent <= 15.0
