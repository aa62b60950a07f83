"""Logistic function, its logarithm and its inverse against arithmetic of many digits."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.numerics.arrays import as_array
from budgetplan.numerics.logistic import logit, sigmoid, softplus

ABILITIES = (-744.0, -690.0, -100.0, -37.5, -1.0, -1e-9, 0.0, 1e-300, 0.3, 5.0, 36.9, 700.0)
abilities = st.floats(-700, 700)


@pytest.mark.parametrize("ability", ABILITIES)
def test_both_tails_keep_their_digits(ability: float) -> None:
    """Success, failure and both logarithms to rounding; 1 - sigma(40) in doubles would be zero."""
    x = np.array(ability)
    with mp.workdps(700):
        success = 1 / (1 + mp.exp(-mp.mpf(ability)))
        failure = 1 / (1 + mp.exp(mp.mpf(ability)))
        expected = [float(v) for v in (success, failure, -mp.log(failure), -mp.log(success))]
    found = [float(v) for v in (sigmoid(x), sigmoid(-x), softplus(x), softplus(-x))]
    # below 2.2e-308 doubles lose digits; one unit of the last place is then 5e-324
    assert found == pytest.approx(expected, rel=5e-16, abs=5e-324)


def test_limits_are_reached() -> None:
    """No RL and no data are infinite abilities, not NaN."""
    ends = np.array([-np.inf, np.inf])
    assert sigmoid(ends).tolist() == [0.0, 1.0]
    assert softplus(ends).tolist() == [0.0, np.inf]


@given(abilities)
def test_logit_inverts_where_failure_is_known(ability: float) -> None:
    """With success and failure apart the ability comes back, also where one of them rounds to 1."""
    x = np.array(ability)
    assert float(logit(sigmoid(x), sigmoid(-x))) == pytest.approx(ability, rel=1e-14, abs=1e-15)


@given(st.floats(-700, 30))
def test_logit_inverts_by_subtraction_while_failure_is_visible(ability: float) -> None:
    """Without failure, 1 - success limits the digits: an error of eps/failure in the ability."""
    x = np.array(ability)
    lost = 4 * np.finfo(float).eps / float(sigmoid(-x))
    assert float(logit(sigmoid(x))) == pytest.approx(ability, rel=1e-14, abs=lost)


@given(abilities)
def test_the_two_logarithms_differ_by_the_ability(ability: float) -> None:
    """ln(mu/(1 - mu)) = a: softplus(a) - softplus(-a) = a."""
    x = np.array(ability)
    assert float(softplus(x) - softplus(-x)) == pytest.approx(ability, rel=1e-15, abs=1e-15)


@given(abilities, st.floats(1e-6, 10))
def test_both_rise_with_ability(ability: float, step: float) -> None:
    """Success never falls and failure never rises with ability."""
    assert sigmoid(np.array(ability + step)) >= sigmoid(np.array(ability))
    assert softplus(np.array(ability + step)) >= softplus(np.array(ability))


def test_shapes_are_kept_and_numbers_become_doubles() -> None:
    """Scalars stay scalars of shape (), arrays keep their axes, nothing that is a double array is copied."""
    cells = np.linspace(-3, 3, 6).reshape(2, 3)
    assert sigmoid(cells).shape == softplus(cells).shape == logit(sigmoid(cells)).shape == (2, 3)
    assert np.shape(sigmoid(as_array(1))) == ()
    assert as_array([1, 2]).dtype == np.float64
    assert as_array(cells) is cells
