"""Runs as arrays by role: what a table of experiments becomes before anything is fitted.

Roles are the contract's: params, tokens, flop, loss, unique_tokens, rl_tokens, rl_compute, success, k, n_samples, n_correct;
`group` asks for one fit per label, `cluster` marks runs that are not independent (checkpoints of one training curve).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.errors import DataError
from budgetplan.laws.policy import FLOP_PER_PARAM_TOKEN as FLOP_PER_PARAM_TOKEN
from budgetplan.numerics.arrays import Array, Bools, Index

LABELS = ("group", "cluster")
"""Roles that are names, not numbers."""
ROLES = (
    "params",
    "tokens",
    "flop",
    "loss",
    "unique_tokens",
    "rl_tokens",
    "rl_compute",
    "success",
    "k",
    "n_samples",
    "n_correct",
    *LABELS,
)
"""Everything that a column can be."""


@dataclass(frozen=True, eq=False)
class Runs(Mapping[str, Array]):
    """Runs by role; a mapping of role to array of shape (run,), in SI units.

    Attributes
    ----------
    arrays : mapping of str to ndarray
    rows : ndarray of int of shape (run,)
        Row of each run in its table, the first below the header is 1.
    groups, clusters : tuple of str or None
        Labels per run.
    digest : str
        SHA-256 of the table.
    warnings : tuple of str
        What is suspicious in the rows.
    """

    arrays: Mapping[str, Array]
    rows: Index
    groups: tuple[str, ...] | None = None
    clusters: tuple[str, ...] | None = None
    digest: str = ""
    warnings: tuple[str, ...] = ()

    def __getitem__(self, role: str) -> Array:
        """The array of a role."""
        return self.arrays[role]

    def __iter__(self) -> Iterator[str]:
        """Roles that there are."""
        return iter(self.arrays)

    def __len__(self) -> int:
        """Number of roles, as of any mapping; runs are counted by `count`."""
        return len(self.arrays)

    @property
    def count(self) -> int:
        """Number of runs."""
        return len(self.rows)

    def at(self, chosen: Bools) -> Runs:
        """The runs where `chosen`, shape (run,), is true."""
        groups, clusters = (
            None if labels is None else tuple(label for label, keep in zip(labels, chosen, strict=True) if keep)
            for labels in (self.groups, self.clusters)
        )
        values = {role: array[chosen] for role, array in self.arrays.items()}
        return Runs(values, self.rows[chosen], groups, clusters, self.digest, self.warnings)

    def by_group(self) -> dict[str, Runs]:
        """Runs per label of `group`, in order of appearance."""
        if self.groups is None:
            return {"": self}
        labels = np.array(self.groups)
        return {label: self.at(labels == label) for label in dict.fromkeys(self.groups)}

    def cluster_index(self) -> Index:
        """Number of the cluster of each run, shape (run,); every run is its own where none are marked."""
        if self.clusters is None:
            return np.arange(self.count)
        return np.unique(np.array(self.clusters), return_inverse=True)[1]

    def require(self, form: str, *roles: str) -> None:
        """Refuse to fit a form without its roles.

        Raises
        ------
        DataError
            Naming what is missing, and how to say which column it is.
        """
        missing = [role for role in roles if role not in self.arrays]
        if missing:
            options = " ".join(f"--column {role}=NAME" for role in missing)
            have = ", ".join(self.arrays) or "none"
            raise DataError(f"The form `{form}` needs {_listed(missing)}; the runs have {have}.", f"Name the columns: {options}.")


def _listed(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def box_of(runs: Mapping[str, Array]) -> dict[str, tuple[float, float]]:
    """Measured range per axis of a law's box, SI units.

    Parameters
    ----------
    runs : mapping of str to ndarray
        By role.
    """
    axes: dict[str, Any] = {"params": runs.get("params"), "pretraining_tokens": runs.get("tokens")}
    if axes["params"] is not None and axes["pretraining_tokens"] is not None:
        axes["training_flop"] = runs.get("flop", FLOP_PER_PARAM_TOKEN * runs["params"] * runs["tokens"])
        axes["tokens_per_param"] = runs["tokens"] / runs["params"]
    axes["rl_tokens"] = runs.get("rl_tokens")
    axes["samples_per_query"] = runs.get("k")
    if "unique_tokens" in runs and "tokens" in runs:
        axes["epochs"] = runs["tokens"] / runs["unique_tokens"]
    return {axis: (float(v.min()), float(v.max())) for axis, v in axes.items() if v is not None and len(v)}
