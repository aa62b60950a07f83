"""The additive family: a floor plus one power per resource.

    l(N, D, R, k) = E + A/N^alpha + B/D^beta + G/R^gamma + H/k^delta
    dl/d ln x = -exponent x term

Each term stands for what one resource leaves undone; gains simply add, which no joint measurement supports: the family is for
teaching, for closed forms and for checking the general solver. R -> 0 gives an infinite loss.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetplan.laws.model import AbstractModel, Outcome, stack
from budgetplan.numerics.arrays import Array


@dataclass(frozen=True)
class AdditiveLoss(AbstractModel):
    """Floor and four power terms; a term whose size is zero drops out.

    Attributes
    ----------
    E : float or ndarray
        Floor. [nat]
    A, B, G, H : float or ndarray
        Sizes of the terms of N, D, R and k at one unit. [nat]
    alpha, beta, gamma, delta : float or ndarray
        Their exponents. [1]
    """

    E: float | Array
    A: float | Array
    alpha: float | Array
    B: float | Array
    beta: float | Array
    G: float | Array = 0.0
    gamma: float | Array = 1.0
    H: float | Array = 0.0
    delta: float | Array = 1.0

    @property
    def uses(self) -> tuple[bool, bool, bool, bool]:
        """The variables whose term is not zero."""
        return (True, True, bool(np.any(self.G)), bool(np.any(self.H)))

    @property
    def floor(self) -> float:
        """The floor E. [nat]"""
        return float(np.min(self.E))

    def without_floor(self) -> AdditiveLoss:
        """The same terms with E = 0."""
        return replace(self, E=0.0)

    def _terms(self, x: Array) -> tuple[Array, Array, Array, Array]:
        sizes = (self.A, self.B, self.G, self.H)
        exponents = (self.alpha, self.beta, self.gamma, self.delta)
        zero = np.zeros_like(x[0])
        first, second, third, fourth = (
            size * np.exp(-exponent * row) if np.any(size) else zero
            for size, exponent, row in zip(sizes, exponents, x, strict=True)
        )
        return first, second, third, fourth

    def evaluate(self, x: Array) -> Outcome:
        """The loss at log variables of shape (4, ...); its pre-training part is E + A/N^alpha + B/D^beta."""
        by_n, by_d, by_r, by_k = self._terms(x)
        pretraining_loss = self.E + by_n + by_d
        return Outcome(pretraining_loss + by_r + by_k, pretraining_loss, None)

    def loss_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """The loss and its derivatives by the log variables."""
        by_n, by_d, by_r, by_k = self._terms(x)
        gradient = (-self.alpha * by_n, -self.beta * by_d, -self.gamma * by_r, -self.delta * by_k)
        return self.E + by_n + by_d + by_r + by_k, stack(gradient)
