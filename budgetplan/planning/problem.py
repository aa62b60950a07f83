"""The planning problem, many instances at once: a law, a budget, prices per token, demand and limits.

    minimise  l(N, D_sunk + D, R, k)   subject to   N (kappa_p D + kappa_r R + kappa_i I) <= C,   I = Q tau k + S

Q tau are the tokens of the first sample to all queries, S served tokens that only cost, D_sunk tokens that a checkpoint has
already seen (N is then fixed, and D are the tokens beyond them). The solvers work in y = (ln N, ln D, ln R, ln I); a plan is handed
back in the same form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetplan.laws.model import RL, SAMPLES, AbstractModel, taken
from budgetplan.numerics.arrays import Array, Bools, Index, as_array
from budgetplan.planning.limits import Limits, no_limits

_DIGITS = 1e-14
"""Relative rounding of exp(ln I): sampled tokens that are a smaller part of all inference tokens are not told from none."""
DIFFERENCE = 3e-6
"""Step of the differences that give Hessians, in logs."""


@dataclass(frozen=True)
class Problem:
    """Instances that share a law and prices and differ in budget, demand and limits.

    Attributes
    ----------
    model : AbstractModel
        The law.
    budget : ndarray of shape (instance,)
        C, compute that may be spent. [FLOP]
    kappa : ndarray of shape (3,)
        Training-equivalent FLOP per param and token of pre-training, RL and inference. [FLOP/(param token)]
    first_sample : ndarray of shape (instance,)
        Q tau: tokens of one sample to every query; 0 without demand. [token]
    served : ndarray of shape (instance,)
        S: served tokens that only cost. [token]
    limits : Limits
        Bounds on the rows, in logs; share bounds are given as ln(share C/kappa).
    sunk_tokens : float
        Pre-training tokens of the checkpoint; 0 without one. [token]
    drawn : bool
        Whether the law's coefficients are arrays of shape (instance,): one vector of coefficients per instance.
    """

    model: AbstractModel
    budget: Array
    kappa: Array
    first_sample: Array
    served: Array
    limits: Limits
    sunk_tokens: float = 0.0
    drawn: bool = False

    @property
    def size(self) -> int:
        """Number of instances."""
        return int(self.budget.shape[0])

    @property
    def has_rl(self) -> bool:
        """Whether RL can help and is allowed."""
        return self.model.uses[RL] and not self.limits.rl_forbidden

    @property
    def has_samples(self) -> bool:
        """Whether samples per query are a choice: the law knows them and there are queries."""
        return self.model.uses[SAMPLES] and bool(np.all(self.first_sample > 0))

    @property
    def least_inference(self) -> Array:
        """ln of the inference tokens at one sample per query, shape (instance,); -inf without demand."""
        with np.errstate(divide="ignore"):  # no demand: ln 0 = -inf costs nothing
            return np.log(self.first_sample + self.served)

    @property
    def spendable(self) -> Array:
        """The budget, shape (instance,). [FLOP]"""
        return self.budget

    def log_samples(self, i: Array) -> tuple[Array, Array]:
        """ln k and d ln k/d ln I at i = ln I; ln k = 0 where samples are not a choice.

        Parameters
        ----------
        i : ndarray of shape (..., instance)
            ln of inference tokens.
        """
        if not self.has_samples:
            return np.zeros_like(i), np.zeros_like(i)
        if not self.served.any():
            return np.maximum(i - np.log(self.first_sample), 0.0), np.ones_like(i)
        tokens = np.exp(i)
        chosen = tokens - self.served
        # far more served than sampled tokens: what is left of the digits could be more samples than the one that is meant
        chosen = np.where(chosen - self.first_sample <= _DIGITS * tokens, self.first_sample, chosen)
        return np.maximum(np.log(chosen / self.first_sample), 0.0), tokens / chosen

    def log_inference(self, log_k: Array) -> Array:
        """ln I at ln k samples per query, the inverse of `log_samples`; shape kept. -inf without demand."""
        with np.errstate(divide="ignore"):  # nothing served: ln 0 = -inf adds nothing
            total: Array = np.logaddexp(np.log(self.first_sample) + log_k, np.log(self.served))
        return total

    def single(self, i: Array, within: float) -> Bools:
        """Whether i = ln I is one sample per query, or samples are no choice.

        Parameters
        ----------
        i : ndarray of shape (..., instance)
            ln of inference tokens.
        within : float
            Of ln k.
        """
        one: Bools = self.log_samples(i)[0] <= within
        return one

    def difference(self, y: Array) -> Array:
        """Step in logs for differences of gradients at y of shape (4, instance), wide enough to rise above rounding.

        Where served tokens outweigh those of samples, k keeps fewer digits than I: the step is the root of what is lost.
        """
        if not self.has_samples or not self.served.any():
            return np.full(self.size, DIFFERENCE)
        step: Array = np.fmax(DIFFERENCE, np.sqrt(_DIGITS * self.log_samples(y[3])[1]))
        return step

    def log_tokens(self, d: Array) -> tuple[Array, Array]:
        """ln of all pre-training tokens, the checkpoint's included, and its derivative by d."""
        if self.sunk_tokens == 0:
            return d, np.ones_like(d)
        total = np.logaddexp(d, np.log(self.sunk_tokens))
        return total, np.exp(d - total)

    def law_point(self, y: Array) -> Array:
        """The law's variables ln N, ln D, ln R, ln k at y, shape kept."""
        return np.stack([y[0], self.log_tokens(y[1])[0], y[2], self.log_samples(y[3])[0]])

    def loss(self, y: Array) -> Array:
        """The objective at y of shape (4, ..., instance)."""
        return self.model.evaluate(self.law_point(y)).loss

    def loss_and_gradient(self, y: Array) -> tuple[Array, Array]:
        """The objective and its derivatives by y."""
        log_k, stretch = self.log_samples(y[3])
        log_d, share = self.log_tokens(y[1])
        loss, gradient = self.model.loss_and_gradient(np.stack([y[0], log_d, y[2], log_k]))
        gradient[1] = gradient[1] * share
        gradient[3] = gradient[3] * stretch
        return loss, gradient

    def cost(self, y: Array) -> Array:
        """Compute of the three stages, shape (3, ..., instance). [FLOP]"""
        kappa = self.kappa.reshape((3,) + (1,) * (y.ndim - 1))
        return kappa * np.exp(np.minimum(y[:1] + y[1:], 600.0))

    def overspend(self, y: Array) -> Array:
        """ln(spend/budget), shape (..., instance)."""
        over: Array = np.log(self.cost(y).sum(axis=0) / self.spendable)
        return over

    def violation(self, y: Array) -> Array:
        """Largest violation of limits, samples >= 1 and budget, in logs, shape (instance,)."""
        worst = np.maximum(self.limits.violation(y), self.overspend(y))
        if self.has_samples:
            worst = np.maximum(worst, self.least_inference - y[3])
        return np.maximum(worst, 0.0)

    def take(self, index: Index | slice) -> Problem:
        """The instances in `index` (indices, a mask or a slice, which copies nothing)."""
        return replace(
            self,
            model=taken(self.model, index) if self.drawn else self.model,
            budget=self.budget[index],
            first_sample=self.first_sample[index],
            served=self.served[index],
            limits=self.limits.take(index),
        )

    def rescaled(self, budget: Array) -> Problem:
        """The same problem at another budget: demand, token limits and share limits (as shares) kept.

        Parameters
        ----------
        budget : ndarray of shape (instance,)
            [FLOP]
        """
        shift = np.log(budget / self.budget)
        low, high = self.limits.low.copy(), self.limits.high.copy()
        low[4:] += shift
        high[4:] += shift
        return replace(self, budget=budget, limits=replace(self.limits, low=low, high=high))

    def repeated(self, times: int) -> Problem:
        """Every instance `times` times in a row."""
        return self.take(np.repeat(np.arange(self.size), times))


def problem(
    model: AbstractModel,
    budget: float | Array,
    kappa: Array | tuple[float, float, float],
    first_sample: float | Array = 0.0,
    served: float | Array = 0.0,
    limits: Limits | None = None,
    sunk_tokens: float = 0.0,
) -> Problem:
    """A problem from numbers that broadcast against the budgets.

    Parameters
    ----------
    model : AbstractModel
        The law.
    budget : float or ndarray of shape (instance,)
        [FLOP]
    kappa : array_like of shape (3,)
        [FLOP/(param token)]
    first_sample, served : float or ndarray of shape (instance,)
        [token]
    limits : Limits, optional
        Bounds in logs.
    sunk_tokens : float
        [token]
    """
    budgets = np.atleast_1d(as_array(budget))
    shape = budgets.shape
    return Problem(
        model,
        budgets,
        as_array(kappa),
        np.broadcast_to(as_array(first_sample), shape).copy(),
        np.broadcast_to(as_array(served), shape).copy(),
        no_limits(len(budgets)) if limits is None else limits,
        sunk_tokens,
    )


def stacked(problems: list[Problem]) -> Problem:
    """Problems with the same law, prices and checkpoint as the instances of one.

    Parameters
    ----------
    problems : list of Problem
        That fix the same rows; at least one.
    """
    first = problems[0]
    if len(problems) == 1:
        return first
    low, high = (np.concatenate([getattr(item.limits, side) for item in problems], axis=1) for side in ("low", "high"))
    return replace(
        first,
        budget=np.concatenate([item.budget for item in problems]),
        first_sample=np.concatenate([item.first_sample for item in problems]),
        served=np.concatenate([item.served for item in problems]),
        limits=replace(first.limits, low=low, high=high),
    )
