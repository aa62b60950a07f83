"""A proven lower bound of the loss: branch and bound over params and the tokens of the three stages.

A box of (ln N, ln D, ln R, ln I) is first cut to what the budget can pay and, where no limit stands against it, must buy: a stage
gets at most what the cheapest corner of the others leaves, and at least what the dearest leaves. So whichever stage takes most of
the budget is told by the others. The law bounds its own loss over the box (`AbstractModel.bound`; for most laws the loss at the
best corner). Boxes whose bound is within `tolerance` of the best known loss are settled, the others are halved along the side over
which the loss moves most, until none is left.

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
LEAST_SLOPE = 0.05
"""What a side counts for at least, as part of the steepest one's slope. [1]"""
_FEW_RL = np.log(1e3)
"""RL tokens below which one box reaches down to none. [ln token]"""
LESS_RL = 3.0
"""How much is cut off such a box from above. [ln token]"""

ROUNDS = 2
"""How often a box is cut: what one side loses can cost another."""
_SLACK = 1e-9
"""How far the ends of a side may lie the wrong way round by rounding. [ln]"""


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
        low, high, bound, empty = _bounds(problem, low, high)
        settled = bound >= goal
        if (settled & ~empty).any():
            value = min(value, float(bound[settled & ~empty].min()))
        open_ = ~settled & ~empty
        if looked > MOST_BOXES:
            rest = [bound[open_].min()] if open_.any() else []
            for other_low, other_high in stack:
                _, _, other, nothing = _bounds(problem, other_low, other_high)
                rest.extend(other[~nothing])
            return Bound(float(min([value, *rest])), looked, False)
        if open_.any():
            stack.append(_halved(problem, low[:, open_], high[:, open_]))
    return Bound(value, looked, True)


def _whole(problem: Problem) -> tuple[Array | None, Array | None]:
    """The boxes that cover everything feasible, shape (4, box), or None where nothing is."""
    allowed = feasible_params(problem)
    if not allowed.any[0]:
        return None, None
    n_low, n_high = float(allowed.low[0]), float(allowed.high[0])
    log_budget = float(np.log(problem.spendable[0]))
    fewest, most = (bound[:, 0] for bound in token_bounds(problem))
    # tokens cost at least kappa N each, so that their number ends where the budget does
    n_high = min(n_high, log_budget - float(np.log(problem.kappa[0])) - float(fewest[0]))
    d_top, r_top, i_top = (min(float(most[j]), log_budget - float(np.log(problem.kappa[j])) - n_low) for j in range(3))
    ranges = [(-np.inf, -np.inf)]
    if problem.has_rl:
        least = float(fewest[1])
        whole = [(least, r_top)] if least > -np.inf else [(-np.inf, min(_FEW_RL, r_top)), (_FEW_RL, r_top)]
        ranges = [(first, last) for first, last in whole if last >= first]
        if not ranges:
            return None, None
    low = np.array([(n_low, float(fewest[0]), r_low, float(fewest[2])) for r_low, _ in ranges]).T
    high = np.array([(n_high, d_top, r_high, i_top) for _, r_high in ranges]).T
    return low, high


def _cut(problem: Problem, low: Array, high: Array) -> tuple[Array, Array, Bools]:
    """Boxes without what the limits and the budget rule out, shapes (4, box), and which have nothing left.

    An optimum spends all: loss falls in pre-training tokens. Where an upper limit can stand against that, only what the budget
    does not pay is ruled out; pre-training tokens are then at least the most that there can be.
    """
    low, high = low.copy(), high.copy()
    limits, kappa, budget = problem.limits, np.log(problem.kappa)[:, None], problem.spendable[0]
    share_low, share_high = limits.low[4:, :1], limits.high[4:, :1]
    spends = not np.isfinite(limits.high[1:]).any()
    for _ in range(ROUNDS):
        high[1:] = np.minimum(high[1:], share_high - low[0])
        low[1:] = np.maximum(low[1:], share_low - high[0])
        least, most = np.exp(kappa + low[0] + low[1:]), np.exp(np.minimum(kappa + high[0] + high[1:], 700.0))
        left_at_most, left_at_least = budget - (least.sum(axis=0) - least), budget - (most.sum(axis=0) - most)
        with np.errstate(divide="ignore", invalid="ignore"):  # nothing left, or more than nothing due: -inf or nan say so
            ceiling = np.log(left_at_most) - kappa - low[0]
            floor = np.log(left_at_least) - kappa - high[0]
            n_high = np.log(budget) - np.log(np.exp(kappa + low[1:]).sum(axis=0))
            n_low = np.log(budget) - np.log(np.exp(np.minimum(kappa + high[1:], 700.0)).sum(axis=0))
        high[1:] = np.minimum(high[1:], np.where(left_at_most > 0, ceiling, -np.inf))
        floor = np.where(left_at_least > 0, floor, -np.inf)
        if spends:
            low[1:] = np.maximum(low[1:], floor)
            low[0] = np.maximum(low[0], n_low)
        else:
            low[1] = np.maximum(low[1], np.minimum(floor[0], np.minimum(limits.high[1], share_high[0] - high[0])))
        high[0] = np.minimum(high[0], n_high)
    empty: Bools = np.any(low > high + _SLACK, axis=0)
    return np.minimum(low, high), high, empty


def _bounds(problem: Problem, low: Array, high: Array) -> tuple[Array, Array, Array, Bools]:
    """The boxes cut, lower bounds of the loss over them, and which hold nothing feasible."""
    low, high, empty = _cut(problem, low, high)
    value = np.full(low.shape[1], np.inf)
    if not empty.all():
        some = ~empty
        value[some] = problem.model.bound(problem.law_point(low[:, some]), problem.law_point(high[:, some]))
    return low, high, value, empty


def _halved(problem: Problem, low: Array, high: Array) -> tuple[Array, Array]:
    """Each box cut in two along the side over which the loss moves most, by its slope in the middle of the box.

    A side over which it hardly moves, a long one most of all, is cut in its turn too: slopes elsewhere may be steeper.
    """
    # RL from none on has no length: what its upper end brings is told by the slope there, and cut off from above
    endless, none = np.isneginf(low) & ~np.isneginf(high), np.isneginf(high)
    top = np.where(none, 0.0, high)
    bottom = np.where(endless | none, top, low)
    width = top - bottom + np.where(endless, LESS_RL, 0.0)
    middle = 0.5 * (bottom + top)
    slope = np.abs(problem.loss_and_gradient(np.where(none, high, middle))[1])
    slope[0] += slope[1:].sum(axis=0)  # params move the cost of every token
    slope = np.nan_to_num(slope, nan=0.0, posinf=1e300)
    least = np.tile(LEAST_SLOPE * slope.max(axis=0) + 1e-300, (4, 1))
    least[2] *= np.exp(0.5 * np.minimum(top[2], 0.0))  # parts of one RL token are not worth a look of their own
    side = (width * (slope + least)).argmax(axis=0)
    index = np.arange(low.shape[1])
    cut = np.where(endless, top - LESS_RL, middle)[side, index]
    left_high, right_low = high.copy(), low.copy()
    left_high[side, index] = cut
    right_low[side, index] = cut
    return np.concatenate([low, right_low], axis=1), np.concatenate([left_high, high], axis=1)
