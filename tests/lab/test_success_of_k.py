"""Success of k samples: the unbiased estimator against its definition and the package's own, and k between whole numbers."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest

from budgetplan.fitting.passk.read import Counts
from budgetplan.fitting.passk.unbiased import problem_coverage
from budgetplan.lab.success_of_k import pass_at_k, sampled_success


def test_it_is_the_share_of_subsets_that_hold_a_right_answer() -> None:
    for right in range(7):
        answers = [1] * right + [0] * (6 - right)
        for k in range(1, 7):
            subsets = list(combinations(answers, k))
            assert pass_at_k(np.array([right]), 6, k)[0] == pytest.approx(sum(max(subset) for subset in subsets) / len(subsets))


def test_its_mean_over_samples_is_the_true_success() -> None:
    p, n = 0.07, 16
    for k in (1, 4, 16):
        mean = sum(comb(n, c) * p**c * (1 - p) ** (n - c) * pass_at_k(np.array([c]), n, k)[0] for c in range(n + 1))
        assert mean == pytest.approx(1 - (1 - p) ** k, rel=1e-12)


def test_it_agrees_with_the_estimator_of_the_fits() -> None:
    correct = np.random.default_rng(0).binomial(64, 0.1, 500)
    k = np.array([1, 2, 4, 8, 16, 32])
    wanted = problem_coverage(Counts(correct.astype(float), np.full(500, 64.0)), k.astype(float)).mean(0)
    assert pass_at_k(correct, 64, k) == pytest.approx(wanted, rel=1e-9)


def test_sampled_success_is_exact_at_whole_k_and_lies_between_at_others() -> None:
    correct = np.array([0, 3, 9, 64])
    ends = [sampled_success(correct, 64, k) for k in (2.0, 2.5, 3.0)]
    by_hand = np.mean([1 - (64 - c) * (63 - c) / (64 * 63) for c in correct])
    assert ends[0] == pytest.approx(by_hand)
    assert ends[0] < ends[1] < ends[2]
    assert sampled_success(correct, 64, 64.0) == pytest.approx(0.75)
