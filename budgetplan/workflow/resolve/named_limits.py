"""Limits as a scenario names them, as bounds on the rows of a problem, for one scenario or for many cells that differ in values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from budgetplan.numerics.arrays import Array, as_array
from budgetplan.planning.limits import FEWEST_TOKENS, ROW_NAMES, Limits, no_limits
from budgetplan.scenario import Scenario


def limits_of(
    scenario: Scenario,
    columns: Mapping[str, Array],
    kappa: Array,
    budget: Array,
    first_sample: Array,
    served: Array,
    sunk_tokens: float,
    prefill: Array,
    size_of: Callable[[Array], Array] = as_array,
) -> Limits:
    """Limits in logs, one column per budget.

    Parameters
    ----------
    scenario : Scenario
        With the limits; of many cells any one, since which limits it has all have.
    columns : mapping of str to ndarray of shape (cell,)
        Values that differ from cell to cell, by field (`params`, `max.rl_share`); empty for a scenario by itself.
    kappa : ndarray of shape (3,)
        [FLOP/(param token)]
    budget, first_sample, served : ndarray of shape (cell,)
        [FLOP], [token], and what is served beside samples, prompts among it [token]
    sunk_tokens : float
        Of a checkpoint. [token]
    prefill : ndarray of shape (cell,)
        What the prompts add to the inference tokens that are priced; part of `served`. [token]
    size_of : callable
        From params to what the problem calls the size of a model.
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
            elif row == 0:
                amount = size_of(value * np.ones_like(budget))
            else:
                amount = value * budget / kappa[row - 4] if row >= 4 else value * np.ones_like(budget)
            with np.errstate(divide="ignore"):  # a limit of zero: ln 0 = -inf, which conflicts unless it is a minimum
                bound = np.log(amount)
            if lower:
                low[row] = bound if upper else np.maximum(low[row], bound)
            if upper:
                high[row] = bound
                if row < 2 and not lower:  # the standing minima give way to what the user asks for
                    low[row] = np.minimum(low[row], bound)
    return Limits(low, high, forbidden)
