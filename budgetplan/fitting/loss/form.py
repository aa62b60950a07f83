"""A form as the fit sees it: its coefficients, the coordinates they are fitted in, its curve and its starts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np

from budgetplan.errors import DataError, UnknownNameError
from budgetplan.fitting.loss.curve import AbstractCurve, Chart
from budgetplan.numerics.arrays import Array


class AbstractForm(ABC):
    """A law of loss whose coefficients are to be found.

    Positive coefficients are fitted as logarithms, exponents as they are; `theta` are these coordinates.
    """

    name: str
    coefficients: tuple[str, ...]
    logs: tuple[bool, ...]
    roles: tuple[str, ...]
    ties: tuple[tuple[str, str], ...] = ()
    """Pairs of coefficients that the option `tied` makes equal."""
    polished: int | None = None
    """Starts to follow where the objective has many minima alike; the one that most of them reach is then kept."""

    @abstractmethod
    def curve(self, runs: Mapping[str, Array], chart: Chart, logarithmic: bool) -> AbstractCurve:
        """Fitted values of the runs over the chart's free coordinates."""

    @abstractmethod
    def starts(self, runs: Mapping[str, Array], fixed: Mapping[str, float], tied: bool) -> Array:
        """Coordinates to begin from, shape (start, coordinate); one of them lies in the basin of the global optimum."""

    def theta(self, values: Array) -> Array:
        """Coordinates of coefficients, shape (..., coefficient)."""
        return np.where(self.logs, np.log(np.where(self.logs, values, 1.0)), values)

    def values(self, theta: Array) -> Array:
        """Coefficients at coordinates, shape (..., coefficient)."""
        return np.where(self.logs, np.exp(np.minimum(np.where(self.logs, theta, 0.0), 700.0)), theta)

    def chart(self, tied: bool, fixed: Mapping[str, float]) -> Chart:
        """Free coordinates under ties and fixed values.

        Parameters
        ----------
        tied : bool
            Whether the form's ties hold.
        fixed : mapping of str to float
            Coefficients that keep their value.

        Raises
        ------
        UnknownNameError, DataError
            If a fixed coefficient does not exist or cannot have its value, or the form has no ties.
        """
        if tied and not self.ties:
            raise DataError(f"The form `{self.name}` has no exponents to tie.", "Leave `tied` out.")
        origin = np.zeros(len(self.coefficients))
        columns = {name: np.zeros(len(self.coefficients)) for name in self.coefficients}
        for at, name in enumerate(self.coefficients):
            columns[name][at] = 1.0
        if tied:
            for first, second in self.ties:
                if second in fixed:
                    raise DataError(f"`{second}` is tied to `{first}` and cannot be fixed too.", f"Fix `{first}`.")
                columns[first] = columns[first] + columns.pop(second)
        for name, value in fixed.items():
            if name not in columns:
                raise UnknownNameError("coefficient", name, self.coefficients)
            if self.logs[self.coefficients.index(name)] and not value > 0:
                raise DataError(f"`{name}` must be above 0 to be fixed, got {value}.")
            origin = origin + columns.pop(name) * (np.log(value) if self.logs[self.coefficients.index(name)] else value)
        if not columns:
            raise DataError("Every coefficient is fixed: there is nothing to fit.", "Leave one of them free.")
        return Chart(origin, np.stack(list(columns.values()), axis=1))
