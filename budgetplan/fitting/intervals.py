"""Standard errors and intervals of coefficients: from replicates, from the curvature, or by profile where those mean nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.fitting.loss.form import AbstractForm
from budgetplan.fitting.loss.profile import profile_interval
from budgetplan.fitting.loss.solve import Optimum
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.profile_end import Range
from budgetplan.fitting.robust import Objective
from budgetplan.numerics.arrays import Array

VAGUE_LOG = 1.0
"""Standard error of ln coefficient from which it counts as undetermined: its 90 % interval spans a factor of 25."""
VAGUE_EXPONENT = 0.5
"""Standard error of an exponent, relative to it, from which it counts as undetermined."""


@dataclass(frozen=True)
class Uncertainty:
    """Of all coefficients.

    Attributes
    ----------
    standard_errors : dict of str to float or None
    intervals : dict of str to (float, float)
    sentences : list of str
        What the data do not determine.
    """

    standard_errors: dict[str, float | None]
    intervals: dict[str, tuple[float, float]]
    sentences: list[str]


def uncertainty(
    form: AbstractForm, optimum: Optimum, objective: Objective, covariance: Array, draws: Array | None, options: FitOptions
) -> Uncertainty:
    """Standard errors and intervals.

    Parameters
    ----------
    form : AbstractForm
    optimum : Optimum
    objective : Objective
    covariance : ndarray of shape (coordinate, coordinate)
        Of the form's coordinates, from the curvature.
    draws : ndarray of shape (draw, coefficient) or None
        Coefficients of the replicates.
    options : FitOptions
        `level`, `fixed`.

    Returns
    -------
    Uncertainty
    """
    from scipy.special import stdtrit

    runs, free = optimum.jacobian.shape
    quantile = float(stdtrit(max(runs - free, 1), 0.5 + options.level / 2))
    values = form.values(optimum.theta)
    deviations = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    errors: dict[str, float | None] = {}
    intervals: dict[str, tuple[float, float]] = {}
    sentences = []
    for at, name in enumerate(form.coefficients):
        value, log, deviation = float(values[at]), form.logs[at], float(deviations[at])
        if name in options.fixed:
            errors[name], intervals[name] = 0.0, (value, value)
            continue
        if draws is not None:
            low, high = np.quantile(draws[:, at], [(1 - options.level) / 2, (1 + options.level) / 2])
            spread = float(np.log(high / max(low, 1e-300)) if log else high - low) / (2 * quantile)
            deviation = max(deviation, spread) if deviation <= VAGUE_LOG else deviation
        if optimum.rival is not None and log:
            deviation = max(deviation, abs(float(optimum.rival[at] - optimum.theta[at])))
        if deviation > (VAGUE_LOG if log else VAGUE_EXPONENT * abs(value)):
            ends = profile_interval(optimum, form, at, objective, quantile**2, 0.5 * deviation)
            errors[name], intervals[name] = None, (ends.low, ends.high)
            sentences.append(_sentence(name, ends))
        elif draws is not None:
            errors[name] = float(draws[:, at].std(ddof=1))
            intervals[name] = (float(low), float(high))
        elif log:
            errors[name] = value * deviation
            intervals[name] = (value * float(np.exp(-quantile * deviation)), value * float(np.exp(quantile * deviation)))
        else:
            errors[name], intervals[name] = deviation, (value - quantile * deviation, value + quantile * deviation)
    return Uncertainty(errors, intervals, sentences)


def _sentence(name: str, ends: Range) -> str:
    if ends.low_open and ends.high_open:
        return f"The data do not determine `{name}`: no value is excluded."
    if ends.high_open:
        return f"The data do not determine `{name}`: anywhere above {ends.low:.3g}."
    between = " to " if ends.low < 0 else "-"
    return f"The data do not determine `{name}`: anywhere in {ends.low:.3g}{between}{ends.high:.3g}."
