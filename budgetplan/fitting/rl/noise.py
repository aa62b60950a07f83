"""How noisy a curve is, and how far an objective may rise before a coefficient is refused.

Huber's function with width d covers all three objectives: d = inf is least squares, d -> 0 is least absolute deviations. For
normal residuals of standard deviation s the rise of the objective, 2 (rho - rho_min)/tau2, is then close to a squared t value,

    tau2 = E[psi^2]/E[psi'],   E[psi'] = P(|r| < d),   E[psi^2] = s^2 [P(|r| < d) - 2 c phi(c)] + d^2 P(|r| > d),   c = d/s

which is s^2 for least squares, the likelihood ratio of Gaussian noise (Huber and Ronchetti, section 13.3).

References
----------
.. [1] Huber, Ronchetti, "Robust Statistics", 2nd edition, 2009.
"""

from __future__ import annotations

from math import erfc, exp, inf, pi, sqrt

import numpy as np

from budgetplan.fitting.robust import NORMAL_MAD, rho
from budgetplan.numerics.arrays import Array

SMALLEST = 1e-9
"""Noise below this counts as this: a curve that fits exactly still needs a scale. [unit of the residual]"""
LADDER = tuple(10.0 ** (-2.0 - 0.5 * step) for step in range(9))
"""Huber widths along which absolute deviations are approached. [unit of the residual]"""


def widths(objective: str, delta: float) -> tuple[float, ...]:
    """Huber widths to minimise at, one after the other; the last is the objective's own."""
    return LADDER if objective == "lad" else (delta,) if objective == "huber" else (inf,)


def reported(residual: Array, objective: str, delta: float) -> float:
    """The objective as it is reported: sum of squares, of absolute values, or of Huber's function."""
    if objective == "lad":
        return float(np.abs(residual).sum())
    if objective == "huber":
        return float(rho(residual, delta).sum())
    return float(residual @ residual)


def noise(residual: Array, fitted: int, width: float) -> float:
    """Standard deviation of the noise, from residuals after `fitted` coefficients were fitted.

    Parameters
    ----------
    residual : ndarray of shape (run,)
    fitted : int
        Coefficients fitted; robust objectives pass exactly through about as many points, which therefore say nothing.
    width : float
        Huber's width; inf for least squares.
    """
    left = max(residual.size - fitted, 1)
    if width == inf:
        return max(sqrt(float(residual @ residual) / left), SMALLEST)
    return max(NORMAL_MAD * float(np.median(np.sort(np.abs(residual))[-left:])), SMALLEST)


def rise_scale(deviation: float, width: float) -> float:
    """tau2: twice the objective's rise over this is the square of a t value. [residual^2]"""
    if width == inf:
        return deviation**2
    c = width / deviation
    outside = erfc(c / sqrt(2.0))
    inside = 1.0 - outside
    spread = deviation**2 * (inside - 2.0 * c * exp(-0.5 * c * c) / sqrt(2.0 * pi)) + width**2 * outside
    return max(spread, 0.0) / inside if inside > 1e-12 else deviation * width * sqrt(pi / 2.0)
