"""Profile intervals: how far a coefficient can move while the others make up for it.

For a coefficient at a bound or along a flat direction the curvature says nothing. The profile fixes it, refits the others, and
keeps the values whose likelihood ratio stays below the quantile. Where no value is refused the end is the coefficient's limit.
Venzon and Moolgavkar 1988, "A method for computing profile-likelihood-based confidence intervals".
"""

from __future__ import annotations

import numpy as np

from budgetplan.fitting.loss.curve import Chart
from budgetplan.fitting.loss.form import AbstractForm
from budgetplan.fitting.loss.newton import minimise
from budgetplan.fitting.loss.solve import Optimum
from budgetplan.fitting.profile_end import Range
from budgetplan.fitting.robust import Objective, ratio_scale, rho
from budgetplan.numerics.arrays import Array

FARTHEST = 14.0
"""Distance in ln of a positive coefficient at which it counts as unlimited: a factor of a million."""
DEEPEST = 45.0
"""Distance downward: a coefficient that has run off to infinity must find its way back."""
LARGEST_EXPONENT = 4.0
"""Exponents are not followed beyond 0 and this; from a fit that lies outside, as far again."""
BISECTIONS = 14


def profile_interval(
    optimum: Optimum, form: AbstractForm, which: int, objective: Objective, quantile: float, start: float
) -> Range:
    """The profile interval of one coefficient.

    Parameters
    ----------
    optimum : Optimum
    form : AbstractForm
    which : int
        Position of the coefficient.
    objective : Objective
    quantile : float
        Largest likelihood ratio that is kept.
    start : float
        First step, in the coefficient's coordinate.

    Returns
    -------
    Range
        In the coefficient's unit.
    """
    scale = ratio_scale(optimum.residual, objective.width)
    lowest = float(rho(optimum.residual, objective.width).sum())
    centre = float(optimum.theta[which])
    log = form.logs[which]
    limits = (centre - DEEPEST, centre + FARTHEST) if log else _exponents(centre)
    ends, opens = [], []
    for limit in limits:
        at, is_open = _walk(optimum, which, objective, scale, lowest, quantile, centre, limit, start)
        opens.append(is_open)
        ends.append((float(np.exp(min(at, 700.0))) if log else at) if not (is_open and log and limit < centre) else 0.0)
    return Range(ends[0], ends[1], opens[0], opens[1])


def _exponents(centre: float) -> tuple[float, float]:
    """How far an exponent is followed; a fit may have left the usual range where loss does not fall along an axis."""
    low = 0.0 if centre > 0 else centre - LARGEST_EXPONENT
    high = LARGEST_EXPONENT if centre < LARGEST_EXPONENT else centre + LARGEST_EXPONENT
    return low, high


def _walk(
    optimum: Optimum,
    which: int,
    objective: Objective,
    scale: float,
    lowest: float,
    quantile: float,
    centre: float,
    limit: float,
    start: float,
) -> tuple[float, bool]:
    """Where the ratio crosses the quantile between the optimum and a limit, and whether it never does."""
    sign = 1.0 if limit > centre else -1.0
    inside, theta, step = centre, optimum.theta, min(max(start, 0.02), 2.0)
    while True:
        trial = centre if sign * (limit - inside) <= 0 else inside + sign * min(step, sign * (limit - inside))
        if trial == centre:
            return limit, True
        value, found = _constrained(optimum, which, objective, theta, trial)
        if scale * (value - lowest) > quantile:
            outside = trial
            break
        if trial == limit:
            return limit, True
        inside, theta, step = trial, found, step * 1.7
    for _ in range(BISECTIONS):
        middle = 0.5 * (inside + outside)
        value, found = _constrained(optimum, which, objective, theta, middle)
        if scale * (value - lowest) > quantile:
            outside = middle
        else:
            inside, theta = middle, found
    return 0.5 * (inside + outside), False


def _constrained(optimum: Optimum, which: int, objective: Objective, theta: Array, value: float) -> tuple[float, Array]:
    """Least objective with one coordinate fixed, and where it is; begun from a nearby solution."""
    basis = optimum.chart.basis
    row = basis[which]
    length = float(row @ row)
    origin = theta + basis @ row * ((value - theta[which]) / length)
    if basis.shape[1] == 1:
        fitted = optimum.curve.recharted(Chart(origin, basis)).evaluate(np.zeros((1, 1)))[0][0]
        return float(rho(fitted - optimum.observed, objective.width).sum()), origin
    _, _, directions = np.linalg.svd(row[None, :])
    chart = Chart(origin, basis @ directions[1:].T)
    ones = np.ones((1, len(optimum.observed)))
    found = minimise(optimum.curve.recharted(chart), optimum.observed, ones, np.zeros((1, chart.size)), objective.widths)
    return float(found.value[0]), chart.theta(found.u[0])
