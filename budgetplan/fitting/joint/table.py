"""A table of joint measurements as arrays: cells (N, D, R, k), rows of success, and losses before RL.

Rows are measurements of cells; seeds share a cell. Rows of one RL curve come from the same checkpoint and the same problems, so
that curves, not rows, are the unit of uncertainty. A label (`cluster`) with many values names the curves; one with few values
names seeds, and a curve is then a checkpoint (N, D) of a seed. Without labels a curve is all rows of one (N, D).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.runs.run_checks import refuse_rows
from budgetplan.numerics.arrays import Array, Bools, Index, as_array

NO_RL = -700.0
"""ln R that stands for R = 0: its exponential is zero to every digit, and products with it stay finite."""
PROBLEMS = 1000.0
"""Problems taken to be behind a success where counts do not say it."""
SEEDS = 10
"""Labels up to this many are seeds, which other checkpoints use again."""
LEAST = {"params": 2, "tokens": 2, "rl_tokens": 3, "k": 2}
"""Distinct values that each axis needs."""


@dataclass(frozen=True)
class JointTable:
    """Joint measurements.

    Attributes
    ----------
    n, d, r, k : ndarray of shape (cell,)
        ln N, ln D, ln R (`NO_RL` for none), ln k.
    cell : ndarray of int of shape (row,)
        Cell of each row.
    success : ndarray of shape (row,)
        Measured success. [1]
    problems : ndarray of shape (row,)
        Number of independent answers behind it. [1]
    cluster : ndarray of int of shape (row + measured,)
        Curve of each row, then of each measured loss.
    loss_n, loss_d, loss : ndarray of shape (measured,)
        ln N, ln D and pre-training loss of checkpoints; empty where no loss is given. [1, 1, nat/token]
    """

    n: Array
    d: Array
    r: Array
    k: Array
    cell: Index
    success: Array
    problems: Array
    cluster: Index
    loss_n: Array
    loss_d: Array
    loss: Array

    @property
    def rows(self) -> int:
        """Number of measurements of success."""
        return len(self.success)

    @property
    def clusters(self) -> int:
        """Number of curves."""
        return len(np.unique(self.cluster))

    @property
    def inner(self) -> Bools:
        """Rows whose success is neither 0 nor 1: the task loss of the others is only bounded."""
        return (self.success > 0.0) & (self.success < 1.0)

    @property
    def log_task_loss(self) -> Array:
        """ln(-ln success) of each row, half a problem away from success 0 and 1. [1]"""
        half = 0.5 / self.problems
        out: Array = np.log(-np.log(np.clip(self.success, half, 1.0 - half)))
        return out


def read_joint(runs: Mapping[str, Any], problems: float = PROBLEMS) -> dict[str, Array]:
    """Checked columns of a joint table, with `cluster` as numbers.

    Parameters
    ----------
    runs : mapping of str to ndarray of shape (run,)
        `params`, `tokens`, `rl_tokens`, `k`, `success`, or `n_samples` and `n_correct` instead of success at k = 1; `loss` and
        `cluster` where known.
    problems : float
        Problems behind a success that no count tells. [1]

    Returns
    -------
    dict of str to ndarray of shape (run,)
        params, tokens, rl_tokens, k, success, problems, cluster, and loss where given.

    Raises
    ------
    DataError
        If columns are missing or hold impossible values.
    """
    counts = runs.get("n_samples") is not None and runs.get("n_correct") is not None
    wanted = ["params", "tokens", "rl_tokens"] + ([] if counts and runs.get("success") is None else ["k", "success"])
    missing = [name for name in wanted if runs.get(name) is None]
    if missing:
        raise DataError(f"The joint law needs the columns {', '.join(missing)}.", f"Name them: --column {missing[0]}=NAME.")
    if not problems > 0:
        raise DataError(f"`problems` must be above 0, got {problems}.", "It is the number of problems behind each success.")
    out = {name: as_array(runs[name]) for name in ("params", "tokens", "rl_tokens")}
    size = out["params"].size
    out["k"] = as_array(runs["k"]) if runs.get("k") is not None else np.ones(size)
    out["problems"] = np.full(size, float(problems))
    once = out["k"] == 1.0
    if counts:
        samples, right = as_array(runs["n_samples"]), as_array(runs["n_correct"])
        refuse_rows(
            runs, once & ~((right >= 0) & (right <= samples) & (samples >= 1)), "n_correct", right, "it is at most `n_samples`"
        )
        out["problems"] = np.where(once, samples, problems)
        if runs.get("success") is None:
            refuse_rows(runs, ~once, "k", out["k"], "counts of right answers say nothing about k above 1; give `success` there")
        out["success"] = np.where(once, right / samples, as_array(runs.get("success", np.nan)))
    else:
        out["success"] = as_array(runs["success"])
    if runs.get("loss") is not None:
        out["loss"] = as_array(runs["loss"])
    for name, column in out.items():
        if column.shape != (size,):
            raise DataError(f"`{name}` has shape {column.shape} and `params` {(size,)}; both hold one value per run.")
    for name, least, strict in (("params", 0, True), ("tokens", 0, True), ("rl_tokens", 0, False), ("k", 1, False)):
        column = out[name]
        good = np.isfinite(column) & ((column > least) if strict else (column >= least))
        refuse_rows(runs, ~good, name, column, f"it is {'above' if strict else 'at least'} {least}")
    if "loss" in out:
        refuse_rows(runs, ~(np.isfinite(out["loss"]) & (out["loss"] > 0)), "loss", out["loss"], "a loss is above 0")
    refuse_rows(runs, ~((out["success"] >= 0) & (out["success"] <= 1)), "success", out["success"], "success lies between 0 and 1")
    out["cluster"] = _curves(runs, out["params"], out["tokens"])
    return out


def _curves(runs: Mapping[str, Any], params: Array, tokens: Array) -> Array:
    """Number of the curve of each run."""
    labels = getattr(runs, "clusters", None)
    labels = runs.get("cluster") if labels is None else labels
    checkpoint = _number(np.stack([params, tokens], axis=1))
    if labels is None:
        return checkpoint
    names = np.unique(np.asarray(labels).astype(str), return_inverse=True)[1].reshape(-1).astype(float)
    return _number(np.stack([checkpoint, names], axis=1)) if names.max() < SEEDS else names


def _number(rows: Array) -> Array:
    return np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1).astype(float)


def table_of(columns: Mapping[str, Array], chosen: Bools | None = None) -> JointTable:
    """The table of checked columns, or of some of their rows.

    Parameters
    ----------
    columns : mapping of str to ndarray
        From `read_joint`.
    chosen : ndarray of bool of shape (run,), optional
        Rows to keep.
    """
    kept = {name: column if chosen is None else column[chosen] for name, column in columns.items()}
    n, d, k = (np.log(kept[name]) for name in ("params", "tokens", "k"))
    r = np.log(np.where(kept["rl_tokens"] > 0, kept["rl_tokens"], np.exp(NO_RL)))
    cells, cell = np.unique(np.stack([n, d, r, k], axis=1), axis=0, return_inverse=True)
    measured = np.empty((0, 4))
    if "loss" in kept:
        measured = np.unique(np.stack([n, d, kept["cluster"], kept["loss"]], axis=1), axis=0)
    curves = np.unique(np.concatenate([kept["cluster"], measured[:, 2]]), return_inverse=True)[1]
    return JointTable(
        n=cells[:, 0],
        d=cells[:, 1],
        r=cells[:, 2],
        k=cells[:, 3],
        cell=cell.reshape(-1),
        success=kept["success"],
        problems=kept["problems"],
        cluster=curves.reshape(-1),
        loss_n=measured[:, 0],
        loss_d=measured[:, 1],
        loss=measured[:, 3],
    )


def need_axes(columns: Mapping[str, Array], coefficients: int) -> None:
    """Refuse tables that cannot tell the axes apart.

    Parameters
    ----------
    columns : mapping of str to ndarray
        From `read_joint`.
    coefficients : int
        How many are to be fitted.

    Raises
    ------
    FitError
        Naming the axis that has too few values, or the number of cells that is too small.
    """
    found = {name: len(np.unique(columns[name])) for name in LEAST}
    short = [f"{found[name]} of `{name}` (at least {least})" for name, least in LEAST.items() if found[name] < least]
    if short:
        raise FitError(f"The joint law needs more distinct values: there are {' and '.join(short)}.", "Add runs along that axis.")
    cells = len(np.unique(np.stack([columns[name] for name in LEAST], axis=1), axis=0))
    if cells <= coefficients:
        raise FitError(f"{cells} cells cannot determine {coefficients} coefficients.", f"Measure {coefficients + 1} or more.")
