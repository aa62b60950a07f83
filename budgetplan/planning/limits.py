"""Limits on an allocation: bounds on params, on each kind of token, on samples and on each share of compute.

In logarithms every limit is an interval on a sum of at most two variables: ln N, ln x_j, or ln N + ln x_j (a share, since the
compute of stage j is kappa_j N x_j). The rows are

    0: n     1: d     2: r     3: i     4: n + d     5: n + r     6: n + i

with i = ln(inference tokens). A limit on samples per query is one on inference tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array, Bools, Index

ROWS = np.array(
    [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]], dtype=np.float64
)
"""Coefficients of (n, d, r, i) in each row."""

ROW_NAMES = (
    "params",
    "pretraining_tokens",
    "rl_tokens",
    "inference_tokens",
    "pretraining_share",
    "rl_share",
    "inference_share",
)
"""Name of the limit that each row stands for."""

KEYS = (*ROW_NAMES, "samples_per_query")
"""Everything a limit can be put on."""

FEWEST_PARAMS = 1e4
"""Params below which no plan is looked for: a limit like any other, so that a law that pays for smaller models is seen. [param]"""

FEWEST_TOKENS = 1e5
"""Pre-training tokens below which no plan is looked for, for the same reason. [token]"""

FIXED = 1e-12
"""Intervals narrower than this in logs fix their row."""


@dataclass(frozen=True)
class Limits:
    """Intervals on the rows, in logs.

    Attributes
    ----------
    low, high : ndarray of shape (7, instance)
        Bounds of the rows; -inf and inf where there is none.
    rl_forbidden : bool
        RL tokens are fixed or limited to zero.
    """

    low: Array
    high: Array
    rl_forbidden: bool = False

    @property
    def fixed(self) -> Bools:
        """Which rows are fixed for every instance, shape (7,)."""
        fixed: Bools = np.all(self.high - self.low <= FIXED, axis=1)
        return fixed

    @property
    def any(self) -> bool:
        """Whether there is any limit beside the standing ones."""
        standing = bool(np.all(self.low == no_limits(1).low))
        return not standing or bool(np.isfinite(self.high).any())

    def take(self, index: Index | slice) -> Limits:
        """The limits of the instances in `index`."""
        return Limits(self.low[:, index], self.high[:, index], self.rl_forbidden)

    def violation(self, y: Array) -> Array:
        """Largest violation of any row, in logs, shape (instance,); 0 where all hold.

        Parameters
        ----------
        y : ndarray of shape (4, instance)
            n, d, r, i; r or i = -inf counts as below every bound.
        """
        values = rows(y)
        with np.errstate(invalid="ignore"):  # -inf - -inf: no bound and no RL, which is no violation
            over = np.where(np.isneginf(values), np.where(np.isneginf(self.low), 0.0, np.inf), self.low - values)
            under = np.where(np.isneginf(values), 0.0, values - self.high)
        worst: Array = np.max(np.maximum(np.nan_to_num(over, neginf=0.0), np.nan_to_num(under, neginf=0.0)), axis=0)
        return np.maximum(worst, 0.0)


def no_limits(instances: int) -> Limits:
    """Limits that limit nothing but the fewest params and tokens.

    Parameters
    ----------
    instances : int
        How many instances.
    """
    low = np.full((7, instances), -np.inf)
    low[:2] = np.log([[FEWEST_PARAMS], [FEWEST_TOKENS]])
    return Limits(low, np.full((7, instances), np.inf))


def rows(y: Array) -> Array:
    """Values of the seven rows at n, d, r, i.

    Parameters
    ----------
    y : ndarray of shape (4, ...)
        n, d, r, i.

    Returns
    -------
    ndarray of shape (7, ...)
    """
    return np.concatenate([y, y[:1] + y[1:]])
