"""The additive candidate: task loss as a floor plus one power per resource, the package's additive law.

    l = E + A N^-alpha + B D^-beta + G (R + reference)^-gamma + H k^-delta

A pure power of R is infinite without RL. Where the table has cells without RL, an offset `reference` [token] is fitted with the
rest, and a law file, which knows no offset, holds for R well above it; where every cell has RL, the offset is none.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from budgetplan.fitting.joint.candidate import AbstractCandidate, Centre, logs_of
from budgetplan.fitting.joint.table import JointTable
from budgetplan.numerics.arrays import Array, Bools

EXPONENTS = (0.1, 0.3, 0.7)
"""Tried for every power."""
STARTS = 4
"""Best of the grid, from which the descent begins."""


@dataclass(frozen=True)
class Additive(AbstractCandidate):
    """Floor and four powers.

    Attributes
    ----------
    centre : Centre
    """

    centre: Centre

    @property
    def law(self) -> str:
        """Its name."""
        return "additive"

    @property
    def names(self) -> tuple[str, ...]:
        """Coefficients of the additive law, and `reference` where there are cells without RL."""
        return ("E", "A", "alpha", "B", "beta", "G", "gamma", "H", "delta", *(("reference",) if self.centre.without else ()))

    @property
    def logs(self) -> Bools:
        """All but the exponents."""
        return logs_of(self.names, ("alpha", "beta", "gamma", "delta"))

    @property
    def powers(self) -> tuple[tuple[int, int, float], ...]:
        """A, B and G with their exponents; H is stated at k = 1."""
        return ((1, 2, self.centre.n), (3, 4, self.centre.d), (5, 6, self.centre.middle))

    def bounds(self, table: JointTable) -> tuple[Array, Array]:
        """Terms from a millionth of the least task loss to twenty times the greatest."""
        low, high = self.centre.lowest - 14.0, self.centre.highest + 3.0
        lower, upper = [low] + [low, 0.005] * 4, [high] + [high, 4.0] * 4
        if self.centre.without:
            lower, upper = [*lower, self.centre.first - 12.0], [*upper, self.centre.last + 3.0]
        return np.array(lower), np.array(upper)

    def starts(self, table: JointTable) -> Array:
        """The best of a grid of exponents, whose sizes are found as they are linear."""
        log_loss = table.log_task_loss
        weights = np.exp(-log_loss)
        n, d, k = ((x - c)[table.cell] for x, c in ((table.n, self.centre.n), (table.d, self.centre.d), (table.k, 0.0)))
        offsets = (self.centre.first - 1.0, self.centre.middle) if self.centre.without else (-np.inf,)
        found = []
        for alpha, beta, gamma, delta in itertools.product(EXPONENTS, repeat=4):
            for offset in offsets:
                far = np.logaddexp(table.r, offset)[table.cell] - self.centre.middle
                terms = np.exp(-np.stack([0.0 * n, alpha * n, beta * d, gamma * far, delta * k], axis=1)) * weights[:, None]
                gram, right = terms.T @ terms, terms.sum(axis=0)
                root = np.linalg.cholesky(gram + 1e-12 * np.trace(gram) * np.eye(5))
                sizes = nnls(root.T, np.linalg.solve(root, right))[0]
                miss = float(sizes @ gram @ sizes - 2.0 * sizes @ right)
                logs = np.log(np.maximum(sizes, 1e-3 * np.exp(self.centre.lowest)))
                u = [logs[0], logs[1], alpha, logs[2], beta, logs[3], gamma, logs[4], delta]
                found.append((miss, [*u, offset] if self.centre.without else u))
        return np.array([u for _, u in sorted(found)[:STARTS]])

    def fitted(self, u: Array, table: JointTable) -> tuple[Array, Array]:
        """Log of the sum, and each term's part of it."""
        offset = u[9] if self.centre.without else -np.inf
        far = np.stack(
            [table.n - self.centre.n, table.d - self.centre.d, np.logaddexp(table.r, offset) - self.centre.middle, table.k]
        )
        terms = np.exp(u[1:9:2, None] - u[2:10:2, None] * far)
        loss = np.exp(u[0]) + terms.sum(axis=0)
        columns = [np.exp(u[0]) / loss]
        for term, distance in zip(terms, far, strict=True):
            columns += [term / loss, -distance * term / loss]
        if self.centre.without:
            columns.append(-u[6] * terms[2] / loss * np.exp(offset - np.logaddexp(table.r, offset)))
        return np.log(loss), np.stack(columns, axis=1)
