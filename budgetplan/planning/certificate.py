"""The proof that comes with a plan: stationarity, active limits, shadow prices.

At an optimum there are multipliers with   dl/dy + lam d ln(spend)/dy + sum_i v_i a_i = 0,   lam >= 0,   v_i >= 0 for upper and <=
0 for lower bounds. The residual is the largest component of that sum, and of a missed gain from a first RL token, relative to the
largest component of dl/dy. The shadow price of a limit is -dl/d(limit), the loss that one more unit of it saves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.limits import ROW_NAMES, ROWS, rows
from budgetplan.planning.problem import Problem

OPTIMAL = 1e-6
"""Largest residual that is called optimal."""
FLAT = 1e-7
"""Share of the loss per e-fold below which a derivative counts as rounding: the loss has reached its floor to every digit."""
FIRST_SHARE = 1e-9
"""Share of compute at which a first RL token is looked at. [1]"""
ACTIVE = 1e-7
"""Distance, in logs, at which a limit counts as active."""


@dataclass(frozen=True)
class Certificate:
    """How well an allocation is known to be optimal.

    Attributes
    ----------
    status : str
        `optimal`, or `stalled` where the residual is too large.
    kkt_residual : float
        Relative stationarity residual. [1]
    start_spread : float
        Relative difference of loss among starts that ended in the best basin. [1]
    active_limits : tuple of str
        Limits that hold with equality.
    shadow_prices : mapping of str to float
        Loss saved by one more unit of each active limit, `budget` per FLOP. [loss per unit]
    lower_bound : float or None
        Proven lower bound of the loss, where asked for. [loss]
    unspent : float
        Budget that the limits leave unspent. [FLOP]
    runner_up : mapping or None
        Loss and allocation of the next best basin.
    """

    status: str
    kkt_residual: float
    start_spread: float
    active_limits: tuple[str, ...]
    shadow_prices: Mapping[str, float]
    lower_bound: float | None = None
    unspent: float = 0.0
    runner_up: Mapping[str, Any] | None = field(default=None)


@dataclass(frozen=True)
class _Active:
    name: str
    vector: Array
    sign: int  # +1 upper, -1 lower, 0 fixed
    unit: float  # d(row)/d(limit in its own unit)


def _active_rows(problem: Problem, y: Array) -> list[_Active]:
    """Limits that hold with equality at y of shape (4,)."""
    values = rows(y[:, None])[:, 0]
    low, high = problem.limits.low[:, 0], problem.limits.high[:, 0]
    found = []
    log_k, stretch = (float(item[0]) for item in problem.log_samples(y[3:4]))
    for index, name in enumerate(ROW_NAMES):
        if not np.isfinite(values[index]):
            continue
        near = ACTIVE / stretch if index == 3 and problem.has_samples else ACTIVE  # samples may be a small part of inference
        at_low, at_high = values[index] <= low[index] + near, values[index] >= high[index] - near
        if not (at_low or at_high):
            continue
        amount = np.exp(values[index])
        if index >= 4:
            amount = amount * problem.kappa[index - 4] / problem.budget[0]
        sign = 0 if at_low and at_high else (1 if at_high else -1)
        found.append(_Active(name, ROWS[index], sign, float(1.0 / amount)))
    if problem.has_samples and log_k <= ACTIVE and not any(item.vector is ROWS[3] for item in found):
        found.append(_Active("samples_per_query", ROWS[3], -1, 1.0 / stretch))
    return found


def _multipliers(gradient: Array, budget: Array | None, active: list[_Active]) -> tuple[float, Array, Array]:
    """lam, v and what remains of the gradient, by least squares with wrong-signed multipliers dropped."""
    columns = ([] if budget is None else [budget]) + [item.vector for item in active]
    signs = ([] if budget is None else [1]) + [item.sign for item in active]
    kept = list(range(len(columns)))
    while True:
        values = np.zeros(len(columns))
        if kept:
            matrix = np.stack([columns[index] for index in kept], axis=1)
            values[kept] = np.linalg.lstsq(matrix, -gradient, rcond=1e-12)[0]
        wrong = [index for index in kept if signs[index] * values[index] < -1e-9 * np.abs(gradient).max()]
        if not wrong:
            break
        kept.remove(min(wrong, key=lambda index: signs[index] * values[index]))
    left = gradient + sum((value * column for value, column in zip(values, columns, strict=True)), np.zeros_like(gradient))
    return (0.0 if budget is None else float(values[0])), values[(budget is not None) :], left


def certify_point(problem: Problem, y: Array, spread: float = 0.0) -> Certificate:
    """Certificate of an allocation.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    y : ndarray of shape (4,)
        The allocation.
    spread : float
        Spread over starts, passed through.

    Returns
    -------
    Certificate
        Without lower bound.
    """
    column = y[:, None]
    loss, gradient = (item[..., 0] for item in problem.loss_and_gradient(column))
    cost = problem.cost(column)[:, 0]
    spendable, budget = float(problem.spendable[0]), float(problem.budget[0])
    spent = float(np.log(cost.sum() / spendable)) >= -ACTIVE
    present = np.array([True, *(cost > 0)])
    if not problem.has_samples:
        present[3] = False
    gradient = np.where(present, gradient, 0.0)
    by_y = np.where(present, np.concatenate([[1.0], cost / cost.sum()]), 0.0)
    active = _active_rows(problem, y)
    active = [item for item in active if np.any(item.vector[present])]
    trimmed = [_Active(item.name, np.where(present, item.vector, 0.0), item.sign, item.unit) for item in active]
    lam, values, left = _multipliers(gradient, by_y if spent else None, trimmed)
    scale = max(float(np.abs(gradient).max()), FLAT * float(np.abs(loss)), 1e-300)
    residual = float(np.abs(left).max()) / scale
    if problem.has_rl and y[2] == -np.inf:
        residual = max(residual, _missed_rl(problem, column, lam, spendable) / scale)
    residual = max(residual, float(problem.violation(column)[0]))
    shares = sum(value for value, item in zip(values, active, strict=True) if item.name.endswith("_share"))
    prices = {"budget": lam / spendable + float(shares) / budget if spent else 0.0}
    for value, item in zip(values, active, strict=True):
        prices[item.name] = prices.get(item.name, 0.0) + float(value) * item.unit
    names = (("budget",) if spent else ()) + tuple(dict.fromkeys(item.name for item in active))
    status = "optimal" if residual <= OPTIMAL and np.isfinite(loss) else "stalled"
    unspent = 0.0 if spent else spendable - float(cost.sum())
    return Certificate(status, residual, spread, names, prices, None, unspent)


def _missed_rl(problem: Problem, y: Array, lam: float, spendable: float) -> float:
    """Gain, in loss per e-fold of spend, that a first RL token would bring beyond its cost.

    At the margin from a share of `FIRST_SHARE` on; with fewer tokens, where a law counts them from a handful on, what they save in
    all. RL that pays at the margin and leaves more loss than there was without any is no gain: where it narrows the spread of many
    samples, the first of it costs.
    """
    none = float(problem.loss(y)[0])
    shares = FIRST_SHARE ** np.arange(1.0, 4.0)
    few = np.repeat(y, len(shares), axis=1)
    few[2] = np.log(shares * spendable / problem.kappa[1]) - y[0]
    many = problem.repeated(len(shares))
    loss, gradient = many.loss_and_gradient(few)
    looked = (many.violation(few) <= 1e-6) & ((few[2] >= 0) | (shares == FIRST_SHARE)) & (loss <= none * (1 + 1e-12))
    gain = np.where(shares == FIRST_SHARE, -gradient[2] / FIRST_SHARE - lam, none - loss)
    return float(np.max(gain, where=looked, initial=0.0))


def worth_of_budget(problem: Problem, y: Array, gradient: Array, cost: Array) -> Array:
    """-dl/d ln C of many instances from the tokens that are free, over the budget, shape (instance,). [loss/FLOP]

    Pre-training tokens tell it, or samples or RL where those are held at their fewest, or params where there are no others.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    y, gradient : ndarray of shape (4, instance)
        Allocations, and the derivatives of the loss there.
    cost : ndarray of shape (3, instance)
        Of the three stages. [FLOP]
    """
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):  # far from any optimum a price of e^700; 0/0: no RL
        price = -gradient[1:] / cost
        by_params = -gradient[0] / cost.sum(axis=0)
    worth: Array = price[0]
    held = _held(problem, y, 1)
    if held.any():
        several = ~problem.single(y[3], 1e-9) if problem.has_samples else np.zeros(problem.size, dtype=bool)
        others = np.where(several, price[2], np.where(y[2] > -np.inf, price[1], by_params))
        worth = np.where(held, others, worth)
    return worth


def _held(problem: Problem, y: Array, row: int) -> Bools:
    """Whether params (0) or pre-training tokens (1) are at their fewest."""
    held: Bools = y[row] <= problem.limits.low[row] + ACTIVE
    return held


def residuals(problem: Problem, y: Array) -> Array:
    """KKT residual of many instances without limits but the fewest params and tokens, and a fixed N; shape (instance,).

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    y : ndarray of shape (4, instance)
        Allocations.
    """
    loss, gradient = problem.loss_and_gradient(y)
    cost = problem.cost(y)
    part = cost / cost.sum(axis=0)
    with np.errstate(over="ignore", invalid="ignore"):  # a task loss of e^700, far from any optimum: not stationary at all
        lam = worth_of_budget(problem, y, gradient, cost) * cost.sum(axis=0)
        scale = np.maximum(np.maximum(np.abs(gradient).max(axis=0), FLAT * np.abs(loss)), 1e-300)
        worst: Array = np.abs(problem.overspend(y))
        for row, share in ((0, np.ones(problem.size)), (1, part[0])):
            if problem.limits.fixed[row]:
                continue
            rise = gradient[row] + lam * share
            worst = np.maximum(worst, np.where(_held(problem, y, row), np.maximum(-rise, 0.0), np.abs(rise)) / scale)
        rl = np.where(y[2] > -np.inf, np.abs(gradient[2] + lam * part[1]), 0.0)
        worst = np.maximum(worst, rl / scale)
        if problem.has_samples:
            rise = gradient[3] + lam * part[2]
            at_one = problem.single(y[3], 1e-9)
            worst = np.maximum(worst, np.where(at_one, np.maximum(-rise, 0.0), np.abs(rise)) / scale)
    return np.nan_to_num(worst, nan=np.inf, posinf=np.inf)
