"""From pre-training loss to ability: the task link.

    logistic:  ability a_0 = slope (midpoint - L)   [logit],     success = chance + (1 - chance) sigma(a)
               -da_0/dL = slope
    log-log:   sigma(a_0) = e^-t, t = e^(slope (L - pivot)),  so a_0 = -ln(e^t - 1):  task loss t is exponential in L
               -da_0/dL = slope t/(1 - e^-t)

One slope per benchmark; the midpoint is the loss at which half of the problems come right (above chance), the pivot the one at
which the task loss is 1 nat: both depend on the recipe (data quality, tokenizer, date) and on how hard the task is. L -> inf gives
chance. Near success 1 both are linear with the same slope; where success is rare, log-log falls faster, as measured in the lab.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array

_LARGEST = 700.0
"""ln t, beyond which e^t overflows."""


class AbstractTask(ABC):
    """Ability before RL, which must not rise with pre-training loss; and success of guessing, `chance`."""

    chance: float

    @abstractmethod
    def ability(self, loss: Array) -> Array:
        """Ability in logits at pre-training loss `loss` [nat/token], shape kept."""

    @abstractmethod
    def steepness(self, loss: Array) -> Array:
        """-da_0/dL, shape of `loss` or none. [logit/(nat/token)]"""


@dataclass(frozen=True)
class LogisticTask(AbstractTask):
    """A logistic in pre-training loss.

    Attributes
    ----------
    slope : float or ndarray
        Logits of ability per nat/token of loss. [token/nat]
    midpoint : float or ndarray
        Loss at ability zero. [nat/token]
    chance : float
        Success of guessing. [1]

    References
    ----------
    .. [1] Ruan, Maddison, Hashimoto, "Observational Scaling Laws", 2024, arXiv:2405.10938 (data).
    """

    slope: float | Array
    midpoint: float | Array
    chance: float = 0.0

    def ability(self, loss: Array) -> Array:
        """Slope times how far the loss lies below the midpoint."""
        return self.slope * (self.midpoint - loss)

    def steepness(self, loss: Array) -> Array:
        """The slope."""
        return np.asarray(self.slope)


@dataclass(frozen=True)
class LogLogTask(AbstractTask):
    """Task loss exponential in pre-training loss.

    Attributes
    ----------
    slope : float or ndarray
        Of ln task loss by pre-training loss. [token/nat]
    pivot : float or ndarray
        Pre-training loss at a task loss of 1 nat, without chance. [nat/token]
    chance : float
        Success of guessing. [1]

    References
    ----------
    .. [1] Gadre et al., "Language models scale reliably with over-training and on downstream tasks", 2024, arXiv:2403.08540: error
       exponential in loss; that ln success is, is budgetplan's own finding in its lab.

    Examples
    --------
    >>> float(np.round(LogLogTask(2.0, 1.0).ability(np.array(1.0)), 6))  # success 1/e
    -0.541325
    """

    slope: float | Array
    pivot: float | Array
    chance: float = 0.0

    def _log_task_loss(self, loss: Array) -> Array:
        return np.minimum(self.slope * (loss - self.pivot), _LARGEST)

    def ability(self, loss: Array) -> Array:
        """-ln(e^t - 1), each end accurate."""
        log_t = self._log_task_loss(loss)
        t = np.exp(log_t)
        # ln(e^t - 1) = ln t + ln((1 - e^-t)/t) + t
        return -(log_t + _log_mean_decay(t) + t)

    def steepness(self, loss: Array) -> Array:
        """Slope times t/(1 - e^-t)."""
        t = np.exp(self._log_task_loss(loss))
        return self.slope * np.exp(-_log_mean_decay(t))


def _log_mean_decay(t: Array) -> Array:
    """ln((1 - e^-t)/t), which is 0 at t = 0."""
    small = t < 1e-8
    safe = np.where(small, 1.0, t)
    return np.where(small, -0.5 * t, np.log(-np.expm1(-safe) / safe))
