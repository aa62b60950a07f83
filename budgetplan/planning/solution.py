"""What a solver hands back: one point per instance, with what is needed to certify it."""

from __future__ import annotations

from dataclasses import dataclass

from budgetplan.numerics.arrays import Array


@dataclass(frozen=True)
class Solution:
    """The best point found for each instance, before certification.

    Attributes
    ----------
    y : ndarray of shape (4, instance)
        ln N, ln D, ln R, ln I; -inf stands for no tokens.
    loss : ndarray of shape (instance,)
        The objective; inf where nothing feasible was found.
    spread : ndarray of shape (instance,)
        Relative difference of loss among the starts that ended in the best basin.
    runner_up : ndarray of shape (instance,)
        Loss of the next best basin; inf where there is only one.
    runner_up_y : ndarray of shape (4, instance)
        Where it lies.
    """

    y: Array
    loss: Array
    spread: Array
    runner_up: Array
    runner_up_y: Array
