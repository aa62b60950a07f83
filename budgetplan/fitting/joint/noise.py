"""Residuals of a joint table in units of their noise: sampling of problems, scatter between trained models, error of the loss.

    var ln l = factor (1 - P)/(M P ln^2 P) + scatter^2          l = -ln P, M problems (delta method on the binomial)
    var ln L = loss^2

A row's residual is the signed root of its binomial deviance, times the part of its standard deviation that sampling explains
(McCullagh and Nelder, "Generalized Linear Models", 1989, Sections 2.3 and 4.5). To first order that is ln of fitted over measured
task loss in units of its noise; where few answers are right or few wrong it stays honest, and success 0 or 1 is no exception.
Success of k samples varies less than a binomial, because every problem is sampled often: `factor` below 1 says by how much, where
nothing else shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from budgetplan.fitting.joint.candidate import AbstractCandidate
from budgetplan.fitting.joint.descent import Residuals
from budgetplan.fitting.joint.table import JointTable
from budgetplan.numerics.arrays import Array

LEAST_LOSS = 1e-4
"""Smallest relative error that a measured pre-training loss is given credit for. [1]"""
NEAR = 1e-4
"""Residuals this small take their slope from the limit. [1]"""
MOST_SCATTER = 3.0
"""Largest scatter that is looked for. [ln task loss]"""


@dataclass(frozen=True)
class Noise:
    """Size of the noise.

    Attributes
    ----------
    factor : float
        Of the binomial variance. [1]
    scatter : float
        Between trained models, and of the law itself. [ln task loss]
    loss : float
        Of the measured pre-training loss. [ln loss]
    """

    factor: float = 1.0
    scatter: float = 0.05
    loss: float = 0.01

    def deviation(self, log_loss: Array, problems: Array) -> Array:
        """Standard deviation of a measured ln task loss where ln l is `log_loss`, shape kept."""
        out: Array = np.sqrt(self.factor * sampling(log_loss, problems) + self.scatter**2)
        return out


def sampling(log_loss: Array, problems: Array) -> Array:
    """Binomial variance of ln task loss where it is `log_loss`, shape kept. [1]

    Parameters
    ----------
    log_loss : ndarray
        ln(-ln P).
    problems : ndarray
        Number of problems M.

    Examples
    --------
    >>> float(np.round(sampling(np.log(-np.log(np.array(0.25))), np.array(1000.0)), 6))
    0.001561
    """
    loss = np.exp(log_loss)
    out: Array = np.expm1(np.minimum(loss, 600.0)) / (problems * loss**2)
    return out


def residuals(candidate: AbstractCandidate, table: JointTable, noise: Noise, around: Array) -> Residuals:
    """Residuals over their noise: one per row, then one per measured loss.

    Parameters
    ----------
    candidate : AbstractCandidate
    table : JointTable
    noise : Noise
    around : ndarray of shape (row,)
        ln task loss at which the sampling noise is taken: the measured one at first, then the fitted.
    """
    part = np.sqrt(sampling(around, table.problems)) / noise.deviation(around, table.problems)
    use_loss = candidate.reads_loss and len(table.loss) > 0
    log_loss = np.log(table.loss)

    def of(u: Array) -> tuple[Array, Array]:
        fitted, slopes = candidate.fitted(u, table)
        z, rate = deviance(fitted[table.cell], table)
        z, by = part * z, (part * rate)[:, None] * slopes[table.cell]
        if not use_loss:
            return z, by
        said, turns = candidate.fitted_loss(u, table)
        return np.concatenate([z, (said - log_loss) / noise.loss]), np.concatenate([by, turns / noise.loss])

    return of


def deviance(log_loss: Array, table: JointTable) -> tuple[Array, Array]:
    """Signed root of the binomial deviance of each row, positive where too little success is fitted, and its slope by ln l.

    Parameters
    ----------
    log_loss : ndarray of shape (row,)
        Fitted ln task loss.
    table : JointTable
    """
    loss = np.maximum(np.exp(log_loss), 1e-300)
    said, fails = np.maximum(np.exp(-loss), 1e-300), -np.expm1(-loss)
    share, number = table.success, table.problems
    log_fails = np.log(fails)
    half = number * (xlogy(share, share) + share * loss + xlogy(1.0 - share, 1.0 - share) - (1.0 - share) * log_fails)
    off = share * fails - said * (1.0 - share)  # share - said without cancellation near 1
    root = np.sign(off) * np.sqrt(np.maximum(2.0 * half, 0.0))
    exact = np.sqrt(number * said / fails) * loss
    near = np.abs(root) < NEAR
    return root, np.where(near, exact, number * off * loss / fails / np.where(near, 1.0, root))


def measured_noise(candidate: AbstractCandidate, table: JointTable, u: Array) -> Noise:
    """The noise that makes the squared residuals of a fit add up to its degrees of freedom.

    Parameters
    ----------
    candidate : AbstractCandidate
    table : JointTable
    u : ndarray of shape (coordinate,)
        The fit.
    """
    fitted = candidate.fitted(u, table)[0][table.cell]
    squares, binomial = deviance(fitted, table)[0] ** 2, sampling(fitted, table.problems)
    free = max(table.rows - len(u), 1)
    if float(squares.sum()) <= free:
        factor, scatter = max(float(squares.sum()) / free, 1e-6), 0.0
    else:
        low, high = 0.0, MOST_SCATTER
        for _ in range(50):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if float((squares / (1.0 + middle**2 / binomial)).sum()) > free else (low, middle)
        factor, scatter = 1.0, 0.5 * (low + high)
    loss = 0.01
    if candidate.reads_loss and len(table.loss):
        off = candidate.fitted_loss(u, table)[0] - np.log(table.loss)
        loss = max(float(np.sqrt(off @ off / max(len(off) - 5, 1))), LEAST_LOSS)
    return Noise(factor, scatter, loss)
