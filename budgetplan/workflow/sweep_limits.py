"""Limits of many cells at once, as `Question.at` makes them for one scenario: values that differ from cell to cell are arrays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetplan.numerics.arrays import Array, Index
from budgetplan.planning.limits import FEWEST_TOKENS, FIXED, ROW_NAMES, Limits, no_limits
from budgetplan.planning.problem import Problem
from budgetplan.scenario import Scenario

SHARES = ROW_NAMES[4:]
"""Limits that move with the budget."""


def limits_of(
    scenario: Scenario,
    columns: Mapping[str, Array],
    kappa: Array,
    budget: Array,
    first_sample: Array,
    served: Array,
    sunk_tokens: float,
    prefill: Array,
) -> Limits:
    """Limits in logs, one column per cell.

    Parameters
    ----------
    scenario : Scenario
        One of the cells; which limits it has, all have.
    columns : mapping of str to ndarray of shape (cell,)
        Values that differ, by field (`params`, `max.rl_share`).
    kappa : ndarray of shape (3,)
        [FLOP/(param token)]
    budget, first_sample, served : ndarray of shape (cell,)
        [FLOP], [token], [token]
    sunk_tokens : float
        Of a checkpoint. [token]
    prefill : ndarray of shape (cell,)
        What the prompts add to the inference tokens that are priced; part of `served`. [token]
    """
    out = no_limits(len(budget))
    low, high, forbidden = out.low, out.high, False
    fixed: dict[str, float | Array] = {key: columns.get(f"fix.{key}", value) for key, value in scenario.fix.items()}
    if scenario.params is not None:
        fixed["params"] = columns.get("params", scenario.params)
    if isinstance(scenario.checkpoint, tuple):
        fixed["params"] = scenario.checkpoint[0]
    least = {key: columns.get(f"min.{key}", value) for key, value in scenario.min.items()}
    most = {key: columns.get(f"max.{key}", value) for key, value in scenario.max.items()}
    for lower, upper, entries in ((True, True, fixed), (True, False, least), (False, True, most)):
        for key, value in entries.items():
            if key in ("rl_tokens", "rl_share") and not np.any(value):
                forbidden |= upper
                continue
            row = 3 if key == "samples_per_query" else ROW_NAMES.index(key)
            if key == "samples_per_query":
                amount = value * first_sample + served
            elif key == "inference_tokens":
                amount = value + prefill
            elif row == 1 and sunk_tokens:
                # tokens are counted from the start of the checkpoint, the problem counts those beyond it
                amount = np.maximum(value - sunk_tokens, FEWEST_TOKENS)
            else:
                amount = value * (budget / kappa[row - 4] if row >= 4 else np.ones_like(budget))
            with np.errstate(divide="ignore"):  # a limit of zero: ln 0 = -inf, which conflicts unless it is a minimum
                bound = np.log(amount)
            if lower:
                low[row] = bound if upper else np.maximum(low[row], bound)
            if upper:
                high[row] = bound
                if row < 2 and not lower:  # the standing minima give way to what the user asks for
                    low[row] = np.minimum(low[row], bound)
    return Limits(low, high, forbidden)


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
