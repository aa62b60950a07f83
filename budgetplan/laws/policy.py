"""Policies: the compute-optimal size as a power of compute, with no loss behind it.

    N(C) = N_0 C^a,   D(C) = C/(6 N)        or, where a policy states tokens,   D(C) = D_0 C^b,   N(C) = C/(6 D)

A policy answers "how large, how long" for pre-training alone; it cannot say what a different split would cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array, as_array

FLOP_PER_PARAM_TOKEN = 6.0
"""Training FLOP per param and token: 2 forward, 4 backward (Kaplan et al., arXiv:2001.08361, Section 2.1)."""


@dataclass(frozen=True)
class PowerPolicy:
    """N or D as a power of training compute.

    Attributes
    ----------
    coefficient, exponent : float
        Of N(C) = coefficient (C/unit)^exponent, or of D(C) where `of_tokens`.
    of_tokens : bool
        Whether the power gives tokens rather than params.
    unit : float
        Compute that counts as one. [FLOP]
    """

    coefficient: float
    exponent: float
    of_tokens: bool = False
    unit: float = 1.0

    def allocate(self, compute: float | Array) -> tuple[Array, Array]:
        """Params and tokens for a training budget.

        Parameters
        ----------
        compute : float or ndarray of shape (...)
            Training compute. [FLOP]

        Returns
        -------
        params, tokens : ndarray of shape (...)
            With 6 x params x tokens = compute. [param], [token]

        Examples
        --------
        >>> params, tokens = PowerPolicy(0.1189, 0.4969).allocate(1e21)
        >>> float(6 * params * tokens)
        1e+21
        """
        amount = as_array(compute)
        first = self.coefficient * (amount / self.unit) ** self.exponent
        other = amount / (FLOP_PER_PARAM_TOKEN * first)
        return (other, first) if self.of_tokens else (first, other)

    def log_params(self, log_compute: Array) -> Array:
        """ln N at ln C, shape kept."""
        return np.log(self.allocate(np.exp(log_compute))[0])
