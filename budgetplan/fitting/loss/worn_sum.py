"""The data-constrained law as a curve: Chinchilla's terms of effective params and tokens, which depend on coefficients themselves.

    n'(theta) = ln N'  with N' = N_opt + N_opt RN_star (1 - exp(-(N/N_opt - 1)/RN_star)) beyond N_opt(U_D; A, B, alpha, beta)
    d ln x'/d ln R* = R* (1 - e^-z (1 + z))/worth,  z = excess/R*,  worth = x'/x at one epoch
    d n'/d ln N_opt = 1 - dn'/dn

Same law as `budgetplan.laws.data_constrained`, with derivatives by coefficients instead of by params and tokens. Second
derivatives come from differences of the first: they only steer Newton's steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.fitting.loss.curve import AbstractCurve, Chart
from budgetplan.laws.effective_tokens import repetition
from budgetplan.numerics.arrays import Array

State = tuple[Array, Array, Array]
"""u, shape (point, free); dy/du, shape (point, run, free); y."""
STEP = 1e-5
"""Of the differences, in free coordinates, which are scaled to order one."""
LEAST_EXPONENT = 1e-4
"""Exponents are not followed below this, where N_opt loses its meaning."""


@dataclass(frozen=True)
class WornSum(AbstractCurve):
    """Fitted values of the data-constrained law over theta = (ln E, ln A, ln B, alpha, beta, ln RD_star, ln RN_star).

    Attributes
    ----------
    log_params, log_tokens, log_unique : ndarray of shape (run,)
        ln N, ln D, ln U.
    chart : Chart
        Free coordinates.
    logarithmic : bool
        Whether fitted values are ln f, or f itself.
    """

    log_params: Array
    log_tokens: Array
    log_unique: Array
    chart: Chart
    logarithmic: bool = True

    def evaluate(self, u: Array) -> tuple[Array, State]:
        """Fitted values, with their derivatives."""
        theta = self.chart.theta(u)
        y, by_theta = self._fitted(theta)
        return y, (u, by_theta @ self.chart.basis, y)

    def _fitted(self, theta: Array) -> tuple[Array, Array]:
        log_e, log_a, log_b, alpha, beta, log_rd, log_rn = (column[:, None] for column in theta.T)
        alpha, beta = np.maximum(alpha, LEAST_EXPONENT), np.maximum(beta, LEAST_EXPONENT)
        both = alpha + beta
        log_g = (np.log(alpha) + log_a - np.log(beta) - log_b) / both
        used = np.minimum(self.log_tokens, self.log_unique)
        best = used * (beta / alpha) + log_g * (both / alpha)
        n, gain, n_by_r = _worn(self.log_params, best, log_rn)
        d, _, d_by_r = _worn(self.log_tokens, np.broadcast_to(self.log_unique, best.shape), log_rd)
        g_by = (1 / both, -1 / both, (1 / alpha - log_g) / both, (-1 / beta - log_g) / both)
        direct = (0.0, 0.0, -(used + log_g) * beta / alpha**2, (used + log_g) / alpha)
        n_by = [(1 - gain) * (both / alpha * by + straight) for by, straight in zip(g_by, direct, strict=True)]
        logs = np.stack(np.broadcast_arrays(log_e, log_a - alpha * n, log_b - beta * d))
        top = logs.max(axis=0)
        shares = np.exp(logs - top)
        total = shares.sum(axis=0)
        p_e, p_a, p_b = shares / total
        log_f = np.log(total) + top
        slopes = (
            p_e,
            p_a * (1 - alpha * n_by[0]),
            p_b - p_a * alpha * n_by[1],
            -p_a * (n + alpha * n_by[2]),
            -p_b * d - p_a * alpha * n_by[3],
            -p_b * beta * d_by_r,
            -p_a * alpha * n_by_r,
        )
        by_theta = np.stack(np.broadcast_arrays(*slopes), axis=-1)
        if self.logarithmic:
            return log_f, by_theta
        f = np.exp(np.minimum(log_f, 100.0))
        return f, by_theta * f[..., None]

    def slopes(self, state: State, first: Array, second: Array) -> tuple[Array, Array]:
        """Gradient and Hessian of a sum over runs."""
        u, jacobian, _ = state
        gradient: Array = np.einsum("pr,prf->pf", first, jacobian)
        hessian: Array = np.einsum("pr,prf,prg->pfg", second, jacobian, jacobian, optimize=True)
        bend = np.empty_like(hessian)
        for at in range(self.chart.size):
            move = np.zeros(self.chart.size)
            move[at] = STEP
            ahead, behind = self.evaluate(u + move)[1][1], self.evaluate(u - move)[1][1]
            bend[:, at] = np.einsum("pr,prf->pf", first, ahead - behind) / (2 * STEP)
        return gradient, hessian + 0.5 * (bend + bend.transpose(0, 2, 1))

    def jacobian(self, state: State) -> Array:
        """dy/du, shape (point, run, free)."""
        return state[1]

    def recharted(self, chart: Chart) -> WornSum:
        """The same runs over other free coordinates."""
        return WornSum(self.log_params, self.log_tokens, self.log_unique, chart, self.logarithmic)


def _worn(amount: Array, log_unique: Array, log_half_life: Array) -> tuple[Array, Array, Array]:
    """Effective ln amount, its elasticity, and its derivative by ln R*; shapes (point, run)."""
    half_life = np.exp(np.clip(log_half_life, -20.0, 60.0))
    log_unique = np.clip(log_unique, -300.0, 300.0)
    effective, elasticity = repetition(np.broadcast_to(amount, log_unique.shape), np.exp(log_unique), half_life)
    excess = np.maximum(np.exp(np.minimum(amount - log_unique, 600.0)) - 1.0, 0.0)
    z = excess / half_life
    by_r = half_life * (-np.expm1(-z) - z * np.exp(-z)) / np.exp(effective - log_unique)
    return effective, elasticity, np.where(excess > 0, by_r, 0.0)
