"""From one sample to k: the inference link, as success and failure of at least one of k samples.

    beta-spread:   p ~ Beta(mu nu, (1 - mu) nu);  coverage = 1 - E[(1 - p)^k]   (see `numerics.beta_coverage`)
                   ln nu = ln tail - (1 - drift) ln mu_0 - narrowing (ln mu - ln mu_0)
    passk-power:   -ln coverage = (-ln mu) k^b,  b < 0                          (Brown et al.)

`tail` is the Beta's first shape mu nu before RL: the exponent with which failure falls in k. Fits put it near .4 from success
.001 to .5, where nu itself moves by three decades: `drift` is 0 then. Where the exponent grows with success, drift says as which
power of it, and `tail` is the exponent at success 1. RL raises mu over mu_0 and narrows the spread, so that one sample gains much
and many samples little: RL and samples are substitutes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.numerics.beta_coverage import log_failure, log_failure_gradient

_WIDEST = 600.0
"""Bound of |ln nu|: beyond it the Beta is a point or two points to every digit."""


@dataclass(frozen=True)
class OneSample:
    """Success of one sample after and before RL, in logs.

    Attributes
    ----------
    log_success, log_failure : ndarray of shape (...)
        ln mu and ln(1 - mu) after RL. [1]
    log_start : ndarray of shape (...)
        ln mu_0, before RL. [1]
    """

    log_success: Array
    log_failure: Array
    log_start: Array


class AbstractCoverage(ABC):
    """Success of at least one of k samples; must not fall in mu at fixed spread nor in k."""

    @abstractmethod
    def coverage(self, one: OneSample, log_samples: Array) -> tuple[Array, Array]:
        """Coverage and 1 - coverage, each accurate by itself, of shape (...).

        Parameters
        ----------
        one : OneSample
            Success of one sample.
        log_samples : ndarray of shape (...)
            ln k >= 0.
        """

    @abstractmethod
    def partials(self, one: OneSample, log_samples: Array) -> tuple[Array, Array, Array, Array, Array]:
        """Coverage, 1 - coverage, and the derivatives of coverage by logit mu, ln mu_0 and ln k, each of shape (...)."""

    @abstractmethod
    def low_slope(self, log_samples: Array) -> tuple[Array, Array]:
        """-dl/d ln mu where success is vanishingly small, and its derivative by ln k, each of shape (...).

        Parameters
        ----------
        log_samples : ndarray of shape (...)
            ln k >= 0.
        """

    @abstractmethod
    def best(self, one: OneSample, lowest_start: Array, lowest_gain: Array, log_samples: Array) -> tuple[Array, Array]:
        """The most coverage can be where mu is at most that of `one`, and ln mu_0 and ln(mu/mu_0) at least as given.

        Parameters
        ----------
        one : OneSample
            Upper end of success.
        lowest_start, lowest_gain : ndarray of shape (...)
            Lower ends of ln mu_0 and of ln mu - ln mu_0.
        log_samples : ndarray of shape (...)
            Upper end of ln k.

        Returns
        -------
        coverage, rest : ndarray of shape (...)
            Upper bound of coverage, and 1 minus it.
        """


@dataclass(frozen=True)
class BetaSpread(AbstractCoverage):
    """Problems differ: their success follows a Beta distribution.

    Attributes
    ----------
    tail : float or ndarray
        First shape of the Beta before RL; at mu_0 = 1 where it drifts. [1]
    narrowing : float or ndarray
        d ln nu/d ln mu under RL, with the sign turned. [1]
    drift : float or ndarray
        d ln tail/d ln mu_0, at most 1. [1]

    References
    ----------
    .. [1] Levi, "A Simple Model of Inference Scaling Laws", 2024, arXiv:2410.16377.
    .. [2] Schaeffer et al., "How Do Large Language Monkeys Get Their Power (Laws)?", 2025, arXiv:2502.17578.
    """

    tail: float | Array
    narrowing: float | Array = 0.0
    drift: float | Array = 0.0

    def _concentration(self, one: OneSample) -> Array:
        log_nu = np.log(self.tail) - (1.0 - self.drift) * one.log_start - self.narrowing * (one.log_success - one.log_start)
        return np.exp(np.clip(log_nu, -_WIDEST, _WIDEST))

    def coverage(self, one: OneSample, log_samples: Array) -> tuple[Array, Array]:
        """Coverage and its complement."""
        fails = log_failure(one.log_failure, np.exp(one.log_success), self._concentration(one), np.exp(log_samples))
        return -np.expm1(fails), np.exp(fails)

    def partials(self, one: OneSample, log_samples: Array) -> tuple[Array, Array, Array, Array, Array]:
        """Coverage, its complement and derivatives."""
        mean, nu, samples = np.exp(one.log_success), self._concentration(one), np.exp(log_samples)
        fails = log_failure(one.log_failure, mean, nu, samples)
        by_ability, by_nu, by_samples = log_failure_gradient(one.log_failure, mean, nu, samples)
        failure = np.exp(fails)
        by_mean = by_ability - by_nu * self.narrowing * np.exp(one.log_failure)
        by_start = by_nu * (self.narrowing + self.drift - 1.0)
        return -np.expm1(fails), failure, -failure * by_mean, -failure * by_start, -failure * by_samples

    def low_slope(self, log_samples: Array) -> tuple[Array, Array]:
        """Coverage is proportional to mu there."""
        return np.ones_like(log_samples), np.zeros_like(log_samples)

    def best(self, one: OneSample, lowest_start: Array, lowest_gain: Array, log_samples: Array) -> tuple[Array, Array]:
        """Coverage rises in nu at fixed mu, in mu at fixed nu and at fixed mu nu, and in k: nu at its most, in both ways.

        nu is largest at the lowest start and gain g = ln(mu/mu_0). mu nu = tail mu_0^drift e^((1 - narrowing) g) is at most what
        the ends of g and of ln mu_0 <= ln mu - g allow, and says more where the start is known badly.
        """
        top = one.log_success
        log_nu = np.log(self.tail) - (1.0 - self.drift) * lowest_start - self.narrowing * lowest_gain
        begun = np.where(np.asarray(self.drift) > 0, top - lowest_gain, lowest_start)
        gained = np.where(np.asarray(self.narrowing) < 1, top - lowest_start, lowest_gain)
        log_product = np.log(self.tail) + self.drift * begun + (1.0 - self.narrowing) * gained
        nu = np.exp(np.clip(np.minimum(log_nu, log_product - top), -_WIDEST, _WIDEST))
        fails = log_failure(one.log_failure, np.exp(top), nu, np.exp(log_samples))
        return -np.expm1(fails), np.exp(fails)


@dataclass(frozen=True)
class CoveragePower(AbstractCoverage):
    """Exponentiated power law in samples: -ln coverage = (-ln mu) k^b.

    Attributes
    ----------
    b : float or ndarray
        Exponent, negative. [1]

    References
    ----------
    .. [1] Brown et al., "Large Language Monkeys", 2024, arXiv:2407.21787.
    """

    b: float | Array

    def coverage(self, one: OneSample, log_samples: Array) -> tuple[Array, Array]:
        """Coverage and its complement."""
        log_coverage = one.log_success * np.exp(self.b * log_samples)
        return np.exp(log_coverage), -np.expm1(log_coverage)

    def partials(self, one: OneSample, log_samples: Array) -> tuple[Array, Array, Array, Array, Array]:
        """Coverage, its complement and derivatives."""
        power = np.exp(self.b * log_samples)
        log_coverage = one.log_success * power
        covered = np.exp(log_coverage)
        by_ability = covered * power * np.exp(one.log_failure)
        return covered, -np.expm1(log_coverage), by_ability, np.zeros_like(covered), covered * self.b * log_coverage

    def low_slope(self, log_samples: Array) -> tuple[Array, Array]:
        """k^b: the law is linear in ln mu throughout."""
        power = np.exp(self.b * log_samples)
        return power, self.b * power

    def best(self, one: OneSample, lowest_start: Array, lowest_gain: Array, log_samples: Array) -> tuple[Array, Array]:
        """There is no spread to bound: the best corner."""
        return self.coverage(one, log_samples)
