"""What a law looks like to the optimiser: fitted values over free coordinates, and sums of their derivatives.

A curve predicts y, the logarithm of the loss or the loss itself, for all runs, at many points of its free coordinates u at
once. Forms differ in how they compute y; the optimiser, the bootstrap and the covariance only see this interface.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array


@dataclass(frozen=True)
class Chart:
    """Free coordinates u of a form's coordinates theta = origin + basis u: ties, fixed values and scaling are all one affine map.

    Attributes
    ----------
    origin : ndarray of shape (coordinate,)
    basis : ndarray of shape (coordinate, free)
    """

    origin: Array
    basis: Array

    @property
    def size(self) -> int:
        """Number of free coordinates."""
        return int(self.basis.shape[1])

    def theta(self, u: Array) -> Array:
        """Form coordinates, shape (..., coordinate), of free ones, shape (..., free)."""
        return self.origin + u @ self.basis.T

    def free(self, theta: Array) -> Array:
        """The nearest free coordinates, shape (..., free), of form coordinates, shape (..., coordinate)."""
        return (theta - self.origin) @ np.linalg.pinv(self.basis).T

    def moved(self, theta: Array, scale: Array) -> Chart:
        """The same subspace with u = 0 at `theta`, and free coordinates mixed by `scale`, shape (free, free)."""
        return Chart(theta, self.basis @ scale)


class AbstractCurve(ABC):
    """Fitted values of all runs over free coordinates u of shape (point, free)."""

    @abstractmethod
    def evaluate(self, u: Array) -> tuple[Array, Any]:
        """Fitted values, shape (point, run), and whatever `slopes` and `jacobian` need again.

        Parameters
        ----------
        u : ndarray of shape (point, free)
        """

    @abstractmethod
    def slopes(self, state: Any, first: Array, second: Array) -> tuple[Array, Array]:
        """Gradient, shape (point, free), and Hessian, shape (point, free, free), of a sum over runs of rho(y).

        Parameters
        ----------
        state
            From `evaluate`.
        first, second : ndarray of shape (point, run)
            rho' and rho'' by y: the Hessian is sum rho'' J J^T + rho' d2y/du2.
        """

    @abstractmethod
    def jacobian(self, state: Any) -> Array:
        """dy/du, shape (point, run, free)."""

    @abstractmethod
    def recharted(self, chart: Chart) -> AbstractCurve:
        """The same curve over other free coordinates."""
