"""A proven lower bound of the loss: branch and bound over params, RL tokens and inference tokens.

In a box of (ln N, ln R, ln I) the most pre-training tokens that the budget leaves are those at the box's cheapest corner. The law
bounds its own loss over the box (`AbstractModel.bound`; for most laws the loss at the best corner). Boxes whose bound is within
`tolerance` of the best known loss are settled, the others are halved along the side that loosens the bound most, until none is
left.

The proof covers params and pre-training tokens down to the standing limits and R from zero. It takes from the law that loss falls
in pre-training tokens, so that an optimum leaves nothing unspent; for the Beta spread that holds where narrowing lies in [1, 2].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.feasible import feasible_params, token_bounds
from budgetplan.planning.problem import Problem

MOST_BOXES = 6_000_000
"""Boxes looked at before giving up."""
BATCH = 4000
"""Boxes evaluated in one call."""
_FEW_RL = np.log(1e3)
"""RL tokens below which one box reaches down to none. [ln token]"""


@dataclass(frozen=True)
class Bound:
    """Result of the branch and bound.

    Attributes
    ----------
    value : float
        No allocation has a lower loss. [loss]
    boxes : int
        Boxes looked at.
    complete : bool
        Whether the bound is within the tolerance.
    """

    value: float
    boxes: int
    complete: bool


def lower_bound(problem: Problem, best: float, tolerance: float = 1e-3) -> Bound:
    """Prove that no allocation beats `best` by more than `tolerance`.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    best : float
        Loss of the plan. [loss]
    tolerance : float
        Relative gap to prove. [1]

    Returns
    -------
    Bound
    """
    low, high = _whole(problem)
    if low is None or high is None:
        return Bound(np.inf, 0, True)
    goal = best * (1 - tolerance)
    stack: list[tuple[Array, Array]] = [(low, high)]
    looked, value = 0, np.inf
    while stack:
        low, high = stack.pop()
        if low.shape[1] > BATCH:
            stack.append((low[:, BATCH:], high[:, BATCH:]))
            low, high = low[:, :BATCH], high[:, :BATCH]
        looked += low.shape[1]
        bound, empty = _bounds(problem, low, high)
        settled = bound >= goal
        if (settled & ~empty).any():
            value = min(value, float(bound[settled & ~empty].min()))
        open_ = ~settled & ~empty
        if looked > MOST_BOXES:
            rest = [bound[open_].min()] if open_.any() else []
            for other_low, other_high in stack:
                other, nothing = _bounds(problem, other_low, other_high)
                rest.extend(other[~nothing])
            return Bound(float(min([value, *rest])), looked, False)
        if open_.any():
            stack.append(_halved(problem, low[:, open_], high[:, open_]))
    return Bound(value, looked, True)


def _whole(problem: Problem) -> tuple[Array | None, Array | None]:
    """The boxes that cover everything feasible, shape (3, box), or None where nothing is."""
    allowed = feasible_params(problem)
    if not allowed.any[0]:
        return None, None
    n_low, n_high = float(allowed.low[0]), float(allowed.high[0])
    log_budget = float(np.log(problem.spendable[0]))
    fewest, most = (bound[:, 0] for bound in token_bounds(problem))
    # tokens cost at least kappa N each, so that their number ends where the budget does
    n_high = min(n_high, log_budget - float(np.log(problem.kappa[0])) - float(fewest[0]))
    tops = [min(float(most[j]), log_budget - float(np.log(problem.kappa[j])) - n_low) for j in (1, 2)]
    i_low, i_high = float(fewest[2]), tops[1]
    boxes = []
    if problem.has_rl:
        r_low = float(fewest[1])
        if r_low == -np.inf:
            boxes.append(((n_low, -np.inf, i_low), (n_high, min(_FEW_RL, tops[0]), i_high)))
            r_low = _FEW_RL
        if tops[0] > r_low:
            boxes.append(((n_low, r_low, i_low), (n_high, tops[0], i_high)))
    else:
        boxes.append(((n_low, -np.inf, i_low), (n_high, -np.inf, i_high)))
    return np.array([box[0] for box in boxes]).T, np.array([box[1] for box in boxes]).T


def _most_tokens(problem: Problem, low: Array) -> Array:
    """ln of the most pre-training tokens anywhere in the boxes; -inf where none are left."""
    left = problem.spendable[0] - np.exp(low[0]) * (problem.kappa[1] * np.exp(low[1]) + problem.kappa[2] * np.exp(low[2]))
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing left: -inf or nan mark an empty box
        tokens = np.log(left / problem.kappa[0]) - low[0]
    tokens = np.where(left > 0, tokens, -np.inf)
    limits = problem.limits
    most: Array = np.minimum(tokens, np.minimum(limits.high[1, 0], limits.high[4, 0] - low[0]))
    return most


def _bounds(problem: Problem, low: Array, high: Array) -> tuple[Array, Bools]:
    """Lower bounds of the loss over the boxes, and which boxes hold nothing feasible."""
    limits = problem.limits
    d_high = _most_tokens(problem, low)
    empty = ~(d_high >= limits.low[1, 0]) | (high[0] + d_high < limits.low[4, 0])
    for row in (1, 2):
        empty |= (high[0] + high[row] < limits.low[4 + row, 0]) | (low[0] + low[row] > limits.high[4 + row, 0])
    # all of the budget is spent: the fewest pre-training tokens are those at the dearest corner
    left = problem.spendable[0] - np.exp(high[0]) * (problem.kappa[1] * np.exp(high[1]) + problem.kappa[2] * np.exp(high[2]))
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing left: the standing limit holds
        d_low = np.log(left / problem.kappa[0]) - high[0]
    d_low = np.minimum(np.where(left > 0, np.maximum(d_low, limits.low[1, 0]), limits.low[1, 0]), d_high)
    safe = np.where(empty, limits.low[1, 0], d_high)
    lower = np.stack([low[0], np.where(empty, limits.low[1, 0], np.minimum(d_low, safe)), low[1], low[2]])
    upper = np.stack([high[0], safe, high[1], high[2]])
    value = problem.model.bound(problem.law_point(lower), problem.law_point(upper))
    return np.where(empty, np.inf, value), empty


def _halved(problem: Problem, low: Array, high: Array) -> tuple[Array, Array]:
    """Each box cut in two along its longest side; params count double, since tokens move against them."""
    width = np.where(np.isneginf(low), 0.0, high - np.where(np.isneginf(low), 0.0, low)) * np.array([[2.0], [1.0], [1.0]])
    side = width.argmax(axis=0)
    index = np.arange(low.shape[1])
    middle = 0.5 * (low[side, index] + high[side, index])
    left_high, right_low = high.copy(), low.copy()
    left_high[side, index] = middle
    right_low[side, index] = middle
    return np.concatenate([low, right_low], axis=1), np.concatenate([left_high, high], axis=1)
