"""The rival of a shared tail exponent: one concentration of the Beta for all checkpoints.

If problems were equally unequal at every skill, the concentration nu = a + b would be the constant, not the tail
exponent a = mu nu. Over a narrow range of success the two are hard to tell apart; over decades they are not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from beta_spread import Counts, cost
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit


def fit_mean(counts: Counts, nu: float) -> float:
    """Negative log-likelihood at the best mean with the concentration given [nat]."""
    centre = float(logit(counts.mean))
    found = minimize_scalar(
        lambda x: cost(counts, nu * float(expit(x)), float(expit(x))),
        bounds=(centre - 4, centre + 4),
        method="bounded",
    )
    return float(found.fun)


def fit_concentration(checkpoints: Sequence[Counts]) -> tuple[float, float]:
    """One concentration for all checkpoints, each with its own mean.

    Parameters
    ----------
    checkpoints : sequence of Counts
        At least one.

    Returns
    -------
    nu : float
        Concentration [1].
    cost : float
        Negative log-likelihood, comparable with that of a shared tail [nat].
    """
    found = minimize_scalar(
        lambda x: sum(fit_mean(counts, float(np.exp(x))) for counts in checkpoints),
        bounds=(np.log(0.1), np.log(1e5)),
        method="bounded",
    )
    return float(np.exp(found.x)), float(found.fun)
