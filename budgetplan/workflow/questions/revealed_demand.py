"""Revealed demand: the served tokens at which a model's size is the cheapest way to its own loss.

A model that is smaller and trained longer than compute-optimal costs more to train and less to serve. If its size was chosen well,
it was chosen for some demand S. At a fixed loss, stationarity of the lifetime cost N (kappa_pre D + kappa_inf S) gives

    (kappa_pre D + kappa_inf S)/(kappa_pre D) = a_N/a_D,     S = D (kappa_pre/kappa_inf) (a_N/a_D - 1)

with a_N = -dL/d ln N and a_D = -dL/d ln D at the model's own N and D. It holds for every law with these derivatives; under the
Chinchilla form a_N/a_D = alpha A N^-alpha/(beta B D^-beta), and the formula is Sardana et al.'s first-order condition solved for S.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.laws.model import AbstractPretraining
from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import problem
from budgetplan.planning.solver import solve

CLOSE = 0.01
"""Difference of N between the model and the plan for its revealed demand, up to which the demand stands. [1]"""


@dataclass(frozen=True)
class RevealedDemand:
    """Served tokens that would make given models' sizes optimal.

    Attributes
    ----------
    served : ndarray of shape (model,)
        S; nan where N is at or above the compute-optimal one, which no demand makes optimal. [token]
    replanned : ndarray of shape (model,)
        N of the optimum that is planned with S and the model's lifetime compute; nan where S is. [param]
    """

    served: Array
    replanned: Array


def revealed_demand(law: AbstractPretraining, params: Array, tokens: Array, kappa: Array) -> RevealedDemand:
    """Served tokens at which the models' sizes are optimal, and the sizes that planning with them gives.

    Parameters
    ----------
    law : AbstractPretraining
        Loss in N and D.
    params, tokens : ndarray of shape (model,)
        N and D. [param], [token]
    kappa : ndarray of shape (3,)
        Cost of a pre-training, RL and served token per param. [FLOP/(param token)]

    Returns
    -------
    RevealedDemand

    References
    ----------
    .. [1] Sardana et al., "Beyond Chinchilla-Optimal: Accounting for Inference in Language Model Scaling Laws", 2023,
       arXiv:2401.00448.

    Examples
    --------
    Equal exponents and equal terms: four times as many tokens as params halve the tokens' term, so S = 3 D (2 - 1).

    >>> from budgetplan.laws.chinchilla import ChinchillaLoss
    >>> law = ChinchillaLoss(1.8, 400.0, 400.0, 0.5, 0.5)
    >>> found = revealed_demand(law, np.array([1e9]), np.array([4e9]), np.array([6.0, 8.0, 2.0]))
    >>> f"{found.served[0]:.3g}"
    '1.2e+10'
    """
    _, by_params, by_tokens = law.loss_and_partials(np.log(params), np.log(tokens))
    served = tokens * (kappa[0] / kappa[2]) * (by_params / by_tokens - 1.0)
    served = np.where(served > 0, served, np.nan)
    replanned = np.full_like(served, np.nan)
    exists = np.isfinite(served)
    if exists.any():
        n, d, s = params[exists], tokens[exists], served[exists]
        lifetime = n * (kappa[0] * d + kappa[2] * s)
        replanned[exists] = np.exp(solve(problem(law, lifetime, kappa, served=s)).y[0])
    return RevealedDemand(served, replanned)
