"""KL that success costs: published values, exact arithmetic, the best of n as the least-moving policy."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.signal.divergence import best_of_n_kl, imitation_kl, success_kl

SUCCESS = st.floats(0.001, 0.999)


def exact_kl(new: mpmath.mpf, old: mpmath.mpf) -> mpmath.mpf:
    return new * mpmath.log(new / old) + (1 - new) * mpmath.log((1 - new) / (1 - old))


def test_b18_best_of_n() -> None:
    assert best_of_n_kl([4, 64]) == pytest.approx([0.63629, 3.17451], abs=1e-5)
    assert float(best_of_n_kl(1)) == 0.0


@pytest.mark.parametrize("old", [1e-300, 1e-12, 1e-3, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("ratio", [1e-9, 0.5, 1 - 1e-12, 1 - 1e-6, 1.01, 1.0999, 1.1001, 1.5])
def test_exact(old: float, ratio: float) -> None:
    new = min(old * ratio, 0.95)
    with mpmath.workdps(700):
        exact = float(exact_kl(mpmath.mpf(new), mpmath.mpf(old)))
    assert float(success_kl(new, old)) == pytest.approx(exact, rel=1e-9)
    if new < 0.01 or abs(ratio - 1) > 0.1:  # elsewhere 1 - p itself is rounded, which no formula undoes
        assert float(success_kl(new, old)) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("gap", [1e-12, 1e-6, 0.2])
def test_near_one_with_failures(gap: float) -> None:
    """From failure f = gap to half of it; by symmetry the same as from success gap to half of it."""
    with mpmath.workdps(60):
        exact = float(exact_kl(mpmath.mpf(gap) / 2, mpmath.mpf(gap)))
    found = float(success_kl(1 - gap / 2, 1 - gap, new_failure=gap / 2, old_failure=gap))
    assert found == pytest.approx(exact, rel=1e-12 if gap > 0.1 else 1e-4)
    assert float(success_kl(gap / 2, gap)) == pytest.approx(exact, rel=1e-12)


def test_ends() -> None:
    assert float(success_kl(1.0, 0.3)) == pytest.approx(-math.log(0.3), rel=1e-14)
    assert float(success_kl(0.0, 0.3)) == pytest.approx(-math.log(0.7), rel=1e-14)
    assert success_kl([0.3, 0.0, 1.0], [0.3, 0.0, 1.0]).tolist() == [0.0, 0.0, 0.0]
    assert success_kl([0.5, 0.5], [0.0, 1.0]).tolist() == [math.inf, math.inf]


@given(SUCCESS, SUCCESS)
def test_never_negative_and_at_least_twice_the_squared_gap(new: float, old: float) -> None:
    """Pinsker's inequality."""
    assert float(success_kl(new, old)) >= 2 * (new - old) ** 2 * (1 - 1e-12)


@given(st.floats(1e-6, 1.0 - 1e-6), st.integers(1, 10_000))
def test_a_verdict_makes_best_of_n_cheaper(p: float, n: int) -> None:
    moved = float(success_kl(-math.expm1(n * math.log1p(-p)), p, new_failure=(1 - p) ** n))
    assert 0.0 <= moved <= float(best_of_n_kl(n)) + 1e-12


def test_best_of_n_over_a_whole_distribution() -> None:
    """Eight answers, three of them right: enumerate what the best of n picks, and compare its KL with the bound."""
    base = np.array([0.05, 0.1, 0.15, 0.2, 0.1, 0.05, 0.05, 0.3])
    right = np.array([1, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
    p = base[right].sum()
    for n in (2, 4, 9):
        success = 1 - (1 - p) ** n
        picked = np.where(right, base / p * success, base / (1 - p) * (1 - success))
        kl = float((picked * np.log(picked / base)).sum())
        assert float(success_kl(success, p)) == pytest.approx(kl, rel=1e-12)


def test_best_of_n_in_a_simulation() -> None:
    """Draw n, keep a right one where there is one: the answers that are picked are distributed as claimed."""
    draw, n = np.random.default_rng(4), 3
    base = np.array([0.2, 0.1, 0.4, 0.3])
    drawn = draw.choice(4, size=(200_000, n), p=base)
    right = drawn < 2
    first = np.where(right.any(axis=1), right.argmax(axis=1), 0)
    picked = np.bincount(drawn[np.arange(len(drawn)), first], minlength=4) / len(drawn)
    kl = float((picked * np.log(picked / base)).sum())
    assert float(success_kl(1 - 0.7**n, 0.3)) == pytest.approx(kl, abs=0.01)


@given(st.floats(0.05, 0.6), st.floats(0.05, 0.39), st.integers(0, 10_000))
def test_no_policy_of_that_success_moves_less(p: float, gain: float, seed: int) -> None:
    draw = np.random.default_rng(seed)
    base = np.concatenate([p * draw.dirichlet(np.ones(3)), (1 - p) * draw.dirichlet(np.ones(4))])
    new = np.concatenate([(p + gain) * draw.dirichlet(np.ones(3)), (1 - p - gain) * draw.dirichlet(np.ones(4))])
    keep = (new > 0) & (base > 0)
    kl = float((new[keep] * np.log(new[keep] / base[keep])).sum())
    assert kl >= float(success_kl(p + gain, p)) - 1e-9


def test_imitation() -> None:
    assert imitation_kl(4000.0, [0.1, 0.02]) == pytest.approx([400.0, 80.0], rel=1e-15)
