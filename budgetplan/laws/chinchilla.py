"""Pre-training loss as a floor plus a power of params plus a power of tokens (Chinchilla form).

    L(N, D) = E + A N^-alpha + B D^-beta                      (Hoffmann et al., Eq. 2 and 10)
    dL/d ln N = -alpha A N^-alpha,     dL/d ln D = -beta B D^-beta

Limits: N, D -> inf gives E. Gadre's over-trained form L = E + (a M^eta + b M^-eta) C^-eta with C = 6 N D, M = D/N is this
form with alpha = beta = 2 eta, A = a 6^-eta, B = b 6^-eta.

Repeated data (Muennighoff et al.) replace D by the tokens of fresh data worth as much, see `effective_tokens`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

import numpy as np

from budgetplan.laws.effective_tokens import repetition
from budgetplan.laws.model import AbstractPretraining
from budgetplan.numerics.arrays import Array


@dataclass(frozen=True)
class ChinchillaLoss(AbstractPretraining):
    """E + A/N^alpha + B/D'^beta, with D' = D unless unique tokens are limited.

    Attributes
    ----------
    E : float or ndarray
        Irreducible loss. [nat/token]
    A, B : float or ndarray
        Size of the two reducible terms at N = 1 param, D = 1 token. [nat/token]
    alpha, beta : float or ndarray
        Exponents of N and D. [1]
    unique_tokens : float
        Distinct tokens available; inf where data are not limited. [token]
    half_life : float
        Epochs R* over which repeated tokens lose their value (Muennighoff et al.). [1]

    References
    ----------
    .. [1] Hoffmann et al., "Training Compute-Optimal Large Language Models", 2022, arXiv:2203.15556.
    .. [2] Gadre et al., "Language models scale reliably with over-training and on downstream tasks", 2024, arXiv:2403.08540.
    """

    E: float | Array
    A: float | Array
    B: float | Array
    alpha: float | Array
    beta: float | Array
    unique_tokens: float = inf
    half_life: float = inf

    @property
    def floor(self) -> float:
        """The irreducible loss E. [nat/token]"""
        return float(np.min(self.E))

    def without_floor(self) -> ChinchillaLoss:
        """The same terms with E = 0."""
        return replace(self, E=0.0)

    def terms(self, n: Array, d: Array) -> tuple[Array, Array, Array]:
        """The two reducible terms, and d ln D'/d ln D.

        Parameters
        ----------
        n, d : ndarray of shape (...)
            ln N and ln D.

        Returns
        -------
        params_term, tokens_term, elasticity : ndarray of shape (...)
            [nat/token], [nat/token], [1].
        """
        gain: Array = np.ones_like(d)
        if self.unique_tokens < inf:
            d, gain = repetition(d, self.unique_tokens, self.half_life)
        return self.A * np.exp(-self.alpha * n), self.B * np.exp(-self.beta * d), gain

    def loss_and_partials(self, n: Array, d: Array) -> tuple[Array, Array, Array]:
        """L, dL/d ln N and dL/d ln D, each of shape (...).

        Parameters
        ----------
        n, d : ndarray of shape (...)
            ln N and ln D.
        """
        by_params, by_tokens, gain = self.terms(n, d)
        return self.E + by_params + by_tokens, -self.alpha * by_params, -self.beta * by_tokens * gain


def overtrained(E: float, a: float, b: float, eta: float) -> ChinchillaLoss:
    """Gadre's law of over-training as the Chinchilla form it is.

    Parameters
    ----------
    E : float
        Irreducible loss. [nat/token]
    a, b : float
        Terms of the token multiplier M = D/N at C = 1 FLOP. [nat/token]
    eta : float
        Exponent of compute. [1]

    Returns
    -------
    ChinchillaLoss
        With alpha = beta = 2 eta.

    Examples
    --------
    >>> law = overtrained(1.8366, 212.24, 366.69, 0.1364)
    >>> round(float(law.loss_and_partials(np.log(1.44e9), np.log(9.215e11))[0]), 3)
    2.521
    """
    return ChinchillaLoss(E, a * 6.0**-eta, b * 6.0**-eta, 2 * eta, 2 * eta)
