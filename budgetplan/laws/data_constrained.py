"""Pre-training loss when unique data are limited: repeated tokens and excess params both lose value.

    L = E + A/N'^alpha + B/D'^beta,     U_D = min(U, D),  U_N = min(N, N_opt(U_D)),  N_opt(U) = (U G)^(beta/alpha) G
    G = (alpha A/(beta B))^(1/(alpha + beta))                                   (Muennighoff et al., Section 3 and appendix)

N' follows the same curve as D' (see `effective_tokens`) with R_N*. With D <= U the excess params are counted against
N_opt(D), so that the law differs from its Chinchilla base for models larger than the data warrant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

import numpy as np

from budgetplan.laws.effective_tokens import repetition
from budgetplan.laws.model import AbstractPretraining
from budgetplan.numerics.arrays import Array, as_array


@dataclass(frozen=True)
class DataConstrainedLoss(AbstractPretraining):
    """The law of Muennighoff et al.; without `unique_tokens` its Chinchilla base.

    Attributes
    ----------
    E, A, B, alpha, beta : float
        As in the Chinchilla form. [nat/token], [1]
    RD_star, RN_star : float
        Epochs over which repeated tokens and excess params lose their value. [1]
    unique_tokens : float
        Distinct tokens available; inf where data are not limited. [token]

    References
    ----------
    .. [1] Muennighoff et al., "Scaling Data-Constrained Language Models", 2023, arXiv:2305.16264.
    """

    E: float
    A: float
    B: float
    alpha: float
    beta: float
    RD_star: float
    RN_star: float
    unique_tokens: float = inf

    @property
    def floor(self) -> float:
        """The irreducible loss E. [nat/token]"""
        return float(np.min(self.E))

    def without_floor(self) -> DataConstrainedLoss:
        """The same terms with E = 0."""
        return replace(self, E=0.0)

    def loss_and_partials(self, n: Array, d: Array) -> tuple[Array, Array, Array]:
        """L, dL/d ln N and dL/d ln D, each of shape (...).

        Parameters
        ----------
        n, d : ndarray of shape (...)
            ln N and ln D.
        """
        if self.unique_tokens == inf:
            by_params, by_tokens = self.A * np.exp(-self.alpha * n), self.B * np.exp(-self.beta * d)
            return self.E + by_params + by_tokens, -self.alpha * by_params, -self.beta * by_tokens
        log_unique = np.log(as_array(self.unique_tokens))
        log_g = np.log(self.alpha * self.A / (self.beta * self.B)) / (self.alpha + self.beta)
        used = np.minimum(d, log_unique)
        best = (used + log_g) * (self.beta / self.alpha) + log_g
        log_params, gain_n = repetition(n, np.exp(best), self.RN_star)
        log_tokens, gain_d = repetition(d, self.unique_tokens, self.RD_star)
        by_params, by_tokens = self.A * np.exp(-self.alpha * log_params), self.B * np.exp(-self.beta * log_tokens)
        # ln N' moves with ln N_opt(U_D) too while D < U: N' = N_opt f(N/N_opt).
        through_best = np.where(d < log_unique, (1.0 - gain_n) * (self.beta / self.alpha), 0.0)
        by_d = -self.beta * by_tokens * gain_d - self.alpha * by_params * through_best
        return self.E + by_params + by_tokens, -self.alpha * by_params * gain_n, by_d
