r"""When an equal split is exactly right, in closed form, for laws that are sums of powers.

With terms T_j = B_j x_j^-b_j and T_N = A N^-a, cost N sum_j kappa_j x_j = C and s_j the shares of compute,

    s_j = b_j T_j/(a T_N),      a T_N = sum_j b_j T_j                                                    (1)

A split s is optimal iff (1) holds at x_j = s_j C/(kappa_j N). The pre-training term then fixes N, and each other term its size:

    N^(a + b) = s_1 a A (s_1 C/kappa_1)^b/(b B),      B_j = s_j a T_N x_j^b_j/b_j                        (2)

The size that (2) asks for grows as C^(a (b_j - b)/(a + b)): only equal exponents let one law make an equal split right at all
budgets. Without a shared N (1) is s_j ~ b_j T_j. Pope's two costs, least a x^p + b/x^q, are the same statement: p cost_a equals
q cost_b, so that costs are equal iff p = q.

References
----------
.. [1] Hoffmann et al., "Training Compute-Optimal Large Language Models", 2022, arXiv:2203.15556, Eq. 4.
.. [2] Reiner Pope on the Dwarkesh Patel podcast, 2026-04-29, from 01:18:59.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.numerics.arrays import Array, as_array


@dataclass(frozen=True)
class ExactSizes:
    """What an additive law would have to be for a split to be optimal.

    Attributes
    ----------
    params : float
        N. [param]
    G, H : float
        Sizes of the terms of RL tokens and samples. [nat]
    G_growth, H_growth : float
        Exponents with which these sizes would have to grow in the budget. [1]
    """

    params: float
    G: float
    H: float
    G_growth: float
    H_growth: float


def sizes_for(model: AdditiveLoss, kappa: Array, budget: float, first_sample: float, share: Mapping[str, float]) -> ExactSizes:
    """Sizes of the RL and samples terms at which a split is exactly optimal, the pre-training terms as they are.

    Parameters
    ----------
    model : AdditiveLoss
        With floats as coefficients.
    kappa : ndarray of shape (3,)
        [FLOP/(param token)]
    budget : float
        C. [FLOP]
    first_sample : float
        Q tau, tokens of one sample of every query. [token]
    share : mapping of str to float
        Of pretraining, rl, inference. [1]

    Examples
    --------
    >>> law = AdditiveLoss(1.8, 482.0, 0.35, 2085.0, 0.37, 1.0, 0.37, 0.25, 0.3)
    >>> thirds = dict.fromkeys(("pretraining", "rl", "inference"), 1 / 3)
    >>> sizes_for(law, np.array([6.0, 14.0, 8.0]), 1e24, 1e12, thirds).G_growth
    0.0
    """
    a, b, gamma, delta = (float(item) for item in (model.alpha, model.beta, model.gamma, model.delta))
    first, rl, inference = share["pretraining"], share["rl"], share["inference"]
    spend = first * budget / kappa[0]
    log_n = (np.log(first * a * model.A / (b * model.B)) + b * np.log(spend)) / (a + b)
    params = float(np.exp(log_n))
    worth = a * float(model.A) * params**-a
    tokens, samples = rl * budget / (kappa[1] * params), inference * budget / (kappa[2] * params * first_sample)
    return ExactSizes(
        params,
        float(rl * worth * tokens**gamma / gamma),
        float(inference * worth * samples**delta / delta),
        a * (gamma - b) / (a + b),
        a * (delta - b) / (a + b),
    )


def kept_by_equal_split(share: Array) -> float:
    """Effective compute that an equal split keeps, exp(entropy)/n, where quality is a product of powers of the spends.

    Parameters
    ----------
    share : array_like of shape (stage,)
        The optimal shares. [1]

    Examples
    --------
    >>> round(kept_by_equal_split([0.5, 0.25, 0.25]), 4)
    0.9428
    """
    part = as_array(share)
    part = part[part > 0]
    return float(np.exp(-np.sum(part * np.log(part))) / np.size(share))
