"""The joint law of pre-training and RL measured on chess (Shen et al. 2026).

    success = f(L) + g(N, D) (log10 C_RL - pivot),    C_RL = 6 N R
    f = f_floor + exp(f_offset - f_slope L),   g = g_offset + g_tokens log10 D + g_params log10 N,   L = E + A N^-alpha + B D^-beta

budgetplan's own additions, so that the law answers everywhere: C_RL is counted from `rest` FLOP on, 6 N R + rest, which makes no
RL an ordinary input; g does not go below zero; and success is bent into (0, 1) by a softplus of width `width`, which changes
nothing to 1e-8 between .01 and .99. Samples have no effect: the paper finds pass@16 flat under RL.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.model import AbstractModel, Outcome, stack
from budgetplan.numerics.arrays import Array
from budgetplan.numerics.logistic import sigmoid, softplus

_DECADE = log(10.0)


@dataclass(frozen=True)
class ShenChess(AbstractModel):
    """Success in chess from pre-training loss and RL compute.

    Attributes
    ----------
    f_floor, f_offset, f_slope : float
        Success at the pivot as a function of loss. [1], [1], [token/nat]
    g_offset, g_tokens, g_params : float
        Success per decade of RL compute. [1]
    pivot : float
        Decade of RL compute at which success is f. [1]
    E, A, alpha, B, beta : float
        Pre-training law. [nat/token], [1]
    rest : float
        RL compute from which the law counts. [FLOP]
    width : float
        Success over which the bends at 0 and 1 act. [1]

    References
    ----------
    .. [1] Shen et al., 2026, arXiv:2607.16097.
    """

    f_floor: float
    f_offset: float
    f_slope: float
    g_offset: float
    g_tokens: float
    g_params: float
    pivot: float
    E: float
    A: float
    alpha: float
    B: float
    beta: float
    rest: float = 1e15
    width: float = 5e-4

    @property
    def uses(self) -> tuple[bool, bool, bool, bool]:
        """N, D and R."""
        return (True, True, True, False)

    @property
    def pretraining(self) -> ChinchillaLoss:
        """The law's own pre-training part."""
        return ChinchillaLoss(self.E, self.A, self.B, self.alpha, self.beta)

    def _slope(self, n: Array, d: Array) -> tuple[Array, Array]:
        """g bent at zero, and its derivative by the unbent g."""
        raw = (self.g_offset + (self.g_tokens * d + self.g_params * n) / _DECADE) / self.width
        return self.width * softplus(raw), sigmoid(raw)

    def _reach(self, n: Array, r: Array) -> tuple[Array, Array]:
        """log10(6 N R + rest) - pivot, and its derivative by ln R (and ln N)."""
        z = n + r + log(6.0) - log(self.rest)
        return (np.logaddexp(0.0, z) + log(self.rest)) / _DECADE - self.pivot, sigmoid(z) / _DECADE

    def _bend(self, raw: Array) -> tuple[Array, Array, Array]:
        """Success bent into (0, 1), -ln of it, and d ln success/d raw."""
        low, high = raw / self.width, (1.0 - raw) / self.width
        # ln of width softplus(raw/width), continued as raw/width where softplus underflows
        log_low = np.where(low < -30, low, np.log(np.where(low < -30, 1.0, softplus(low)))) + log(self.width)
        lowest, steep = np.exp(log_low), np.where(low < -30, 1.0, sigmoid(low) / np.where(low < -30, 1.0, softplus(low)))
        failure = self.width * softplus(high)
        upper = raw > 0.5
        # both bends never act at once: above one half the lower one is exact to rounding
        loss = np.where(upper, -np.log1p(-np.where(upper, failure, 0.0)), -log_low)
        success = np.where(upper, 1.0 - failure, lowest)
        by_raw = np.where(upper, sigmoid(high) / np.where(upper, success, 1.0), steep / self.width)
        return success, loss, by_raw

    def evaluate(self, x: Array) -> Outcome:
        """Loss -ln success, pre-training loss and success at log variables of shape (4, ...)."""
        n, d, r, _ = x
        pretraining_loss = self.pretraining.loss_and_partials(n, d)[0]
        start = self.f_floor + np.exp(self.f_offset - self.f_slope * pretraining_loss)
        success, loss, _ = self._bend(start + self._slope(n, d)[0] * self._reach(n, r)[0])
        return Outcome(loss, pretraining_loss, success)

    def loss_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """The loss and its derivatives by the log variables."""
        n, d, r, _ = x
        pretraining_loss, loss_n, loss_d = self.pretraining.loss_and_partials(n, d)
        rise = np.exp(self.f_offset - self.f_slope * pretraining_loss)
        slope, bend = self._slope(n, d)
        reach, by_r = self._reach(n, r)
        _, loss, by_raw = self._bend(self.f_floor + rise + slope * reach)
        raw_n = -self.f_slope * rise * loss_n + bend * self.g_params / _DECADE * reach + slope * by_r
        raw_d = -self.f_slope * rise * loss_d + bend * self.g_tokens / _DECADE * reach
        return loss, stack((-by_raw * raw_n, -by_raw * raw_d, -by_raw * slope * by_r, 0.0))

    def bound(self, low: Array, high: Array) -> Array:
        """Each part at its best end: f at the best corner, g and the reach at whichever end makes their product largest."""
        best = self.f_floor + np.exp(self.f_offset - self.f_slope * self.pretraining.evaluate(high).loss)
        reach = self._reach(high[0], high[2])[0]
        slope = np.where(reach > 0, self._slope(high[0], high[1])[0], self._slope(low[0], low[1])[0])
        return self._bend(best + slope * reach)[1]
