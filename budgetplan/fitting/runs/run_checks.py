"""What can be wrong with rows of runs: errors for what cannot be used, warnings for what is only implausible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from budgetplan.errors import DataError
from budgetplan.fitting.runs.runs import FLOP_PER_PARAM_TOKEN
from budgetplan.numerics.arrays import Array, Bools, Index

MOST_NAMED = 8
"""Rows named in one sentence."""
LEAST_TOKENS_PER_PARAM = 1e-3
"""A median below this is no training run: tokens are then counted in millions or billions."""
FLOP_FACTOR = 3.0
"""FLOP further than this from 6 N D is another quantity or another unit."""
_POSITIVE = ("params", "tokens", "flop", "loss", "unique_tokens", "k", "n_samples")
_NOT_NEGATIVE = ("rl_tokens", "rl_compute", "n_correct")


def derive(values: Mapping[str, Array]) -> dict[str, Array]:
    """Roles with tokens = FLOP/(6 params) added where only FLOP is given, or params where only they are missing.

    Parameters
    ----------
    values : mapping of str to ndarray
    """
    out = dict(values)
    with np.errstate(divide="ignore", invalid="ignore"):  # a zero is named as a bad row afterwards, by its own column
        if "flop" in out and "params" in out and "tokens" not in out:
            out["tokens"] = out["flop"] / (FLOP_PER_PARAM_TOKEN * out["params"])
        elif "flop" in out and "tokens" in out and "params" not in out:
            out["params"] = out["flop"] / (FLOP_PER_PARAM_TOKEN * out["tokens"])
    return out


def check_rows(values: Mapping[str, Array], rows: Index) -> None:
    """Refuse rows that no law can be fitted to.

    Parameters
    ----------
    values : mapping of str to ndarray
    rows : ndarray of int
        Row numbers.

    Raises
    ------
    DataError
        Naming every bad row by number and value.
    """
    problems = []
    for role, array in values.items():
        missing = np.isnan(array)
        problems += _found(missing, rows, array, f"`{role}` is missing or not a number")
        infinite = np.isinf(array) & (role != "unique_tokens")
        problems += _found(infinite, rows, array, f"`{role}` is infinite")
        if role in _POSITIVE:
            problems += _found(~missing & (array <= 0), rows, array, f"`{role}` must be above 0")
        if role in _NOT_NEGATIVE:
            problems += _found(~missing & (array < 0), rows, array, f"`{role}` must not be negative")
        if role == "success":
            problems += _found(~missing & ((array < 0) | (array > 1)), rows, array, "`success` must lie between 0 and 1")
    if "n_samples" in values and "n_correct" in values:
        more = values["n_correct"] > values["n_samples"]
        problems += _found(more, rows, values["n_correct"], "`n_correct` is above `n_samples`")
    if problems:
        raise DataError("; ".join(problems) + ".", 'Correct them, or leave them out: --where "loss > 0".')


def refuse_rows(runs: Mapping[str, Any], bad: Bools, name: str, values: Array, right: str) -> None:
    """Refuse rows that a form cannot use, naming the first: by its number in the table where the runs come from one.

    Parameters
    ----------
    runs : mapping of str to ndarray
        `Runs`, or plain columns.
    bad : ndarray of bool of shape (run,)
    name : str
        Of the column.
    values : ndarray of shape (run,)
    right : str
        What would be right.

    Raises
    ------
    DataError
        If any row is bad.

    Examples
    --------
    >>> refuse_rows({}, np.array([False, True]), "k", np.array([1.0, 0.5]), "samples per query are 1 or more")
    Traceback (most recent call last):
    budgetplan.errors.DataError: `k` is 0.5 in run 2; samples per query are 1 or more.
    """
    first = np.flatnonzero(bad)
    if first.size:
        at, numbers = first[0], getattr(runs, "rows", None)
        where = f"run {at + 1}" if numbers is None else f"row {numbers[at]}"
        more = f" and {first.size - 1} more" if first.size > 1 else ""
        raise DataError(f"`{name}` is {values[at]:g} in {where}{more}; {right}.")


def _found(bad: Bools, rows: Index, array: Array, sentence: str) -> list[str]:
    if not bad.any():
        return []
    return [f"{_rows(rows[bad])}: {sentence} (got {array[bad][0]:g})"]


def _rows(numbers: Index) -> str:
    shown = ", ".join(map(str, numbers[:MOST_NAMED]))
    rest = f" and {len(numbers) - MOST_NAMED} more" if len(numbers) > MOST_NAMED else ""
    return f"row{'s' if len(numbers) > 1 else ''} {shown}{rest}"


def suspicions(values: Mapping[str, Array], rows: Index) -> tuple[str, ...]:
    """Sentences about rows that can be used and should be looked at.

    Parameters
    ----------
    values : mapping of str to ndarray
    rows : ndarray of int
        Row numbers.

    Returns
    -------
    tuple of str
    """
    found = []
    params, tokens, flop = (values.get(role) for role in ("params", "tokens", "flop"))
    if params is not None and tokens is not None and len(tokens):
        ratio = float(np.median(tokens / params))
        if ratio < LEAST_TOKENS_PER_PARAM:
            found.append(
                f"The median run has {ratio:.2g} tokens per param: `tokens` looks like millions or billions of tokens; "
                "give single tokens."
            )
        if flop is not None:
            off = np.abs(np.log(flop / (FLOP_PER_PARAM_TOKEN * params * tokens))) > np.log(FLOP_FACTOR)
            if off.any():
                first = flop[off][0] / (FLOP_PER_PARAM_TOKEN * params[off][0] * tokens[off][0])
                found.append(f"{_rows(rows[off])}: `flop` is {first:.2g} times 6 x params x tokens, where about 1 is expected.")
    keys = [values[role] for role in values if role not in ("n_samples", "n_correct")]
    if "loss" in values and len(rows):
        table = np.stack(keys, axis=1)
        _, first_at, inverse = np.unique(table, axis=0, return_index=True, return_inverse=True)
        again = first_at[inverse.reshape(-1)] != np.arange(len(rows))
        if again.any():
            found.append(f"{_rows(rows[again])}: the same run as an earlier row, in every role; it counts twice.")
    return tuple(found)
