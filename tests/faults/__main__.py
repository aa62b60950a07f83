"""Kill every writing command 50 times and write what was found: `python -m tests.faults docs/faults.csv`.

A study that was stopped goes on with the command that it was at.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from budgetplan.parallel.whole_file import write_all
from tests.faults.commands import WRITING
from tests.faults.killed import PRELOAD, Tally, killed
from tests.faults.lab_killed import LAB, lab_killed

KILLS = 50


def main(target: Path, kills: int = KILLS) -> None:
    """Write the table, one row per command; commands that have their row already are left out."""
    rows = {}
    if target.exists():
        with target.open(encoding="utf-8", newline="") as file:
            rows = {row["command"]: row for row in csv.DictReader(file)}
    for name, study in _studies(kills).items():
        if name in rows:
            continue
        with TemporaryDirectory() as folder:
            rows[name] = {key: str(value) for key, value in asdict(study(Path(folder))).items()}
        sys.stderr.write(f"{rows[name]}\n")
        text = StringIO()
        writer = csv.DictWriter(text, list(rows[name]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())
        write_all({target: text.getvalue().encode()})


def _studies(kills: int) -> dict[str, Callable[[Path], Tally]]:
    """What kills each command, by its name."""
    studies: dict[str, Callable[[Path], Tally]] = {item.name: partial(killed, item, kills=kills) for item in WRITING}
    if find_spec("torch") is not None:
        PRELOAD.append("budgetplan.lab.run")  # which imports PyTorch once and for all
        studies[LAB.name] = partial(lab_killed, kills=kills)
    return studies


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
