"""How far training has to move a model: KL divergence that a rise in success costs, at least and by method.

Whatever a method does to the answers, their right-or-wrong part moves with them, so a new policy of success p' stands from
the old one of success p at least (data processing)

    KL(new || old) >= k(p', p) = p' ln(p'/p) + f' ln(f'/f),     k >= 0,  dk/dp' = logit p' - logit p     [nat/answer]

with equality where right answers are only reweighted among themselves as before: this is the least-moving policy, which
REINFORCE and its relatives approach from on-policy samples, and the best of n under a right-or-wrong reward is exactly it:
p' = 1 - f^n. For a reward without ties best of n costs ln n - (n - 1)/n, the upper bound for every reward. Fine-tuning to
convergence on one's own right answers ends at p' = 1 and pays k(1, p) = -ln p. Imitating another text of T tokens pays for its
wording too, T times the divergence per token, most of which has nothing to do with being right.

References
----------
.. [1] Shenfeld et al., "RL's Razor: Why Online RL Forgets Less", 2025, arXiv:2509.04259: forgetting follows the forward KL
   on the new task (R^2 .96 on ParityMNIST, .71 on a language model); similarity of representations on other text .94 after
   RL, .56 after SFT.
.. [2] Beirami et al., "Theoretical guarantees on the best-of-n alignment policy", 2024, arXiv:2401.01879 (an upper bound).
.. [3] Gao et al., "Scaling Laws for Reward Model Overoptimization", 2022, arXiv:2210.10760.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array, as_array

_SERIES = tuple((-1.0) ** n / (n * (n - 1)) for n in range(2, 18))
"""Of (1 + x) ln(1 + x) - x in x^2, x^3, ...; used for |x| < 0.1, where the last term is below rounding."""


def _divergence_term(new: Array, old: Array) -> Array:
    """old ((1 + x) ln(1 + x) - x) with x = new/old - 1: one sign, so that terms add without cancellation."""
    with np.errstate(divide="ignore", invalid="ignore"):
        x = (new - old) / old
        ratio = new / old
        far = new * np.log(np.where(ratio > 0.0, ratio, 1.0)) - new + old
    near = np.zeros_like(x)
    small = np.where(np.abs(x) < 0.1, x, 0.0)
    for coefficient in reversed(_SERIES):
        near = near * small + coefficient
    value = np.where(np.abs(x) < 0.1, old * small * small * near, far)
    return np.where(old == 0.0, np.where(new == 0.0, 0.0, np.inf), value)


def success_kl(new: Any, old: Any, new_failure: Any = None, old_failure: Any = None) -> Array:
    """k(p', p), the least KL(new || old) of a policy whose success is p' where it was p.

    Parameters
    ----------
    new, old : array_like
        p' and p in [0, 1]. [1]
    new_failure, old_failure : array_like, optional
        1 - p' and 1 - p where they are known more accurately than by subtraction. [1]

    Returns
    -------
    ndarray
        0 for p' = p, about (p' - p)^2/(2 p f) near it, infinite where p' > 0 = p or f' > 0 = f. The forward divergence,
        which forgetting follows, is `success_kl(old, new)`. [nat/answer]

    Examples
    --------
    >>> round(float(success_kl(0.6, 0.3)), 4), round(float(success_kl(1.0, 0.3)), 4)
    (0.192, 1.204)
    """
    p1, p0 = as_array(new), as_array(old)
    f1 = 1.0 - p1 if new_failure is None else as_array(new_failure)
    f0 = 1.0 - p0 if old_failure is None else as_array(old_failure)
    p1, p0, f1, f0 = np.broadcast_arrays(p1, p0, f1, f0)
    return _divergence_term(p1, p0) + _divergence_term(f1, f0)


def best_of_n_kl(samples: Any) -> Array:
    """ln n - (n - 1)/n, what the best of n samples costs where no two rewards are equal; an upper bound where some are.

    Parameters
    ----------
    samples : array_like
        n, at least 1. [1]

    Returns
    -------
    ndarray
        0 for n = 1. [nat/answer]

    Examples
    --------
    >>> round(float(best_of_n_kl(4)), 5), round(float(best_of_n_kl(64)), 5)
    (0.63629, 3.17451)
    """
    n = as_array(samples)
    return np.log(n) - (n - 1.0) / n


def imitation_kl(tokens: Any, nats_per_token: Any) -> Array:
    """T d, what imitating another's text costs per answer.

    Parameters
    ----------
    tokens : array_like
        T, length of an answer. [token]
    nats_per_token : array_like
        d = KL(teacher || student) per token. [nat/token]

    Returns
    -------
    ndarray
        At least k(teacher's success, student's). [nat/answer]
    """
    return as_array(tokens) * as_array(nats_per_token)
