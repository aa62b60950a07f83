"""RL as a gain in ability: logits added to what pre-training gave.

    ability-log:         a = a_0 + gain ln(1 + R/R_0)              da/d ln R = gain R/(R + R_0)
    ability-saturating:  a = a_0 + ceiling h, h = x^b/(1 + x^b),   da/d ln R = ceiling b h (1 - h),    x = R/R_mid
    ability-approach:    a = a_0 + h s, s = ln(1 + e^(reach - a_0)),   da/d ln R = b h (1 - h) s
                                                                   da/da_0 = 1 - h sigma(reach - a_0)

R = 0 gives a = a_0. For small error the first is a power law of the error in R with exponent `gain` (the form of Tan et al.);
the second levels off, as every run on one fixed task set does. The third levels off where the odds of success are those before
RL and those of `reach` together: a model far below it gains much, one above it hardly anything. It is budgetplan's own, made for
the measurements of its lab, where the gain in logits falls by more than half while ability before RL rises by a logit and a half.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.numerics.logistic import sigmoid, softplus


class AbstractRlLink(ABC):
    """Ability after RL, from the ability before, ln N and ln R.

    Ability must not fall in any argument, and ln success(a) - ln success(a_0) must not rise in a_0: the bound of the
    joint law rests on both.
    """

    @abstractmethod
    def ability(self, start: Array, n: Array, r: Array) -> Array:
        """Ability after R tokens of RL.

        Parameters
        ----------
        start : ndarray of shape (...)
            Ability before RL. [logit]
        n, r : ndarray of shape (...)
            ln N and ln R; r = -inf is no RL.

        Returns
        -------
        ndarray of shape (...)
            [logit]
        """

    @abstractmethod
    def partials(self, start: Array, n: Array, r: Array) -> tuple[Array, Array, Array, Array]:
        """Ability after RL and its derivatives by the ability before, ln N and ln R, each of shape (...)."""


@dataclass(frozen=True)
class LogarithmicGain(AbstractRlLink):
    """Ability grows with the logarithm of RL tokens.

    Attributes
    ----------
    gain : float or ndarray
        Logits per e-fold of RL tokens well beyond the reference. [logit]
    reference : float or ndarray
        Tokens R_0 below which RL hardly counts. [token]
    """

    gain: float | Array
    reference: float | Array

    def ability(self, start: Array, n: Array, r: Array) -> Array:
        """a_0 + gain ln(1 + R/R_0)."""
        return start + self.gain * np.logaddexp(0.0, r - np.log(self.reference))

    def partials(self, start: Array, n: Array, r: Array) -> tuple[Array, Array, Array, Array]:
        """The ability and its derivatives."""
        z = r - np.log(self.reference)
        one, zero = np.ones_like(start), np.zeros_like(start)
        return start + self.gain * np.logaddexp(0.0, z), one, zero, self.gain * sigmoid(z)


@dataclass(frozen=True)
class SaturatingGain(AbstractRlLink):
    """Ability grows along a sigmoid in ln R to a ceiling.

    Attributes
    ----------
    ceiling : float or ndarray
        Logits that RL adds at most. [logit]
    midpoint : float or ndarray
        Tokens at which half of them are there. [token]
    steepness : float or ndarray
        Exponent b. [1]
    """

    ceiling: float | Array
    midpoint: float | Array
    steepness: float | Array

    def ability(self, start: Array, n: Array, r: Array) -> Array:
        """a_0 + ceiling x^b/(1 + x^b)."""
        return start + self.ceiling * sigmoid(self.steepness * (r - np.log(self.midpoint)))

    def partials(self, start: Array, n: Array, r: Array) -> tuple[Array, Array, Array, Array]:
        """The ability and its derivatives."""
        z = self.steepness * (r - np.log(self.midpoint))
        h, rest = sigmoid(z), sigmoid(-z)
        one, zero = np.ones_like(start), np.zeros_like(start)
        return start + self.ceiling * h, one, zero, self.ceiling * self.steepness * h * rest


@dataclass(frozen=True)
class ApproachingGain(AbstractRlLink):
    """Ability moves part of the way, a sigmoid in ln R, to what the start and RL's own reach are worth together.

    Attributes
    ----------
    reach : float or ndarray
        Ability that endless RL gives to a model without any. [logit]
    midpoint : float or ndarray
        Tokens at which half of the way is made. [token]
    steepness : float or ndarray
        Exponent b. [1]
    """

    reach: float | Array
    midpoint: float | Array
    steepness: float | Array

    def ability(self, start: Array, n: Array, r: Array) -> Array:
        """a_0 + x^b/(1 + x^b) ln(1 + e^(reach - a_0))."""
        return start + sigmoid(self.steepness * (r - np.log(self.midpoint))) * softplus(self.reach - start)

    def partials(self, start: Array, n: Array, r: Array) -> tuple[Array, Array, Array, Array]:
        """The ability and its derivatives."""
        z = self.steepness * (r - np.log(self.midpoint))
        h, rest, way = sigmoid(z), sigmoid(-z), softplus(self.reach - start)
        by_start = rest + h * sigmoid(start - self.reach)
        return start + h * way, by_start, np.zeros_like(start), self.steepness * h * rest * way


@dataclass(frozen=True)
class NoGain(AbstractRlLink):
    """RL changes nothing: for laws without an RL link."""

    def ability(self, start: Array, n: Array, r: Array) -> Array:
        """The ability before."""
        return start + 0.0 * n

    def partials(self, start: Array, n: Array, r: Array) -> tuple[Array, Array, Array, Array]:
        """The ability and its derivatives."""
        zero = np.zeros_like(start)
        return start, np.ones_like(start), zero, zero
