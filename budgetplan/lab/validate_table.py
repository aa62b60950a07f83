"""The closed loop as a table, and what it says: measured against predicted, and the plan against the others, seed by seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from budgetplan.errors import DataError
from budgetplan.lab.advice import PLAN
from budgetplan.lab.paired import Estimate, estimate, paired
from budgetplan.lab.store import number, read_csv, read_json, write_csv

COLUMNS = (
    *("budget", "budget_flop", "candidate", "params", "pretraining_tokens", "rl_tokens", "k", "seed"),
    *("flop_pretraining", "flop_rl", "flop_inference", "predicted", "low", "high", "measured", "inside"),
    *("measured_sampled", "pretraining_loss", "text_loss", "queries", "tokens_per_sample", "epochs", "width", "layers"),
)
"""Columns of `validation.csv`. `rl_tokens` are those really generated; FLOP are counted, those of inference for all queries at the
measured length of answers; task losses in nat; `inside` is whether the run fell into the predicted 90 % interval of a run."""


@dataclass(frozen=True)
class Match:
    """How a candidate of a budget did.

    Attributes
    ----------
    budget, candidate : str
    predicted, low, high : float
        Of one run. [nat/task]
    measured : Estimate
        Mean over seeds. [nat/task]
    inside : int
        Runs inside the predicted interval.
    behind : Estimate or None
        Its task loss minus the plan's, seed by seed; None for the plan. [nat/task]
    behind_predicted : float or None
        The same of the law. [nat/task]
    winner : str
        `plan`, the candidate, or `undecided`: by the interval of `behind`.
    text_loss : float
        After RL, mean over seeds. [nat/token]
    """

    budget: str
    candidate: str
    predicted: float
    low: float
    high: float
    measured: Estimate
    inside: int
    behind: Estimate | None
    behind_predicted: float | None
    winner: str
    text_loss: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        out = dict(vars(self))
        for name in ("measured", "behind"):
            out[name] = None if out[name] is None else {key: _finite(value) for key, value in vars(out[name]).items()}
        return out


def collect_validation(folder: Path, path: Path) -> list[dict[str, Any]]:
    """Write `validation.csv` of the finished cells, and return its rows.

    Parameters
    ----------
    folder : Path
        Of the closed loop.
    path : Path
        Of the table.

    Raises
    ------
    DataError
        Where no cell is finished.
    """
    files = sorted((folder / "cells").glob("*.json"))
    if not files:
        raise DataError(f"`{folder}` holds no finished cell of a closed loop.", "Run it: budgetplan lab validate DIR.")
    rows = [validation_row(read_json(file)) for file in files]
    rows.sort(key=lambda row: (row["budget_flop"], row["budget"], row["candidate"] != PLAN, row["candidate"], row["seed"]))
    write_csv(path, COLUMNS, ({name: _shown(value) for name, value in row.items()} for row in rows))
    return rows


def validation_row(cell: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table from a cell."""
    row = {name: cell[name] for name in COLUMNS if name in cell}
    row |= {"candidate": cell["name"], "rl_tokens": cell["rl_tokens_spent"], "k": cell["samples_per_query"]}
    row |= {"width": cell["shape"]["width"], "layers": cell["shape"]["layers"]}
    row["inside"] = bool(cell["low"] <= cell["measured"] <= cell["high"])
    return {name: row[name] for name in COLUMNS}


def read_validation(path: Path) -> list[dict[str, Any]]:
    """Rows of `validation.csv`, numbers as numbers; none where there is no such file.

    Parameters
    ----------
    path : Path

    Raises
    ------
    DataError
        Where there is a file that is no such table.
    """
    if not path.is_file():
        return []
    return [
        {name: _read(name, value, f"{path}:{line}: `{name}`") for name, value in row.items()}
        for line, row in enumerate(read_csv(path, COLUMNS), start=2)
    ]


def matches(rows: Sequence[Mapping[str, Any]]) -> list[Match]:
    """How every candidate of every budget did, in the order of the rows.

    Parameters
    ----------
    rows : sequence of mapping
        Of `validation.csv`.
    """
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["budget"], row["candidate"]), []).append(row)
    found = []
    for (budget, candidate), own in groups.items():
        plan = groups.get((budget, PLAN), [])
        behind = expected = None
        winner = PLAN
        if candidate != PLAN:
            behind = paired(_by_seed(own), _by_seed(plan))
            expected = own[0]["predicted"] - plan[0]["predicted"] if plan else None
            winner = PLAN if behind.low > 0.0 else candidate if behind.high < 0.0 else "undecided"
        found.append(
            Match(
                budget=budget,
                candidate=candidate,
                predicted=own[0]["predicted"],
                low=own[0]["low"],
                high=own[0]["high"],
                measured=estimate([row["measured"] for row in own]),
                inside=sum(bool(row["inside"]) for row in own),
                behind=behind,
                behind_predicted=expected,
                winner=winner,
                text_loss=float(np.mean([row["text_loss"] for row in own])),
            )
        )
    return found


def _by_seed(rows: Sequence[Mapping[str, Any]]) -> dict[int, float]:
    return {int(row["seed"]): float(row["measured"]) for row in rows}


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else value


def _read(name: str, value: str, place: str) -> Any:
    if name in ("budget", "candidate"):
        return value
    if name == "inside":
        return value == "yes"
    return number(value, place)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
