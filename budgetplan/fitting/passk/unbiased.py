"""Coverage of k samples from counts, without bias, and from a Beta.

    pass@k of a problem = 1 - C(n - c, k)/C(n, k)                                                             (Chen et al.)

is the failure of a Beta with a = c, b = n - c - k + 1, so that one function without cancellation serves both: a problem with one
right answer in a million keeps all its digits.

References
----------
.. [1] Chen et al., "Evaluating Large Language Models Trained on Code", 2021, arXiv:2107.03374.
"""

from __future__ import annotations

import numpy as np

from budgetplan.fitting.passk.read import Counts
from budgetplan.numerics.arrays import Array
from budgetplan.numerics.beta_coverage import log_failure

_MOST = 10_000.0
"""Largest k at which coverage is compared."""


def complete_samples(counts: Counts) -> Array:
    """1, 2, 4, ... and the fewest samples of any problem: k at which every problem has enough samples, of shape (k,)."""
    fewest = float(min(counts.samples.min(), _MOST))
    powers = 2.0 ** np.arange(np.floor(np.log2(fewest)) + 1)
    return powers if powers[-1] == fewest else np.append(powers, fewest)


def problem_coverage(counts: Counts, k: Array) -> Array:
    """Unbiased pass@k of each problem, of shape (problem, k).

    Parameters
    ----------
    counts : Counts
    k : ndarray of shape (k,)
        At most the fewest samples of any problem.

    Examples
    --------
    >>> counts = Counts(np.array([1.0, 0.0, 4.0]), np.array([4.0, 4.0, 4.0]))
    >>> problem_coverage(counts, np.array([1.0, 2.0])).round(3).tolist()
    [[0.25, 0.5], [0.0, 0.0], [1.0, 1.0]]
    """
    right, whole, k = np.broadcast_arrays(counts.correct[:, None], counts.samples[:, None] - k + 1.0, k)
    wrong = whole - right
    some = (right > 0) & (wrong > 0)
    a, b = np.where(some, right, 1.0), np.where(some, wrong, 1.0)
    fails = log_failure(np.log(b / (a + b)), a / (a + b), a + b, np.asarray(k, dtype=np.float64))
    return np.where(some, -np.expm1(fails), np.where(right > 0, 1.0, 0.0))


def beta_coverage(mean: float, concentration: float, k: Array) -> Array:
    """Coverage of k samples under a Beta, of shape (k,)."""
    one, nu = np.full(k.shape, mean), np.full(k.shape, concentration)
    return -np.expm1(log_failure(np.log1p(-one), one, nu, k))
