"""Kaplan's joint loss of non-embedding params and tokens, for evaluation; its published policy decides the split.

    L(N, D) = [(N_c/N)^(alpha_N/alpha_D) + D_c/D]^alpha_D                           (Kaplan et al., Eq. 1.5)
    dL/d ln N = -alpha_N (L/S) (N_c/N)^(alpha_N/alpha_D),   dL/d ln D = -alpha_D (L/S) D_c/D,   S = the bracket

Limits: D -> inf gives (N_c/N)^alpha_N, N -> inf gives (D_c/D)^alpha_D; there is no irreducible loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.laws.model import AbstractPretraining
from budgetplan.numerics.arrays import Array


@dataclass(frozen=True)
class KaplanLoss(AbstractPretraining):
    """Kaplan's law; N excludes embeddings.

    Attributes
    ----------
    N_c, D_c : float
        Scales of params and tokens. [param], [token]
    alpha_N, alpha_D : float
        Exponents. [1]

    References
    ----------
    .. [1] Kaplan et al., "Scaling Laws for Neural Language Models", 2020, arXiv:2001.08361.
    """

    N_c: float
    D_c: float
    alpha_N: float
    alpha_D: float

    def loss_and_partials(self, n: Array, d: Array) -> tuple[Array, Array, Array]:
        """L, dL/d ln N and dL/d ln D, each of shape (...).

        Parameters
        ----------
        n, d : ndarray of shape (...)
            ln N and ln D.
        """
        by_params = np.exp((np.log(self.N_c) - n) * (self.alpha_N / self.alpha_D))
        by_tokens = np.exp(np.log(self.D_c) - d)
        total = by_params + by_tokens
        loss = total**self.alpha_D
        return loss, -self.alpha_N * loss * by_params / total, -self.alpha_D * loss * by_tokens / total
