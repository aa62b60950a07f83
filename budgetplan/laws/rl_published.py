"""Published RL laws of success and of error, attached to the ability that pre-training gave.

ScaleRL, a sigmoid of success in RL compute:
    mu = S_0 + (A - S_0) h,   h = 1/(1 + (C_mid/C)^B)                                (Khatri et al., Eq. 1)
The ceiling A belongs to the start S_0 of the run. For another start it is moved by the same distance in logits,
A = sigma(a_0 + G), G = logit(A_published) - logit(S_published); that step is budgetplan's own.

Tan et al., a power law of the error in RL tokens with a slope that grows with N:
    1 - mu = (1 - S_0)(1 - w q),   q = 1 - (1 + R/R_ref)^-k(N),   k(N) = K_max/(1 + N_0/N)     (Tan et al., Eq. 1, w = 1)
The offset 1 + R/R_ref, so that R = 0 gives S_0, is budgetplan's own, and so is w = 1 - (1 - S_0)^attempts: a problem that is never
solved in that many attempts gives no signal, so that RL cannot start from nothing. w is 1 to 1e-8 where Tan et al. measured.

Both are returned as ability, ln(mu/(1 - mu)), computed from the logs of success and failure apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.laws.rl_gain import AbstractRlLink
from budgetplan.numerics.arrays import Array
from budgetplan.numerics.logistic import sigmoid, softplus


@dataclass(frozen=True)
class SuccessSigmoid(AbstractRlLink):
    """ScaleRL: success along a sigmoid in RL compute, from the start to a ceiling.

    Attributes
    ----------
    ceiling, start : float or ndarray
        Published ceiling A and the start it belongs to. [1]
    midpoint : float or ndarray
        C_mid in accelerator-hours. [GB200 GPU-hour]
    steepness : float or ndarray
        Exponent B. [1]
    tokens_per_gpu_hour : float or ndarray
        RL tokens that one of those hours makes. [token/GPU-hour]

    References
    ----------
    .. [1] Khatri et al., "The Art of Scaling Reinforcement Learning Compute for LLMs", 2025, arXiv:2510.13786.
    """

    ceiling: float | Array
    start: float | Array
    midpoint: float | Array
    steepness: float | Array
    tokens_per_gpu_hour: float | Array

    @property
    def lift(self) -> Array:
        """G, distance from start to ceiling. [logit]"""
        ceiling, start = np.asarray(self.ceiling), np.asarray(self.start)
        lift: Array = np.log(ceiling / (1 - ceiling)) - np.log(start / (1 - start))
        return lift

    def _fraction(self, r: Array) -> tuple[Array, Array]:
        """h and 1 - h at ln R."""
        z = self.steepness * (r - np.log(np.multiply(self.midpoint, self.tokens_per_gpu_hour)))
        return sigmoid(z), sigmoid(-z)

    def ability(self, start: Array, n: Array, r: Array) -> Array:
        """Ability after RL; see the module for the equation."""
        h, rest = self._fraction(r)
        shared = softplus(start) - softplus(start + self.lift)
        success = np.log(rest + h * np.exp(shared + self.lift))
        failure = np.log(rest + h * np.exp(shared))
        return start + success - failure + 0.0 * n

    def partials(self, start: Array, n: Array, r: Array) -> tuple[Array, Array, Array, Array]:
        """The ability and its derivatives: with f = A/S_0 and g = (1-A)/(1-S_0), a = a_0 + ln(1-h+hf) - ln(1-h+hg)."""
        h, rest = self._fraction(r)
        shared = softplus(start) - softplus(start + self.lift)
        f, g = np.exp(shared + self.lift), np.exp(shared)
        up, down = rest + h * f, rest + h * g
        by_shared = h * (f / up - g / down)
        moved = sigmoid(start) - sigmoid(start + self.lift)
        by_h = (f - 1.0) / up - (g - 1.0) / down
        ability = start + np.log(up) - np.log(down) + 0.0 * n
        return ability, 1.0 + by_shared * moved, np.zeros_like(ability), by_h * self.steepness * h * rest


@dataclass(frozen=True)
class ErrorPower(AbstractRlLink):
    """Tan et al.: the error falls as a power of RL tokens whose exponent grows with params.

    Attributes
    ----------
    K_max : float or ndarray
        Exponent of an infinitely large model. [1]
    N_0 : float or ndarray
        Params at which half of it is reached. [param]
    R_ref : float or ndarray
        Tokens from which the power law counts. [token]
    attempts : float
        Attempts in which a problem must come right once to give a signal. [1]

    References
    ----------
    .. [1] Tan et al., "Scaling Behaviors of LLM Reinforcement Learning Post-Training", 2025, arXiv:2509.25300.
    """

    K_max: float | Array
    N_0: float | Array
    R_ref: float | Array
    attempts: float = 64.0

    def exponent(self, n: Array) -> tuple[Array, Array]:
        """k(N) and dk/d ln N, shapes kept."""
        share = sigmoid(n - np.log(self.N_0))
        return self.K_max * share, self.K_max * share * (1.0 - share)

    def ability(self, start: Array, n: Array, r: Array) -> Array:
        """Ability after RL; see the module for the equation."""
        return self.partials(start, n, r)[0]

    def partials(self, start: Array, n: Array, r: Array) -> tuple[Array, Array, Array, Array]:
        """The ability and its derivatives, by way of the error left over, 1 - w q = e^-shrink + q (1 - w)."""
        k, by_n = self.exponent(n)
        reach = np.logaddexp(0.0, r - np.log(self.R_ref))
        shrink = k * reach
        unsolved = np.exp(-shrink)
        solved = -np.expm1(-shrink)
        log_failure = -softplus(start)
        silent = np.exp(self.attempts * log_failure)  # 1 - w
        rare = start < -30.0
        signal = -np.expm1(np.where(rare, -1.0, self.attempts * log_failure))
        log_signal = np.where(rare, np.log(self.attempts) + start, np.log(signal))
        left = unsolved + solved * silent
        with np.errstate(divide="ignore"):  # no RL solves nothing: ln 0 = -inf is the right summand
            log_success = np.logaddexp(-softplus(-start), log_failure + np.log(solved) + log_signal)
        ability = log_success - log_failure - np.log(left)
        by_start = np.exp(-softplus(-start) - log_success) * (left + solved * self.attempts * silent) / left
        by_shrink = np.exp(log_signal - log_success) * unsolved / left
        by_r = k * sigmoid(r - np.log(self.R_ref))
        return ability, by_start, by_shrink * by_n * reach, by_shrink * by_r
