"""Which of k samples is served: the verifier between none and an oracle.

    P = mu + efficiency (coverage(k_eff) - mu),    k_eff = 1 + (K - 1)(1 - exp(-(k - 1)/(K - 1)))
    d ln k_eff/d ln k = k exp(-(k - 1)/(K - 1))/k_eff

oracle: efficiency 1, K = inf: every right sample is found. none: voting or a reward model recovers a fixed part of the gap and
levels off near K samples. A verifier that accepts a wrong answer with probability eps: efficiency 1 - eps, K = 1/eps, since more
than 1/eps samples bring as many false as true answers. k = 1 is always mu: there is nothing to select.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from budgetplan.numerics.arrays import Array


@dataclass(frozen=True)
class Selection:
    """How much of the coverage of k samples is served.

    Attributes
    ----------
    efficiency : float or ndarray
        Part of the gap between one sample and coverage that selection recovers. [1]
    samples : float or ndarray
        K, samples beyond which more bring nothing. [1]

    References
    ----------
    .. [1] Brown et al., "Large Language Monkeys", 2024, arXiv:2407.21787 (plateau without a verifier).
    .. [2] Stroebl, Kapoor, Narayanan, "Inference Scaling fLaws", 2024, arXiv:2411.17501 (false positives).
    """

    efficiency: float | Array = 1.0
    samples: float | Array = inf

    def effective(self, log_samples: Array) -> tuple[Array, Array]:
        """ln k_eff and d ln k_eff/d ln k at ln k, shapes kept."""
        if isinstance(self.samples, float) and not isfinite(self.samples):
            return log_samples, np.ones_like(log_samples)
        span = np.maximum(np.asarray(self.samples) - 1.0, 1e-12)
        samples = np.exp(log_samples)
        endless = np.isinf(span)
        span = np.where(endless, 1.0, span)
        used = np.expm1(log_samples) / span
        reached = np.where(endless, samples, 1.0 - span * np.expm1(-used))
        return np.log(reached), np.where(endless, 1.0, samples * np.exp(-used) / reached)


def false_positive(rate: float) -> Selection:
    """The selection of a verifier that accepts a wrong answer with probability `rate`.

    Parameters
    ----------
    rate : float
        Between 0 (an oracle) and 1 (accepts everything: one sample's success). [1]

    Returns
    -------
    Selection
        Efficiency 1 - rate, K = 1/rate.

    Examples
    --------
    >>> false_positive(0.1)
    Selection(efficiency=0.9, samples=10.0)
    """
    return Selection(1.0 - rate, inf if rate == 0 else 1.0 / rate)
