"""Coordinates in which a problem without limits is unconstrained, one set per face.

A face says whether there is RL (R > 0) and whether samples are a choice (k > 1) or stay at one. On a face the free coordinates are
m, which tells ln N, and the logits of the shares of what the fixed part of inference leaves:

    n = m - softplus(m - n_most),     n_most = ln(C/K),     K = kappa_i I_fixed
    rem = C - N K = C sigma(n_most - m),     x_j = softmax_j(z) rem/(kappa_j N),     z_first = 0

so that every m and z spend the budget exactly: m is ln N where little is fixed, and -ln rem where nearly all is, so that what is
left keeps its digits. The fixed part is all inference at one sample per query, or, where samples are a choice, the served tokens,
and x_i are those of the samples alone, I = S + x_i: however many are served, k keeps its digits in z. Where pre-training tokens
are held at a limit D_0, they are a fixed part too, K = kappa_p D_0 + kappa_i I_fixed; where then nothing is left to share, N
takes the budget, n = n_most. With g = dl/d ln x and A = sum of g over the free tokens,

    dl/dz_j = g_j - share_j A,       dl/dm = g_n rem/C - A

Where N is held at a limit, rem = C - N K is what it leaves, or the point is outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.numerics.logistic import softplus
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
        N is free; otherwise at its lower limit.
    pretraining : bool
        D is free; otherwise at its lower limit.
    """

    rl: bool
    samples: bool
    params: bool = True
    pretraining: bool = True

    @property
    def tokens(self) -> tuple[int, ...]:
        """Rows of y whose tokens share what is left."""
        return tuple(row for row, free in ((1, self.pretraining), (2, self.rl), (3, self.samples)) if free)

    @property
    def dimension(self) -> int:
        """Number of free coordinates."""
        return max(self.params + len(self.tokens) - 1, 0)

    def fixed_cost(self, problem: Problem) -> Array:
        """K: cost per param of tokens that are no choice, shape (instance,). [FLOP/param]"""
        tokens = problem.served if self.samples else np.exp(problem.least_inference)
        cost: Array = problem.kappa[2] * tokens
        if not self.pretraining:
            cost = cost + problem.kappa[0] * np.exp(problem.limits.low[1])
        return cost

    def allocate(self, problem: Problem, z: Array) -> tuple[Array, Array, Array]:
        """y, shares and rem/C at free coordinates.

        Parameters
        ----------
        problem : Problem
            Of `instance` instances.
        z : ndarray of shape (dimension, ..., instance)
            m first where N is free, then the logits.

        Returns
        -------
        y : ndarray of shape (4, ..., instance)
            nan where the fixed part alone exceeds the budget, which a held N can do.
        shares : ndarray of shape (tokens, ..., instance)
            Of what is left.
        left : ndarray of shape (..., instance)
            Share of the budget that is left to the free tokens.
        """
        per_param = self.fixed_cost(problem)
        with np.errstate(divide="ignore"):  # nothing is fixed: no size is the largest
            most = np.log(problem.spendable / per_param)
        if not self.params:
            n = np.broadcast_to(problem.limits.low[0], z.shape[1:])
            with np.errstate(invalid="ignore", divide="ignore"):  # nothing left: nan marks the point as outside
                log_left = np.log1p(-np.exp(n - most))
        elif self.tokens:
            n, log_left = z[0] - softplus(z[0] - most), -softplus(z[0] - most)
        else:
            n, log_left = np.broadcast_to(most, z.shape[1:]), np.broadcast_to(-np.inf, z.shape[1:])
        logits = np.zeros((len(self.tokens), *n.shape))
        logits[1:] = z[int(self.params) :]
        logits = logits - logits.max(axis=0, initial=-np.inf)
        weights = np.exp(logits)
        shares = weights / weights.sum(axis=0)
        y = np.empty((4, *n.shape))
        y[0] = n
        y[1] = problem.limits.low[1]
        y[2] = -np.inf
        y[3] = problem.least_inference
        with np.errstate(divide="ignore"):  # a share that underflows is no tokens
            log_shares = np.log(shares)
        for share, row in zip(log_shares, self.tokens, strict=True):
            y[row] = share + log_left + np.log(problem.spendable / problem.kappa[row - 1]) - n
        if self.samples and problem.served.any():
            with np.errstate(divide="ignore", invalid="ignore"):  # nothing served: ln 0 = -inf adds nothing; nan: outside
                y[3] = np.logaddexp(y[3], np.log(problem.served))
        return y, shares, np.exp(log_left)

    def coordinates(self, problem: Problem, y: Array) -> Array:
        """The free coordinates of a point y of shape (4, instance) that has all of the face's tokens."""
        if not self.dimension:
            return y[:0]
        costs = y[1:] + np.log(problem.kappa)[:, None]
        if self.samples and problem.served.any():
            costs[2] = np.log(problem.kappa[2] * problem.first_sample) + problem.log_samples(y[3])[0]
        first, *others = (costs[row - 1] for row in self.tokens)
        logits = [item - first for item in others]
        if self.params:
            left = first + np.log1p(np.exp(logits).sum(axis=0)) + y[0] if logits else first + y[0]
            return np.stack([y[0] + np.log(problem.spendable) - left, *logits])
        return np.stack(logits)

    def loss(self, problem: Problem, z: Array) -> Array:
        """The loss at free coordinates; inf where the fixed part exceeds the budget."""
        y, _, _ = self.allocate(problem, z)
        outside = np.isnan(y[list(self.tokens)]).any(axis=0)
        y[:, outside] = 0.0
        return np.where(outside, np.inf, problem.loss(y))

    def loss_and_gradient(self, problem: Problem, z: Array) -> tuple[Array, Array, Array]:
        """Loss, its derivatives by the free coordinates, and -A = -dl/d ln rem > 0, the worth of budget."""
        y, shares, left = self.allocate(problem, z)
        outside = np.isnan(y[list(self.tokens)]).any(axis=0)
        y[:, outside] = 0.0
        loss, by_y = problem.loss_and_gradient(y)
        by_tokens = by_y[list(self.tokens)]
        if self.samples and problem.served.any():
            by_tokens[-1] /= problem.log_samples(y[3])[1]  # by ln x_i, not by ln I
        worth = by_tokens.sum(axis=0)
        gradient = by_tokens[1:] - shares[1:] * worth
        if self.params:
            by_m = by_y[0] * left - worth
            gradient = np.concatenate([by_m[None], gradient])
        return np.where(outside, np.inf, loss), gradient, -worth
