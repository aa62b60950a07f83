"""Sums of powers as curves: ln f = ln sum_k exp(g_k . theta), with g_k known per run.

Chinchilla's law has terms (1, 0, 0, 0, 0), (0, 1, 0, -ln N, 0) and (0, 0, 1, 0, -ln D) over theta = (ln E, ln A, ln B, alpha,
beta); tied exponents and the law of over-training differ only in the g_k. With p_k the share of term k in f,

    d ln f = sum_k p_k g_k,    d2 ln f = sum_k p_k g_k g_k^T - d ln f d ln f^T,    d2 f = f sum_k p_k g_k g_k^T

so Hessians of whole batches are matrix products of shares with outer products computed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from budgetplan.fitting.loss.curve import AbstractCurve, Chart
from budgetplan.numerics.arrays import Array

State = tuple[Array, Array]
"""Shares of the terms, shape (term, point, run), and f, shape (point, run)."""


@dataclass(frozen=True)
class PowerSum(AbstractCurve):
    """A sum of exponentials of linear forms.

    Attributes
    ----------
    terms : ndarray of shape (term, run, coordinate)
        The g_k.
    chart : Chart
        Free coordinates.
    logarithmic : bool
        Whether fitted values are ln f, or f itself.
    """

    terms: Array
    chart: Chart
    logarithmic: bool = True

    @cached_property
    def _offsets(self) -> Array:
        """g_k . origin, shape (term, run)."""
        return self.terms @ self.chart.origin

    @cached_property
    def _designs(self) -> Array:
        """g_k by u, shape (term, run, free)."""
        return self.terms @ self.chart.basis

    @cached_property
    def _outers(self) -> dict[tuple[int, int], Array]:
        """Symmetric outer products of designs per pair of terms, shape (run, free x free)."""
        d = self._designs
        runs, free = d.shape[1:]
        squares = {(k, k): d[k][:, :, None] * d[k][:, None, :] for k in range(len(d))}
        for k, m in combinations(range(len(d)), 2):
            product = d[k][:, :, None] * d[m][:, None, :]
            squares[k, m] = product + product.transpose(0, 2, 1)
        return {pair: outer.reshape(runs, free * free) for pair, outer in squares.items()}

    def evaluate(self, u: Array) -> tuple[Array, State]:
        """Fitted values and (shares, f)."""
        logs = np.matmul(u, self._designs.transpose(0, 2, 1)) + self._offsets[:, None, :]
        top = logs.max(axis=0)
        shares = np.exp(logs - top)
        total = shares.sum(axis=0)
        shares /= total
        log_f = np.log(total) + top
        # Trial points far away are capped where powers of the residual still are numbers: their steps are refused.
        f = np.exp(np.minimum(log_f, 100.0))
        return (log_f if self.logarithmic else f), (shares, f)

    def slopes(self, state: State, first: Array, second: Array) -> tuple[Array, Array]:
        """Gradient and Hessian of a sum over runs."""
        shares, f = state
        if self.logarithmic:
            linear, quadratic = first, second - first
        else:
            linear, quadratic = first * f, second * f * f
        points, free = first.shape[0], self.chart.size
        gradient = np.zeros((points, free))
        hessian = np.zeros((points, free * free))
        for k, share in enumerate(shares):
            weighted = linear * share
            gradient += weighted @ self._designs[k]
            hessian += (weighted + quadratic * share * share) @ self._outers[k, k]
            for m in range(k):
                hessian += (quadratic * share * shares[m]) @ self._outers[m, k]
        return gradient, hessian.reshape(points, free, free)

    def jacobian(self, state: State) -> Array:
        """dy/du, shape (point, run, free)."""
        shares, f = state
        by_log: Array = np.einsum("kpr,krf->prf", shares, self._designs)
        return by_log if self.logarithmic else by_log * f[..., None]

    def recharted(self, chart: Chart) -> PowerSum:
        """The same terms over other free coordinates."""
        return PowerSum(self.terms, chart, self.logarithmic)
