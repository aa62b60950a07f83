"""Success of k samples: from counts of right answers without bias, and from the model's own probabilities exactly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def pass_at_k(correct: npt.NDArray[np.int64], samples: int, k: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Unbiased success of k samples, of shape (k,): one minus the share of k-subsets of the samples that are all wrong.

    Parameters
    ----------
    correct : ndarray of shape (problem,)
        Right answers per problem.
    samples : int
        Samples per problem.
    k : array_like of int
        From 1 to `samples`.

    Returns
    -------
    ndarray of shape (k,)

    References
    ----------
    .. [1] Chen et al., "Evaluating Large Language Models Trained on Code", 2021, arXiv:2107.03374.

    Examples
    --------
    >>> pass_at_k(np.array([1, 0, 4]), 4, [1, 2]).round(4).tolist()
    [0.4167, 0.5]
    """
    results = []
    for number in np.atleast_1d(np.asarray(k, dtype=np.int64)):
        places = np.arange(number)
        # C(n - c, k)/C(n, k) as a product of k factors; one factor is zero where fewer than k answers are wrong.
        wrong = np.maximum(samples - correct[:, None] - places, 0) / (samples - places)
        results.append(1.0 - wrong.prod(1).mean())
    return np.array(results)


def exact_success(probability: npt.NDArray[np.float64], k: float) -> float:
    """Mean over problems of 1 - (1 - p)^k, for any real k.

    Examples
    --------
    >>> exact_success(np.array([0.5, 0.0]), 2.0)
    0.375
    """
    return float(-np.expm1(k * np.log1p(-np.minimum(probability, 1.0 - 1e-12))).mean())


def sampled_success(correct: npt.NDArray[np.int64], samples: int, k: float) -> float:
    """Unbiased success of k samples; between whole k it is interpolated in ln k.

    Examples
    --------
    >>> correct = np.array([1, 0, 4])
    >>> low, high = pass_at_k(correct, 4, [1, 2])
    >>> bool(np.isclose(sampled_success(correct, 4, 2**0.5), (low + high) / 2))
    True
    """
    low = min(int(np.floor(k)), samples)
    high = min(low + 1, samples)
    ends = pass_at_k(correct, samples, [low, high])
    if high == low:
        return float(ends[0])
    share = np.log(k / low) / np.log(high / low)
    return float((1.0 - share) * ends[0] + share * ends[1])
