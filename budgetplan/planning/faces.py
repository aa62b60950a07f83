"""Coordinates in which a problem without limits is unconstrained, one set per face.

A face says whether there is RL (R > 0) and whether samples are a choice (k > 1) or stay at one. On a face the free coordinates are
ln N and the logits of the shares of what the fixed part of inference leaves:

    rem = C - kappa_i N I_fixed,     x_j = softmax_j(z) rem/(kappa_j N),     z_pretraining = 0

so that every z spends the budget exactly. The fixed part is all inference at one sample per query, or, where samples are a choice,
the served tokens, and x_i are those of the samples alone, I = S + x_i: however many are served, k keeps its digits in z. With
g = dl/d ln x and A = sum of g over the free tokens,

    dl/dz_j = g_j - share_j A,       dl/dn = g_n - A (1 + kappa_i N I_fixed/rem)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem


@dataclass(frozen=True)
class Face:
    """Which variables are free.

    Attributes
    ----------
    rl : bool
        R > 0 is free; otherwise R = 0.
    samples : bool
        Inference tokens are free; otherwise at one sample per query.
    params : bool
        N is free; otherwise fixed by the limits.
    """

    rl: bool
    samples: bool
    params: bool = True

    @property
    def tokens(self) -> tuple[int, ...]:
        """Rows of y whose tokens share what is left: pre-training first."""
        return (1, *((2,) if self.rl else ()), *((3,) if self.samples else ()))

    @property
    def dimension(self) -> int:
        """Number of free coordinates."""
        return self.params + len(self.tokens) - 1

    def fixed_cost(self, problem: Problem) -> Array:
        """kappa_i I_fixed: cost per param of inference that is no choice, shape (instance,). [FLOP/param]"""
        tokens = problem.served if self.samples else np.exp(problem.least_inference)
        cost: Array = problem.kappa[2] * tokens
        return cost

    def allocate(self, problem: Problem, z: Array) -> tuple[Array, Array, Array]:
        """y, shares and d ln rem/d ln N at free coordinates.

        Parameters
        ----------
        problem : Problem
            Of `instance` instances.
        z : ndarray of shape (dimension, ..., instance)
            ln N first where it is free, then the logits.

        Returns
        -------
        y : ndarray of shape (4, ..., instance)
            nan where the fixed part alone exceeds the budget.
        shares : ndarray of shape (tokens, ..., instance)
            Of what is left.
        slope : ndarray of shape (..., instance)
            d ln rem/d ln N <= 0.
        """
        n = z[0] if self.params else np.broadcast_to(problem.limits.low[0], z.shape[1:])
        logits = np.concatenate([np.zeros((1, *n.shape)), z[int(self.params) :]])
        logits = logits - logits.max(axis=0)
        weights = np.exp(logits)
        shares = weights / weights.sum(axis=0)
        fixed = self.fixed_cost(problem) * np.exp(n)
        left = problem.spendable - fixed
        with np.errstate(invalid="ignore", divide="ignore"):  # nothing left: nan marks the point as outside
            log_left = np.log(left)
        y = np.empty((4, *n.shape))
        y[0] = n
        y[2] = -np.inf
        y[3] = problem.least_inference
        with np.errstate(divide="ignore"):  # a share that underflows is no tokens
            log_shares = np.log(shares)
        for share, row in zip(log_shares, self.tokens, strict=True):
            y[row] = share + log_left - np.log(problem.kappa[row - 1]) - n
        if self.samples and problem.served.any():
            with np.errstate(divide="ignore", invalid="ignore"):  # nothing served: ln 0 = -inf adds nothing; nan: outside
                y[3] = np.logaddexp(y[3], np.log(problem.served))
        return y, shares, -fixed / left

    def coordinates(self, problem: Problem, y: Array) -> Array:
        """The free coordinates of a point y of shape (4, instance) that has all of the face's tokens."""
        free = [y[0]] if self.params else []
        costs = y[1:] + np.log(problem.kappa)[:, None]
        if self.samples and problem.served.any():
            costs[2] = np.log(problem.kappa[2] * problem.first_sample) + problem.log_samples(y[3])[0]
        return np.stack([*free, *(costs[row - 1] - costs[0] for row in self.tokens[1:])]) if self.dimension else y[:0]

    def loss(self, problem: Problem, z: Array) -> Array:
        """The loss at free coordinates; inf where the fixed part exceeds the budget."""
        y, _, _ = self.allocate(problem, z)
        outside = np.isnan(y[1])
        y[:, outside] = 0.0
        return np.where(outside, np.inf, problem.loss(y))

    def loss_and_gradient(self, problem: Problem, z: Array) -> tuple[Array, Array, Array]:
        """Loss, its derivatives by the free coordinates, and -A = -dl/d ln rem > 0, the worth of budget."""
        y, shares, slope = self.allocate(problem, z)
        outside = np.isnan(y[1])
        y[:, outside] = 0.0
        loss, by_y = problem.loss_and_gradient(y)
        by_tokens = by_y[list(self.tokens)]
        if self.samples and problem.served.any():
            by_tokens[-1] /= problem.log_samples(y[3])[1]  # by ln x_i, not by ln I
        worth = by_tokens.sum(axis=0)
        gradient = by_tokens[1:] - shares[1:] * worth
        if self.params:
            with np.errstate(over="ignore"):  # a budget all but gone, at a loss of e^300: the step there is refused
                by_n = by_y[0] + worth * (slope - 1.0)
            gradient = np.concatenate([by_n[None], gradient])
        return np.where(outside, np.inf, loss), gradient, -worth
