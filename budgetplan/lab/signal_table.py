"""The table of claims: from finished pieces to `signal.csv`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from budgetplan.lab.signal_claims import Row, bits_rows, credit_rows, knowledge_rows, move_rows, self_training_rows, split_rows
from budgetplan.lab.signal_paths import Paths
from budgetplan.lab.signal_study import METHODS
from budgetplan.lab.store import read_json, write_csv
from budgetplan.lab.validate_table import matches, read_validation
from budgetplan.signal.measured import COLUMNS


def claim_rows(out: Path, parts: Sequence[str]) -> list[Row]:
    """Rows of the claims, from the finished cells of a folder.

    Parameters
    ----------
    out : Path
        Of the run: `signal/cells`, and `validation.csv` for part e.
    parts : sequence of str
        a to f.
    """
    folder = out / "signal" / "cells"
    marks = {}
    for method in METHODS:
        for file in sorted(folder.glob(f"{method}-[0-9]*.json")):
            cell = read_json(file)
            marks[method, int(cell["seed"])] = cell["marks"]
    paths, groups, larger = Paths(marks), _by_seed(folder, "groups"), _by_seed(folder, "larger")
    made = {
        "a": lambda: bits_rows(paths, groups),
        "b": lambda: move_rows(paths),
        "c": lambda: knowledge_rows(paths),
        "d": lambda: credit_rows(paths, groups),
        "e": lambda: split_rows(matches(read_validation(out / "validation.csv"))),
        "f": lambda: self_training_rows(paths, larger),
    }
    return [row for part in parts for row in made[part]()]


def table_row(row: Row, preset: str) -> dict[str, str]:
    """A claim as text, as it stands in the table.

    Parameters
    ----------
    row : Row
    preset : str
        With which it can be measured again.
    """
    found = row.found
    command = "budgetplan lab validate lab" if row.part == "e" else f"budgetplan lab signal lab --preset {preset} --part {row.part}"
    return {
        "claim": row.claim,
        "part": row.part,
        "verdict": row.verdict,
        "value": _number(found.value),
        # Of one seed the interval has no end: a ratio's lower end is then 0, which says nothing.
        **{name: _number(getattr(found, name)) if math.isfinite(found.high) else "" for name in ("low", "high")},
        "unit": row.unit,
        "formula": "" if row.formula is None else _number(row.formula),
        "seeds": str(found.count),
        "measured": row.measured,
        "command": command,
    }


def write_claims(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write `signal.csv`."""
    write_csv(path, COLUMNS, rows)


def _by_seed(folder: Path, name: str) -> dict[int, dict[str, Any]]:
    cells = [read_json(file) for file in sorted(folder.glob(f"{name}-[0-9]*.json"))]
    return {int(cell["seed"]): cell for cell in cells}


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else ""
