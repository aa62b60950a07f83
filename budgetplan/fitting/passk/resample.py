"""Bootstrap over problems: how often each problem counts in each replicate."""

from __future__ import annotations

import numpy as np

from budgetplan.numerics.arrays import Array


def problem_weights(problems: int, replicates: int, seed: int) -> Array:
    """Counts of shape (replicate, problem); replicate i depends on `seed` and i only.

    Parameters
    ----------
    problems, replicates, seed : int

    Examples
    --------
    >>> problem_weights(5, 3, 0).sum(axis=1).tolist()
    [5.0, 5.0, 5.0]
    """
    weights = np.empty((replicates, problems))
    for row, child in enumerate(np.random.SeedSequence(seed).spawn(replicates)):
        drawn = np.random.default_rng(child).integers(problems, size=problems)
        weights[row] = np.bincount(drawn, minlength=problems)
    return weights
