"""Kill -9 at random moments in `lab run`, which has to go on from where it was and end with the same bytes."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.faults.commands import Writing
from tests.faults.killed import Tally, answered, started

LAB = Writing("lab run", "lab run --preset smoke --out out", ("out/runs.csv",))
LONGEST = 12.0
"""Before a kill. [s]"""


def lab_killed(folder: Path, kills: int, seed: int = 0) -> Tally:
    """Kill and begin again in one folder until the kills are spent; a run that ends gives way to a new folder."""
    draw, found = random.Random(seed), Tally(LAB.name)
    whole, _ = answered(LAB, folder / "whole")
    cells = _cells(folder / "whole")
    at, place = 0, folder / "0"
    place.mkdir()
    while found.kills < kills:
        process = started(LAB.words, place)
        process.join(draw.uniform(0.0, LONGEST))
        if process.exitcode is not None:
            assert process.exitcode == 0
            found.ended_before += 1
            found.begun_again += _cells(place) == cells
            at, place = at + 1, folder / str(at + 1)
            place.mkdir()
            continue
        process.kill()
        process.join()
        found.kills += 1
        hidden = [path for path in place.rglob(".*") if path.is_file()]
        found.while_writing += bool(hidden)
        for path in hidden:
            path.unlink()
            found.hidden_parts += 1
        for name, content in _cells(place).items():
            found.new += content == cells[name]
            found.half += content != cells[name]
        if (place / "out" / "grid.json").exists():
            json.loads((place / "out" / "grid.json").read_text(encoding="utf-8"))
        found.absent += not (place / "out" / "runs.csv").exists()
    found.begun_again += answered(LAB, place)[0] == whole and _cells(place) == cells
    return found


def _cells(folder: Path) -> dict[str, bytes]:
    """Finished cells by name."""
    return {path.name: path.read_bytes() for path in sorted((folder / "out" / "cells").glob("*.json"))}
