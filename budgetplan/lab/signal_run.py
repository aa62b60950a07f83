"""`lab signal`: pre-train bases, choose every method's rate alike, follow all methods, and write the table of claims.

Each method has the same number of trials over the same rates on one seed; the best success at equal FLOP wins. Then it is run on
the other seeds and measured along the way, so that methods can be compared where they are equally good at the task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from budgetplan.errors import UnknownNameError
from budgetplan.lab import signal_cells as cells
from budgetplan.lab.model import SIZES
from budgetplan.lab.pace import training_seconds
from budgetplan.lab.pieces import Piece, Told, perform
from budgetplan.lab.run import claim
from budgetplan.lab.signal_study import FIRST_SEED, METHODS, NEEDED, TUNING_SEED, Rates, Study
from budgetplan.lab.signal_table import claim_rows, table_row, write_claims
from budgetplan.lab.store import read_json

_PACE = 9e9
"""FLOP of a method per second on one core, measured with the small size."""
_MEASURING = 2.0
"""Seconds of one measurement of the small size on a thousand problems. [s]"""


@dataclass(frozen=True)
class Claims:
    """The outcome.

    Attributes
    ----------
    rows : sequence of mapping
        Of `signal.csv`.
    rates : mapping of str to Rates
        Chosen, by method.
    table : Path
    """

    rows: Sequence[Mapping[str, str]]
    rates: Mapping[str, Rates]
    table: Path


def examine(out: Path, study: Study, parts: Sequence[str] = tuple(NEEDED), workers: int = 1, told: Told | None = None) -> Claims:
    """Measure what the claims need and is not measured yet, and write the table.

    Parameters
    ----------
    out : Path
        Folder of a run; results go to `out/signal` and `out/signal.csv`.
    study : Study
    parts : sequence of str
        a to f; the table has rows of these parts.
    workers : int
        Processes.
    told : callable, optional
        As in `pieces.perform`; it begins again with each of three stages.

    Returns
    -------
    Claims

    Raises
    ------
    UnknownNameError
        Where there is no such part.
    DataError
        Where the folder holds a study with other settings.
    """
    for part in parts:
        if part not in NEEDED:
            raise UnknownNameError("part", part, NEEDED)
    folder = out / "signal"
    claim(folder / "study.json", "study", study.to_dict())
    methods = [method for method in METHODS if any(method in NEEDED[part] for part in parts)]
    seeds = range(FIRST_SEED, FIRST_SEED + study.seeds)
    rates: dict[str, Rates] = {}
    if methods:
        perform(bases(folder, study), workers, told)
        perform(trials(folder, study, methods), workers, told)
        rates = {method: chosen_rates(folder, study, method) for method in methods}
        perform(runs(folder, study, rates, seeds, parts), workers, told)
    rows = [table_row(row, study.name) for row in claim_rows(out, parts)]
    table = out / "signal.csv"
    write_claims(table, rows)
    return Claims(rows, rates, table)


def bases(folder: Path, study: Study) -> list[Piece]:
    """Pre-training that is still to be done."""
    found = []
    for seed in (TUNING_SEED, *range(FIRST_SEED, FIRST_SEED + study.seeds)):
        for size in (study.small, study.large):
            if not cells.base_path(folder, study, size, seed).exists():
                seconds = training_seconds(SIZES[size], study.pretraining_tokens)
                found.append(Piece(f"{size} base, seed {seed}", seconds, partial(cells.prepare, folder, study, size, seed)))
    return found


def trials(folder: Path, study: Study, methods: Sequence[str]) -> list[Piece]:
    """Rates that are still to be tried."""
    return [
        Piece(f"{method} at {rates}", study.flop / _PACE, partial(cells.tune, folder, study, method, rates, TUNING_SEED))
        for method in methods
        for rates in study.tried(method)
        if not cells.tuning_path(folder, method, rates).exists()
    ]


def chosen_rates(folder: Path, study: Study, method: str) -> Rates:
    """The tried rates with the highest success; the lowest of equals.

    Parameters
    ----------
    folder : Path
    study : Study
    method : str
    """
    found = {rates: read_json(cells.tuning_path(folder, method, rates))["success"] for rates in study.tried(method)}
    return max(found, key=lambda rates: found[rates])


def runs(folder: Path, study: Study, rates: Mapping[str, Rates], seeds: Sequence[int], parts: Sequence[str]) -> list[Piece]:
    """Paths, groups and larger bases that are still to be measured."""
    measuring = _MEASURING * study.problems / 1000.0
    found = []
    for seed in seeds:
        for method, chosen in rates.items():
            if not cells.path_file(folder, method, seed).exists():
                work = partial(cells.follow, folder, study, method, chosen, seed)
                found.append(Piece(f"{method}, seed {seed}", study.flop / _PACE + (1 + study.marks) * measuring, work))
        if {"a", "d"} & set(parts) and not cells.whole_file(folder, "groups", seed).exists():
            found.append(Piece(f"groups, seed {seed}", measuring, partial(cells.look_at_groups, folder, study, seed)))
        if "f" in parts and not cells.whole_file(folder, "larger", seed).exists():
            seconds = training_seconds(SIZES[study.large], study.larger_tokens)
            found.append(Piece(f"larger base, seed {seed}", seconds, partial(cells.train_larger, folder, study, seed)))
    return found
