"""The table of a run: one row per cell, RL tokens and number of samples, as a file and in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from budgetplan.errors import DataError
from budgetplan.lab.store import number, read_csv, read_json, unpack, write_csv, write_json
from budgetplan.lab.success_of_k import exact_success, pass_at_k

COLUMNS = (
    *("params", "pretraining_tokens", "rl_tokens", "seed", "k", "success", "pretraining_loss"),
    *("success_exact", "text_loss", "n_problems", "n_samples", "flop_pretraining", "flop_rl", "flop_sample", "tokens_per_sample"),
    *("rl_tokens_nominal", "rl_steps", "training_reward", "informative"),
)
"""Columns of `runs.csv`. `success` is the unbiased estimate from samples, `success_exact` the mean over the same problems of
1 - (1 - p)^k with p computed from the model; FLOP are counted; empty fields have no value."""


def collect(out: Path) -> Path:
    """Write `runs.csv` and `runs.json` of the finished cells.

    Parameters
    ----------
    out : Path
        Folder of a run.

    Returns
    -------
    Path
        Of `runs.csv`.

    Raises
    ------
    DataError
        Where there is no run, or no finished cell.
    """
    files = sorted((out / "cells").glob("*.json"))
    if not files:
        raise DataError(f"`{out}` holds no finished cell of a run of the lab.", "Begin one: budgetplan lab run --out DIR.")
    about = read_json(out / "grid.json")
    cells = sorted((read_json(file) for file in files), key=lambda cell: (cell["params"], cell["pretraining_tokens"], cell["seed"]))
    path = out / "runs.csv"
    write_csv(path, COLUMNS, (row for cell in cells for row in rows_of(cell, about["settings"]["k"])))
    write_json(out / "runs.json", {**about, "cells": len(cells)})
    return path


def read_rows(path: Path, needed: Sequence[str] = COLUMNS) -> list[dict[str, float | None]]:
    """Rows of a table that `collect` wrote; empty fields are None.

    Parameters
    ----------
    path : Path
    needed : sequence of str
        Columns that have to be there.

    Raises
    ------
    DataError
        Where the file is no such table, has no row, or holds something else than numbers.
    """
    return [
        {name: number(text, f"{path}:{line}: `{name}`") for name, text in row.items()}
        for line, row in enumerate(read_csv(path, needed), start=2)
    ]


def rows_of(cell: dict[str, Any], samples_at: list[int]) -> Iterator[dict[str, Any]]:
    """Rows of one cell, by RL tokens and k."""
    for point in cell["points"]:
        correct = unpack(point["correct"], np.uint8).astype(np.int64)
        probability = unpack(point["probability"], np.float32).astype(np.float64)
        whole = {
            **{name: cell[name] for name in ("params", "pretraining_tokens", "seed", "flop_pretraining")},
            **{
                name: point[name]
                for name in ("rl_tokens", "rl_tokens_nominal", "rl_steps", "flop_rl", "training_reward", "informative")
            },
            "pretraining_loss": f"{cell['pretraining_loss']:.5f}",
            "text_loss": f"{point['text_loss']:.5f}",
            "tokens_per_sample": f"{point['tokens_per_sample']:.4f}",
            "flop_sample": f"{point['flop_per_sample']:.6g}",
            "n_problems": len(correct),
            "n_samples": point["samples"],
        }
        for name in ("training_reward", "informative"):
            whole[name] = "" if whole[name] is None else f"{whole[name]:.4f}"
        for name in ("flop_pretraining", "flop_rl"):
            whole[name] = f"{whole[name]:.6g}"
        for k in (k for k in samples_at if k <= point["samples"]):
            success = pass_at_k(correct, point["samples"], k)[0]
            yield {**whole, "k": k, "success": f"{success:.6f}", "success_exact": f"{exact_success(probability, k):.6f}"}
