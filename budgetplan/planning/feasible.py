"""Which params and stage costs the limits allow, in closed form, and which limits conflict where none are allowed.

At a given N the cost of stage j lies in [lo_j, hi_j]: the tighter of its token bounds (proportional to N) and its share bounds.
lo_j <= hi_j is an interval in ln N for each stage, and the sum of lo_j rises in N, so that the feasible N are one interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.limits import FEWEST_PARAMS, ROW_NAMES, no_limits
from budgetplan.planning.problem import Problem

_NONE = 1e4
"""Stands for no bound, in logs, where differences of bounds are taken."""
_SLACK = 1e-11
"""Rounding allowed when bounds meet exactly, in logs."""


@dataclass(frozen=True)
class Feasible:
    """Interval of ln N with a feasible allocation; empty where low > high.

    Attributes
    ----------
    low, high : ndarray of shape (instance,)
        Ends of the interval; high is inf where nothing limits N.
    """

    low: Array
    high: Array

    @property
    def any(self) -> Bools:
        """Whether an instance has a feasible allocation."""
        return self.low <= self.high + _SLACK


def token_bounds(problem: Problem) -> tuple[Array, Array]:
    """ln of the fewest and most tokens per stage, samples >= 1 included, shape (3, instance)."""
    low, high = problem.limits.low[1:4].copy(), problem.limits.high[1:4].copy()
    if not problem.has_rl:
        low[1] = high[1] = -np.inf
    if problem.has_samples:
        low[2] = np.maximum(low[2], problem.least_inference)
    else:
        low[2] = high[2] = problem.least_inference
    return low, high


def stage_costs(problem: Problem, n: Array) -> tuple[Array, Array]:
    """Least and most cost of each stage at ln N.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    n : ndarray of shape (..., instance)
        ln N.

    Returns
    -------
    low, high : ndarray of shape (3, ..., instance)
        high is at most what may be spent. [FLOP]
    """
    shape = (3,) + (1,) * (n.ndim - 1)
    fewest, most = (bound.reshape(*shape, -1) for bound in token_bounds(problem))
    share_low = problem.limits.low[4:].reshape(*shape, -1)
    share_high = problem.limits.high[4:].reshape(*shape, -1)
    kappa = problem.kappa.reshape(*shape, 1)
    n = np.minimum(n, _NONE)  # a least share of a stage without tokens asks for infinitely many params: no budget pays them
    low = kappa * np.exp(np.minimum(np.maximum(fewest + n, share_low), 700.0))
    most_cost = np.minimum(most + n, share_high)
    high = np.minimum(kappa * np.exp(np.minimum(most_cost, 700.0)), problem.spendable)
    return low, np.maximum(high, low)


def feasible_params(problem: Problem) -> Feasible:
    """The interval of ln N that the limits and the budget allow.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    """
    fewest, most = token_bounds(problem)
    share_low, share_high = problem.limits.low[4:], problem.limits.high[4:]
    low = problem.limits.low[0].copy()
    high = problem.limits.high[0].copy()
    with np.errstate(invalid="ignore"):  # inf - inf: no bound on either side
        low = np.fmax(low, np.nanmax(np.where(np.isneginf(share_low), -np.inf, share_low - most), axis=0))
        high = np.fmin(high, np.nanmin(np.where(np.isposinf(share_high), np.inf, share_high - fewest), axis=0))
    # the least total cost rises in N: where it meets the budget is a quotient, or is bisected where shares have minima
    at_low = stage_costs(problem, low)[0].sum(axis=0)
    spendable = problem.spendable * (1 + 1e-12)
    if np.isfinite(share_low).any():
        high = np.minimum(high, _bisected(problem, low, np.minimum(high, np.log(spendable)), spendable))
    else:
        per_param = (problem.kappa[:, None] * np.exp(fewest)).sum(axis=0)
        with np.errstate(divide="ignore"):  # nothing is required: N has no upper end
            high = np.minimum(high, np.log(spendable / per_param))
    crossed = np.any(fewest > most + _SLACK, axis=0) | np.any(share_low > share_high + _SLACK, axis=0)
    return Feasible(low, np.where((at_low <= spendable) & ~crossed, high, -np.inf))


def _bisected(problem: Problem, low: Array, high: Array, spendable: Array) -> Array:
    """Largest ln N in [low, high] whose least total cost is within the budget."""
    left, right = low.copy(), np.maximum(low, high)
    fits = stage_costs(problem, right)[0].sum(axis=0) <= spendable
    for _ in range(60):
        middle = 0.5 * (left + right)
        under = stage_costs(problem, middle)[0].sum(axis=0) <= spendable
        left, right = np.where(under, middle, left), np.where(under, right, middle)
    return np.where(fits, np.inf, left)


def conflict(problem: Problem) -> tuple[str, tuple[str, ...]]:
    """Why a single instance has no feasible allocation, and the names of the limits that conflict.

    Parameters
    ----------
    problem : Problem
        Of one instance that `feasible_params` finds empty.

    Returns
    -------
    sentence : str
        With the amounts.
    limits : tuple of str
        Names of the conflicting limits.
    """
    fewest, most = (np.clip(bound[:, 0], -_NONE, _NONE) for bound in token_bounds(problem))
    low, high = (np.clip(side[:, 0], -_NONE, _NONE) for side in (problem.limits.low, problem.limits.high))
    budget = float(problem.budget[0])
    for row in range(7):
        if low[row] > high[row] + _SLACK:
            return f"the minimum of `{ROW_NAMES[row]}` lies above its maximum", (ROW_NAMES[row],)
    if fewest[2] > most[2] + _SLACK:
        return (
            f"one sample per query needs {np.exp(fewest[2]):.3g} inference tokens, above the maximum of {np.exp(most[2]):.3g}",
            ("inference_tokens", "queries"),
        )
    for stage in range(3):
        tokens, share = ROW_NAMES[1 + stage], ROW_NAMES[4 + stage]
        kappa = problem.kappa[stage]
        floor = "params" if low[0] > np.log(FEWEST_PARAMS) else ""
        if low[4 + stage] > most[stage] + high[0] + _SLACK:
            wanted, got = kappa * np.exp(low[4 + stage]), kappa * np.exp(most[stage] + high[0])
            return (
                f"the minimum of `{share}` asks for {wanted:.3g} FLOP, but the maxima of `{tokens}` and `params` "
                f"allow {got:.3g} FLOP",
                (share, tokens, "params"),
            )
        if fewest[stage] + max(low[0], np.log(FEWEST_PARAMS)) > high[4 + stage] + _SLACK:
            needs = kappa * np.exp(fewest[stage] + max(low[0], np.log(FEWEST_PARAMS)))
            least = "one sample per query" if stage == 2 and low[3] <= -_NONE else f"the minimum of `{tokens}`"
            names = tuple(name for name in (share, tokens, floor) if name)
            return (
                f"{least} needs {needs:.3g} FLOP, above the {kappa * np.exp(high[4 + stage]):.3g} FLOP of the maximum of `{share}`",
                names,
            )
    pairs = [
        (low[4 + stage] - most[stage], high[4 + other] - fewest[other], stage, other)
        for stage in range(3)
        for other in range(3)
        if low[4 + stage] - most[stage] > high[4 + other] - fewest[other] + _SLACK
    ]
    if pairs:
        _, _, stage, other = pairs[0]
        names = (ROW_NAMES[4 + stage], ROW_NAMES[1 + stage], ROW_NAMES[4 + other], ROW_NAMES[1 + other])
        return (
            f"`{names[0]}` with the maximum of `{names[1]}` asks for more params than "
            f"`{names[2]}` with the minimum of `{names[3]}` allows",
            names,
        )
    start = np.array([max(low[0], np.log(FEWEST_PARAMS), *(low[4:] - most))])
    needs = stage_costs(problem, start)[0][:, 0]
    parts = ", ".join(f"{ROW_NAMES[4 + j].removesuffix('_share')} {needs[j]:.3g}" for j in range(3) if needs[j] > 0)
    standing = no_limits(1).low[:, 0]
    involved = [ROW_NAMES[j] for j in range(7) if low[j] > -_NONE and low[j] != standing[j]]
    involved += ["serve"] * bool(problem.served[0] > 0) + ["queries"] * bool(problem.first_sample[0] > 0)
    return (
        f"the minimums add up to {needs.sum():.3g} FLOP at {np.exp(start[0]):.3g} params ({parts}), "
        f"over the budget of {budget:.3g} FLOP",
        tuple(involved) or ("budget",),
    )
