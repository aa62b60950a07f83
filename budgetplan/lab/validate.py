"""`lab validate`: plan with the fitted law, train what it advises and what rules of thumb advise, and compare with the prediction.

The candidates are written down before anything is trained (`validate/candidates.json`), and a folder that holds others is refused:
a prediction that could change with its outcome would be none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from budgetplan.errors import DataError
from budgetplan.lab.advice import Advice
from budgetplan.lab.model import Shape
from budgetplan.lab.pace import training_seconds
from budgetplan.lab.pieces import Piece, Told, perform
from budgetplan.lab.price import prices
from budgetplan.lab.run import provenance
from budgetplan.lab.store import read_json, write_json
from budgetplan.lab.table import read_rows
from budgetplan.lab.validate_budgets import choose_budgets, noise
from budgetplan.lab.validate_plan import CANDIDATES, Candidate, candidates
from budgetplan.lab.validate_table import Match, collect_validation, matches
from budgetplan.lab.validate_train import Measuring, cell_path, train_together
from budgetplan.laws.catalogue import load_law

FIRST_SEED = 10
"""Seeds begin here: the grid's own, from 0, have been seen by the fit."""
SEEDS = 3


@dataclass(frozen=True)
class Validation:
    """A closed loop.

    Attributes
    ----------
    rows : sequence of mapping
        Of `validation.csv`.
    matches : sequence of Match
    table : Path
    law : str
        Hash of the law's numbers.
    between_seeds, about_law : float
        Scatter of the grid. [ln task loss]
    left_out : tuple of (str, str)
        Budgets and candidates that no training could follow: too few tokens, or too few answers.
    """

    rows: Sequence[Mapping[str, Any]]
    matches: Sequence[Match]
    table: Path
    law: str
    between_seeds: float
    about_law: float
    left_out: tuple[tuple[str, str], ...]


def propose(
    out: Path, budgets: Mapping[str, float] | None = None, queries: float | None = None, law: Path | None = None
) -> dict[str, Any]:
    """What is to be trained, from the table and the law of a run's folder.

    Parameters
    ----------
    out : Path
        With `runs.csv`, `runs.json` or `grid.json`, and `lab.yaml`.
    budgets : mapping of str to float, optional
        By name; default: inside the grid, at its edge, beyond it. [FLOP]
    queries : float, optional
        Q for all budgets; default: a fair number for each.
    law : Path, optional
        In place of `lab.yaml`.

    Returns
    -------
    dict
        `law`, `measuring`, `noise`, `candidates`, `left_out`: plain data, as it is written to the disk.

    Raises
    ------
    DataError
        Where the folder lacks the table or the law.
    InfeasibleError
        Where a budget does not pay for the queries.
    """
    table, place = out / "runs.csv", law or out / "lab.yaml"
    for path, command in ((table, "run --out"), (place, "fit")):
        if not path.is_file():
            raise DataError(f"`{path}` is missing.", f"Make it first: budgetplan lab {command} {out}.")
    rows, settings = read_rows(table), _settings(out)
    how = Measuring(**{name: settings[name] for name in Measuring.__dataclass_fields__})
    read = load_law(str(place))
    scatter = noise(rows, read)
    least = min(row["params"] or 0.0 for row in rows)
    advice = Advice.of(read, prices(rows, how.group, how.reference > 0), scatter.of_a_run, least)
    chosen: list[Candidate] = []
    amounts = budgets or choose_budgets(advice, rows, queries)
    for name, flop in amounts.items():
        chosen += candidates(advice, name, flop, queries or advice.fair_queries(flop))
    found = {(one.budget, one.name) for one in chosen}
    return {
        "law": read.hash,
        "measuring": asdict(how),
        "noise": asdict(scatter),
        "candidates": [asdict(candidate) for candidate in chosen],
        "left_out": [[name, rule] for name in amounts for rule in CANDIDATES if (name, rule) not in found],
        "provenance": provenance(),
    }


def validate(
    out: Path,
    budgets: Mapping[str, float] | None = None,
    queries: float | None = None,
    seeds: int = SEEDS,
    workers: int = 1,
    told: Told | None = None,
    law: Path | None = None,
) -> Validation:
    """Close the loop: propose, train every candidate for real, and compare.

    Parameters
    ----------
    out : Path
        Folder of a run with its fit. Cells go to `out/validate`, the table to `out/validation.csv`.
    budgets, queries, law : optional
        As in `propose`; what a folder has begun with is kept where they are not given.
    seeds : int
        Runs of each candidate.
    workers : int
        Processes.
    told : callable, optional
        As in `pieces.perform`.

    Returns
    -------
    Validation

    Raises
    ------
    DataError
        Where the folder lacks what is needed, or holds a loop of other candidates.
    """
    folder = out / "validate"
    written = folder / "candidates.json"
    if written.exists() and read_json(written)["provenance"] != provenance():
        raise DataError(
            f"`{folder}` was begun with another Python, PyTorch, NumPy, text or version of budgetplan.",
            "Finish it with those, or move it away.",
        )
    asked = budgets is not None or queries is not None or law is not None
    if written.exists() and not asked and read_json(written)["law"] == load_law(str(out / "lab.yaml")).hash:
        proposal = read_json(written)
    else:
        proposal = propose(out, budgets, queries, law)
        if written.exists() and _decisive(read_json(written)) != _decisive(proposal):
            raise DataError(
                f"`{folder}` holds a closed loop of other candidates: another law, other budgets or another demand.",
                f"Move it away to close the loop anew: mv {folder} {folder}-before.",
            )
        write_json(written, proposal)
    perform(proposed_work(out, proposal, seeds), workers, told)
    table = out / "validation.csv"
    rows = collect_validation(folder, table)
    scatter = proposal["noise"]
    left_out = tuple((budget, name) for budget, name in proposal["left_out"])
    return Validation(rows, matches(rows), table, proposal["law"], scatter["between_seeds"], scatter["about_law"], left_out)


def proposed_work(out: Path, proposal: Mapping[str, Any], seeds: int) -> list[Piece]:
    """Work of a proposal that is still to be done.

    Parameters
    ----------
    out : Path
    proposal : mapping
        From `propose`.
    seeds : int
    """
    chosen = [Candidate(**{**one, "shape": Shape(**one["shape"])}) for one in proposal["candidates"]]
    return pieces_of(out / "validate", chosen, seeds, Measuring(**proposal["measuring"]))


def pieces_of(folder: Path, chosen: Sequence[Candidate], seeds: int, how: Measuring) -> list[Piece]:
    """Work that is still to be done: one piece per pre-trained model and seed.

    Parameters
    ----------
    folder : Path
    chosen : sequence of Candidate
    seeds : int
    how : Measuring
    """
    found = []
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        groups: dict[tuple[Shape, int], list[Candidate]] = {}
        for candidate in chosen:
            if not cell_path(folder, candidate, seed).exists():
                groups.setdefault((candidate.shape, candidate.pretraining_tokens), []).append(candidate)
        for (shape, tokens), own in groups.items():
            samples = len(own) * how.problems * how.samples
            seconds = training_seconds(shape, tokens, sum(one.rl_tokens for one in own), samples)
            name = f"{', '.join(f'{one.budget} {one.name}' for one in own)}, seed {seed}"
            found.append(Piece(name, seconds, partial(train_together, folder, own, seed, how)))
    return found


def _settings(out: Path) -> Mapping[str, Any]:
    """How the grid was trained and measured."""
    for name in ("runs.json", "grid.json"):
        if (out / name).is_file():
            settings: Mapping[str, Any] = read_json(out / name)["settings"]
            return settings
    raise DataError(f"`{out}` does not say how its table was measured.", f"Make it first: budgetplan lab run --out {out}.")


def _decisive(proposal: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(proposal[name] for name in ("law", "measuring", "candidates"))
