"""A straight line through a curve by any of the three objectives: its intervals, its replicates, what it forecasts.

Residuals of replicates are scaled by sqrt(n/(n - 2)) before they are drawn again, as for sigmoids (see `rl.draws`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from scipy.special import stdtrit

from budgetplan.fitting.rl.noise import noise, rise_scale, widths
from budgetplan.fitting.rl.options import CurveOptions
from budgetplan.fitting.robust import pull
from budgetplan.numerics.arrays import Array

MOST_STEPS = 400
TOLERANCE = 1e-12
"""Reweighting ends when no coefficient moves by more than this."""


@dataclass(frozen=True)
class Line:
    """A fitted line y = level + slope (x - centre).

    Attributes
    ----------
    x, y : ndarray of shape (run,)
    centre : float
        Mean of x.
    ladder : tuple of float
        Huber widths it was fitted along.
    best : ndarray of shape (2,)
        Level and slope.
    covariance : ndarray of shape (2, 2)
        Of them.
    deviation : float
        Standard deviation of the noise.
    t : float
        Student's quantile of the intervals.
    """

    x: Array
    y: Array
    centre: float
    ladder: tuple[float, ...]
    best: Array
    covariance: Array
    deviation: float
    t: float

    @property
    def fitted(self) -> Array:
        """The line at the runs, shape (run,)."""
        out: Array = self.best[0] + self.best[1] * (self.x - self.centre)
        return out

    @property
    def residual(self) -> Array:
        """Fitted less measured, shape (run,)."""
        return self.fitted - self.y

    @property
    def design(self) -> Array:
        """Columns of level and slope, shape (run, 2)."""
        return np.stack([np.ones_like(self.x), self.x - self.centre], axis=1)

    def turned(self, turn: Array) -> tuple[Array, Array]:
        """Other coefficients, linear in these, and their standard errors.

        Parameters
        ----------
        turn : ndarray of shape (2, 2)
        """
        return turn @ self.best, np.sqrt(np.diag(turn @ self.covariance @ turn.T))

    def forecast(self, x: Array) -> tuple[Array, Array]:
        """The line at new x, and half the width of the interval in which a measurement there is expected, shape (run,) each.

        Parameters
        ----------
        x : ndarray of shape (run,)
        """
        away = x - self.centre
        unsure = self.covariance[0, 0] + 2.0 * self.covariance[0, 1] * away + self.covariance[1, 1] * away**2
        return self.best[0] + self.best[1] * away, self.t * np.sqrt(unsure + self.deviation**2)

    def draws(self, options: CurveOptions) -> Array:
        """Levels and slopes of bootstrap replicates, shape (replicate, 2).

        Parameters
        ----------
        options : CurveOptions
            `bootstrap` and `seed`.
        """
        size, left = self.x.size, -self.residual
        scaled = (left - left.mean()) * np.sqrt(size / max(size - 2, 1))
        drawn = np.empty((options.bootstrap, size), dtype=np.intp)
        for row, child in enumerate(np.random.SeedSequence(options.seed).spawn(options.bootstrap)):
            drawn[row] = np.random.default_rng(child).integers(size, size=size)
        return _lines(self.x - self.centre, self.fitted + scaled[drawn], self.ladder)


def fit_line(x: Array, y: Array, objective: str, options: CurveOptions) -> Line:
    """The line of least objective.

    Parameters
    ----------
    x, y : ndarray of shape (run,)
        Three runs at two values of x or more.
    objective : {"least-squares", "huber", "lad"}
    options : CurveOptions
        `delta` and `level`.

    Returns
    -------
    Line

    Examples
    --------
    >>> found = fit_line(np.arange(4.0), 3.0 * np.arange(4.0), "least-squares", CurveOptions())
    >>> found.best.round(9).tolist(), found.forecast(np.array([9.0]))[0].round(9).tolist()
    ([4.5, 3.0], [27.0])
    """
    ladder, centre = widths(objective, options.delta), float(x.mean())
    best = _lines(x - centre, y[None, :], ladder)[0]
    deviation = noise(best[0] + best[1] * (x - centre) - y, 2, ladder[-1])
    t = float(stdtrit(x.size - 2, 0.5 + options.level / 2.0))
    design = np.stack([np.ones_like(x), x - centre], axis=1)
    covariance: Array = rise_scale(deviation, ladder[-1]) * np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64)
    return Line(x, y, centre, ladder, best, covariance, deviation, t)


def _lines(x: Array, y: Array, ladder: tuple[float, ...]) -> Array:
    """Level and slope of the line through each row of `y`, shape (replicate, run): (replicate, 2)."""
    weights = np.ones(y.shape)
    line = _solve(x, y, weights)
    for width in ladder:
        if width == inf:
            continue
        for _ in range(MOST_STEPS):
            residual = line[:, :1] + line[:, 1:] * x - y
            moved = _solve(x, y, weights * pull(residual, width))
            change = float(np.abs(moved - line).max())
            line = moved
            if change <= TOLERANCE:
                break
    return line


def _solve(x: Array, y: Array, weights: Array) -> Array:
    total = weights.sum(axis=1)
    mean_x, mean_y = (weights @ x) / total, (weights * y).sum(axis=1) / total
    away = x - mean_x[:, None]
    slope = (weights * away * y).sum(axis=1) / (weights * away**2).sum(axis=1)
    return np.stack([mean_y - slope * mean_x, slope], axis=1)
