"""What every law of loss answers to, in log variables: the interface between laws and the planner.

A model is pure arithmetic on arrays of shape (4, ...), one row per variable: ln N, ln D, ln R, ln k (params, pre-training
tokens, RL tokens, samples per query). R = 0 is the row entry -inf, k = 1 the entry 0; both are ordinary inputs.
Coefficients are floats, or arrays that broadcast against the cells: of shape (draw, 1) for every draw at every cell, of shape
(instance,) for one vector of coefficients per cell of the last axis.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array, Index

PARAMS, PRETRAINING, RL, SAMPLES = range(4)
"""Rows of an array of log variables."""


@dataclass(frozen=True)
class Outcome:
    """What a law predicts for a set of cells.

    Attributes
    ----------
    loss : ndarray of shape (...)
        The objective: task loss, or pre-training loss where the law has only that link. [nat/task or nat/token]
    pretraining_loss : ndarray of shape (...) or None
        Cross-entropy on held-out text. [nat/token]
    success : ndarray of shape (...) or None
        Probability that the served answer is right. [1]
    """

    loss: Array
    pretraining_loss: Array | None
    success: Array | None


class AbstractModel(ABC):
    """A law as a function of log variables."""

    @property
    @abstractmethod
    def uses(self) -> tuple[bool, bool, bool, bool]:
        """Which of N, D, R, k the loss depends on."""

    @abstractmethod
    def evaluate(self, x: Array) -> Outcome:
        """Loss and its intermediate quantities.

        Parameters
        ----------
        x : ndarray of shape (4, ...)
            ln N, ln D, ln R, ln k.

        Returns
        -------
        Outcome
            Arrays of shape (...).
        """

    @abstractmethod
    def loss_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """Loss, shape (...), and its derivatives by the log variables, shape (4, ...).

        Parameters
        ----------
        x : ndarray of shape (4, ...)
            ln N, ln D, ln R, ln k.
        """

    def bound(self, low: Array, high: Array) -> Array:
        """A proven lower bound of the loss over boxes of log variables, tight as the boxes shrink.

        The default serves every law whose loss falls in each variable: the loss at the best corner.

        Parameters
        ----------
        low, high : ndarray of shape (4, ...)
            Opposite corners of the boxes.

        Returns
        -------
        ndarray of shape (...)
            No allocation in the box has a lower loss.
        """
        return self.evaluate(high).loss

    @property
    def floor(self) -> float:
        """Loss that no amount of any resource goes below; 0 where the law knows none. [unit of the loss]"""
        return 0.0

    def without_floor(self) -> AbstractModel:
        """The law of the loss above the floor, which keeps its digits near the floor; itself where there is none."""
        return self


class AbstractPretraining(AbstractModel):
    """A law of pre-training loss in params and tokens: the first link of a joint law, and a law by itself."""

    @abstractmethod
    def loss_and_partials(self, n: Array, d: Array) -> tuple[Array, Array, Array]:
        """L, dL/d ln N and dL/d ln D, each of shape (...).

        Parameters
        ----------
        n, d : ndarray of shape (...)
            ln N and ln D.
        """

    @property
    def uses(self) -> tuple[bool, bool, bool, bool]:
        """N and D."""
        return (True, True, False, False)

    def evaluate(self, x: Array) -> Outcome:
        """The loss at log variables of shape (4, ...)."""
        loss = self.loss_and_partials(x[0], x[1])[0]
        return Outcome(loss, loss, None)

    def loss_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """The loss and its derivatives by the log variables."""
        loss, by_n, by_d = self.loss_and_partials(x[0], x[1])
        return loss, stack((by_n, by_d, 0.0, 0.0))


def stack(rows: tuple[Array | float, Array | float, Array | float, Array | float]) -> Array:
    """Four rows broadcast against each other into one array of shape (4, ...).

    Parameters
    ----------
    rows : tuple of four array_like
        ln N, ln D, ln R, ln k, or the derivatives by them.
    """
    return np.stack(np.broadcast_arrays(*rows))


def taken(part: Any, index: Index | slice) -> Any:
    """A law, or a link of one, whose coefficients are arrays of shape (instance,), for the instances in `index`.

    Parameters
    ----------
    part : dataclass
        Coefficients that are floats stay as they are.
    index : ndarray or slice
        Indices or a mask.
    """
    changed = {}
    for item in fields(part):
        value = getattr(part, item.name)
        if isinstance(value, np.ndarray) and value.ndim:
            changed[item.name] = value[index]
        elif is_dataclass(value):
            inner = taken(value, index)
            if inner is not value:
                changed[item.name] = inner
    return replace(part, **changed) if changed else part
