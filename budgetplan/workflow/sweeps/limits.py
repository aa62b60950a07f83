"""Which cells of a sweep can be solved together, and which have the same limits on shares."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetplan.numerics.arrays import Array, Index
from budgetplan.planning.limits import FIXED, ROW_NAMES
from budgetplan.planning.problem import Problem
from budgetplan.scenario import Scenario

SHARES = ROW_NAMES[4:]
"""Limits that move with the budget."""


def alike(problem: Problem) -> list[Index]:
    """Instances that can be solved together: the same rows are fixed and bounded, and all or none have demand.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.

    Returns
    -------
    list of ndarray
        Positions, in rising order within each.
    """
    low, high = problem.limits.low, problem.limits.high
    with np.errstate(invalid="ignore"):  # inf - inf: no bound on either side, nothing fixed
        traits = np.concatenate(
            [high - low <= FIXED, np.isfinite(low), np.isfinite(high), [problem.first_sample > 0, problem.served > 0]]
        )
    mark = (1 << np.arange(len(traits))) @ traits
    return [np.flatnonzero(mark == value) for value in np.unique(mark)]


def share_limits(scenario: Scenario, columns: Mapping[str, Array], cells: int) -> Array:
    """The limits on shares of each cell, shape (9, cell); nan where there is none. [1]"""
    rows = [
        np.broadcast_to(columns.get(f"{side}.{key}", getattr(scenario, side).get(key, np.nan)), cells)
        for side in ("fix", "min", "max")
        for key in SHARES
    ]
    return np.array(rows)
