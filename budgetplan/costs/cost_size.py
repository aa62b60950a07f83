"""Params as the price of a token counts them: what makes a cost with attention proportional to one number again.

A token of a model of N params costs kappa (N + attention/2), and attention grows as t^2 where params grow as b t^3 + w t
(`architecture_family`). The cost size M is that sum, scaled so that at one size N_0 it is the params themselves:

    M(t) = (1 - a) N(t) + a N_0 (t/t_0)^2,     N(t) = b t^3 + w t,     N(t_0) = N_0

with a the part of the cost that attention takes there. Compute is then kappa M tokens with kappa the price at N_0, whatever N is,
and a solver that knows only such costs weighs N at what it costs. M rises in N, so that either gives the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array, as_array

STEPS = 200
"""Most Newton steps; five near N_0, one more per factor of 1.5 in t."""


@dataclass(frozen=True)
class CostSize:
    """How params and cost size of one family belong together.

    Attributes
    ----------
    blocks, words : float
        b and w, of the named shape. [param]
    growth : float
        t_0. [1]
    attention : float
        a, at least 0 and below 1. [1]

    Examples
    --------
    >>> sizes = CostSize(blocks=7e9, words=1e9, growth=1.0, attention=0.3)
    >>> [f"{float(np.exp(item)) / 1e9:.1f}" for item in (sizes.log_size(np.log(8e9)), sizes.log_params(np.log(16e9))[0])]
    ['8.0', '17.0']
    """

    blocks: float
    words: float
    growth: float
    attention: float

    @property
    def _terms(self) -> tuple[float, float, float]:
        """Coefficients of t^3, t^2 and t in M. [param]"""
        t = self.growth
        own = self.blocks * t**3 + self.words * t
        return (1.0 - self.attention) * self.blocks, self.attention * own / t**2, (1.0 - self.attention) * self.words

    def log_params(self, m: Array | float) -> tuple[Array, Array]:
        """ln N and d ln N/d ln M at m = ln M, shape kept.

        Parameters
        ----------
        m : array_like
        """
        terms = self._terms
        t = grown(terms, np.exp(as_array(m)))
        params = self.blocks * t**3 + self.words * t
        rise = (3.0 * self.blocks * t**3 + self.words * t) / params
        size = (3.0 * terms[0] * t**3 + 2.0 * terms[1] * t**2 + terms[2] * t) / (terms[0] * t**3 + terms[1] * t**2 + terms[2] * t)
        return np.log(params), rise / size

    def log_size(self, n: Array | float) -> Array:
        """ln M at n = ln N, shape kept.

        Parameters
        ----------
        n : array_like
        """
        cubic, square, linear = self._terms
        t = grown((self.blocks, 0.0, self.words), np.exp(as_array(n)))
        out: Array = np.log(cubic * t**3 + square * t**2 + linear * t)
        return out


def grown(terms: tuple[float, float, float], value: Array) -> Array:
    """The positive root t of p t^3 + q t^2 + r t = v, shape kept.

    Parameters
    ----------
    terms : (p, q, r)
        None negative, p positive.
    value : ndarray
        v, positive; nan and inf pass.

    Examples
    --------
    >>> float(grown((1.0, 2.0, 3.0), np.array(6.0)))
    1.0
    """
    cubic, square, linear = terms
    t = np.cbrt(value / cubic)
    # each term alone gives a root that is too large; from above the convex sum is descended without a safeguard
    if square > 0:
        t = np.minimum(t, np.sqrt(value / square))
    if linear > 0:
        t = np.minimum(t, value / linear)
    for _ in range(STEPS):
        step = (((cubic * t + square) * t + linear) * t - value) / ((3.0 * cubic * t + 2.0 * square) * t + linear)
        t = t - step
        if not np.any(np.abs(step) > 1e-15 * t):
            break
    out: Array = t
    return out
