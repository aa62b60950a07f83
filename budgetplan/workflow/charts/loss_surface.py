"""Pre-training loss of a law over params and tokens: its function, where it was measured, and its best size for a budget."""

from __future__ import annotations

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law import Law
from budgetplan.laws.model import AbstractPretraining
from budgetplan.laws.policy import FLOP_PER_PARAM_TOKEN
from budgetplan.laws.record import Record
from budgetplan.numerics.arrays import Array, as_array

WIDEST = (1e3, 1e16)
"""Sizes among which the best one is sought. [param]"""
GRID, ROUNDS = 201, 8


def pretraining_of(law: Law) -> AbstractPretraining:
    """The pre-training link of a law.

    Parameters
    ----------
    law : Law
        A pre-training law, or a joint law of four links.

    Raises
    ------
    ScenarioError
        If it has none.
    """
    function = law.function.pretraining if isinstance(law.function, FourLinks) else law.function
    if not isinstance(function, AbstractPretraining):
        raise ScenarioError(
            f"`{law.id}` has no pre-training loss in params and tokens to draw.", "Use a pre-training law: `budgetplan laws`."
        )
    return function


def record_of(law: Law) -> Record:
    """The law file of the pre-training link."""
    return law.parts.get("pretraining", law.record)


def loss_at(function: AbstractPretraining, params: object, tokens: object) -> Array:
    """Loss at params and tokens, which broadcast. [nat/token]

    Parameters
    ----------
    function : AbstractPretraining
    params, tokens : array_like
        [param], [token]
    """
    n, d = np.broadcast_arrays(np.log(as_array(params)), np.log(as_array(tokens)))
    return function.loss_and_partials(np.array(n), np.array(d))[0]


def best_params(function: AbstractPretraining, budget: Array) -> Array:
    """Params with the lowest loss at each training budget, shape (budget,); nan where the loss has no lowest point.

    A grid over all sizes, refined around its lowest cell: it needs no derivative and no guess.

    Parameters
    ----------
    function : AbstractPretraining
    budget : ndarray of shape (budget,)
        [FLOP]

    Returns
    -------
    ndarray of shape (budget,)
        [param]
    """
    low, high = (np.full(budget.shape, np.log(end)) for end in WIDEST)
    outer = np.zeros(budget.shape, dtype=bool)
    for turn in range(ROUNDS):
        n = low + (high - low) * np.linspace(0.0, 1.0, GRID)[:, None]
        loss = loss_at(function, np.exp(n), budget / FLOP_PER_PARAM_TOKEN / np.exp(n))
        at = np.argmin(loss, axis=0)
        if turn == 0:
            outer = (at == 0) | (at == GRID - 1)
        if np.ptp(n, axis=0).max() < 1e-6:
            break
        each = np.arange(budget.size)
        low, high = n[np.maximum(at - 1, 0), each], n[np.minimum(at + 1, GRID - 1), each]
    best: Array = np.where(outer, np.nan, np.exp((low + high) / 2))
    return best


def training_range(law: Law) -> tuple[float, float] | None:
    """Budgets on which a law was measured: stated, or those of the corners of its box. [FLOP]"""
    box = record_of(law).box
    if "training_flop" in box:
        return box["training_flop"]
    if "params" in box and "pretraining_tokens" in box:
        (n0, n1), (d0, d1) = box["params"], box["pretraining_tokens"]
        return FLOP_PER_PARAM_TOKEN * n0 * d0, FLOP_PER_PARAM_TOKEN * n1 * d1
    return None
