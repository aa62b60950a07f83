"""Wasted compute as a smooth function of the loss, one curve per world, so that regret has an exact gradient.

    w = 1 - C'/C,    V(C') = l        u(ln l) = ln(C'/C):  cubic between nodes C' of the world's own value V(C')

The slope at a node is known exactly from the shadow price there, du/d ln l = V/(dV/d ln C'); where limits move with the budget the
slopes come from neighbouring nodes (Fritsch and Carlson). Beyond the nodes the curve goes on straight: regret there is near one.

References
----------
.. [1] Fritsch, Carlson, "Monotone piecewise cubic interpolation", SIAM J. Numer. Anal. 17, 1980.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.problem import Problem
from budgetplan.uncertainty.robust_worlds import AbstractWorlds

NODES = -np.array([0.0, 0.06, 0.15, 0.28, 0.45, 0.68, 1.0, 1.4, 2.0, 3.0, 4.5])
"""ln(C'/C) at which each world's optimum is solved for."""
_APART = 1e-12
"""Least difference of ln V between nodes: below it V does not change with the budget."""


@dataclass(frozen=True)
class WasteCurve:
    """ln(C'/C) over ln of the loss.

    Attributes
    ----------
    log_loss : ndarray of shape (node, world)
        ln V, rising.
    log_part : ndarray of shape (node,)
        ln(C'/C), falling from 0.
    slope : ndarray of shape (node, world)
        du/d ln V, negative.
    """

    log_loss: Array
    log_part: Array
    slope: Array

    def wasted(self, loss: Array) -> tuple[Array, Array]:
        """w and dw/dl at losses of shape (..., world). [1], [1/loss]"""
        with np.errstate(divide="ignore"):  # a loss of zero is better than any optimum
            x = np.log(loss)
        worlds = np.arange(self.log_loss.shape[1])
        cell = np.zeros(x.shape, dtype=np.intp)
        for node in self.log_loss[1:-1]:
            cell += x > node
        left, right = self.log_loss[cell, worlds], self.log_loss[cell + 1, worlds]
        width = right - left
        t = np.clip((x - left) / width, 0.0, 1.0)
        first, last = self.log_part[cell], self.log_part[cell + 1]
        begin, end = self.slope[cell, worlds] * width, self.slope[cell + 1, worlds] * width
        rise = last - first
        # Hermite's cubic in Horner's form, and its derivative
        square, cube = 3 * rise - 2 * begin - end, begin + end - 2 * rise
        u = first + t * (begin + t * (square + t * cube))
        by_x = (begin + t * (2 * square + 3 * t * cube)) / width
        with np.errstate(invalid="ignore"):  # an infinite loss wastes everything
            below, above = np.minimum(x - left, 0.0), np.maximum(x - right, 0.0)
            u = u + self.slope[cell, worlds] * below + self.slope[cell + 1, worlds] * above
        part = np.exp(np.minimum(u, 50.0))
        with np.errstate(divide="ignore", invalid="ignore"):  # no part left: the loss no longer matters
            by_loss = np.where(part > 0, -part * by_x / loss, 0.0)
        return 1.0 - part, np.nan_to_num(by_loss)


def waste_curve(problem: Problem, worlds: AbstractWorlds) -> tuple[WasteCurve, Bools]:
    """The curves of all worlds that have an optimum, and which these are, shape (world,).

    Parameters
    ----------
    problem : Problem
        Of one instance.
    worlds : AbstractWorlds
    """
    loss, slope = worlds.optima(problem, np.exp(NODES))
    kept = np.isfinite(loss[0]) & np.isfinite(loss[1])
    log_loss = np.log(loss[:, kept])
    for node in range(1, len(NODES)):
        # budgets too small for the demand have no optimum: the curve goes on straight from the last two that have one
        straight = log_loss[node - 1] + (log_loss[node - 1] - log_loss[max(node - 2, 0)]) + 1e-3
        log_loss[node] = np.where(np.isfinite(log_loss[node]), log_loss[node], straight)
        log_loss[node] = np.maximum(log_loss[node], log_loss[node - 1] + _APART)
    with np.errstate(divide="ignore", invalid="ignore"):  # a loss that does not move with the budget has no finite slope
        exact = loss[:, kept] / slope[:, kept]
    secant = np.diff(NODES)[:, None] / np.diff(log_loss, axis=0)
    middle = 2.0 / (1.0 / secant[1:] + 1.0 / secant[:-1])
    guessed = np.concatenate([secant[:1], middle, secant[-1:]])
    use = np.isfinite(exact) & (exact < 0) & ~problem.limits.any
    bounds = np.concatenate([secant[:1], np.maximum(secant[1:], secant[:-1]), secant[-1:]])
    chosen = np.where(use, exact, guessed)
    return WasteCurve(log_loss, NODES, np.maximum(chosen, 3.0 * bounds)), kept
