"""What the figures of fits need to know of the data they draw: plots and workflow are neighbours and do not import each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from budgetplan.numerics.arrays import Array, Bools
from budgetplan.plots.table import Row


class Chart(Protocol):
    """Data of a figure of a fit."""

    @property
    def headline(self) -> str:
        """The finding in a sentence."""

    @property
    def caption(self) -> str:
        """What must stand beneath the figure."""

    def rows(self) -> Sequence[Row]:
        """The drawn data, one row per mark."""


@runtime_checkable
class FitData(Chart, Protocol):
    """Runs beside what a fitted law says of them, arrays of shape (run,)."""

    @property
    def params(self) -> Array:
        """[param]"""

    @property
    def tokens(self) -> Array:
        """[token]"""

    @property
    def observed(self) -> Array:
        """Loss. [nat/token]"""

    @property
    def fitted(self) -> Array:
        """Loss, a forecast where the run was held out. [nat/token]"""

    @property
    def low(self) -> Array:
        """Lower end of the forecast, nan where fitted. [nat/token]"""

    @property
    def high(self) -> Array:
        """Upper end. [nat/token]"""

    @property
    def held(self) -> Bools:
        """Which runs the fit did not see."""

    @property
    def names(self) -> tuple[str, str]:
        """Of the runs that are not held out, and of those that are."""

    @property
    def residual(self) -> Array:
        """observed/fitted - 1. [1]"""


class CoefficientData(Chart, Protocol):
    """Coefficients of a law, arrays of shape (coefficient,)."""

    @property
    def names(self) -> tuple[str, ...]:
        """As the law file has them."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Published, fitted or assumed."""

    @property
    def values(self) -> Array:
        """Each in its unit."""

    @property
    def ratios(self) -> Array:
        """Ends of the intervals over the values, shape (coefficient, 2), nan where not known. [1]"""


class ProfileData(Protocol):
    """Runs of one budget and the curve through them."""

    @property
    def flop(self) -> float:
        """[FLOP]"""

    @property
    def params(self) -> Array:
        """Of the runs, shape (run,), perhaps empty. [param]"""

    @property
    def loss(self) -> Array:
        """Of the runs, shape (run,). [nat/token]"""

    @property
    def curve_params(self) -> Array:
        """Shape (point,). [param]"""

    @property
    def curve_loss(self) -> Array:
        """Shape (point,). [nat/token]"""

    @property
    def best_params(self) -> float:
        """Lowest point; nan where there is none. [param]"""

    @property
    def best_loss(self) -> float:
        """Loss there. [nat/token]"""

    @property
    def used(self) -> bool:
        """Whether the power law rests on it."""


class IsoflopData(Chart, Protocol):
    """Profiles by rising budget, and the optimum against compute, arrays of shape (point,)."""

    @property
    def profiles(self) -> Sequence[ProfileData]:
        """Empty for a policy."""

    @property
    def budget(self) -> Array:
        """[FLOP]"""

    @property
    def optimum(self) -> Array:
        """[param]"""

    @property
    def low(self) -> Array:
        """Lower end of its interval, nan where not known. [param]"""

    @property
    def high(self) -> Array:
        """Upper end. [param]"""

    @property
    def measured(self) -> tuple[float, float] | None:
        """Budgets that it rests on. [FLOP]"""


class ContourData(Chart, Protocol):
    """A map of loss over params and tokens."""

    @property
    def params(self) -> Array:
        """Shape (column,). [param]"""

    @property
    def tokens(self) -> Array:
        """Shape (row,). [token]"""

    @property
    def loss(self) -> Array:
        """Shape (row, column). [nat/token]"""

    @property
    def levels(self) -> Array:
        """Of the contours, rising. [nat/token]"""

    @property
    def budgets(self) -> Array:
        """Of the isoFLOP lines. [FLOP]"""

    @property
    def path(self) -> Array:
        """Best params and their tokens, shape (point, 2)."""

    @property
    def hull(self) -> Array:
        """Corners around what was measured, shape (corner, 2), perhaps empty."""

    @property
    def runs(self) -> Array:
        """Params and tokens, shape (run, 2), perhaps empty."""


class CurveData(Protocol):
    """A law of success with what was measured."""

    @property
    def label(self) -> str:
        """Group or law."""

    @property
    def x(self) -> Array:
        """Of the line, shape (point,)."""

    @property
    def success(self) -> Array:
        """Of the line. [1]"""

    @property
    def low(self) -> Array:
        """Lower end of its band, nan where not known. [1]"""

    @property
    def high(self) -> Array:
        """Upper end. [1]"""

    @property
    def measured(self) -> tuple[float, float]:
        """Part of x that the law rests on."""

    @property
    def seen_x(self) -> Array:
        """Of the measurements, shape (run,); may be 0."""

    @property
    def seen(self) -> Array:
        """The measurements. [1]"""

    @property
    def seen_low(self) -> Array:
        """Lower ends of their intervals, nan where not known. [1]"""

    @property
    def seen_high(self) -> Array:
        """Upper ends. [1]"""

    @property
    def held(self) -> Bools:
        """Which of them the fit did not see."""

    @property
    def limit(self) -> tuple[float, float] | None:
        """Interval of a ceiling that was not seen. [1]"""


class SuccessData(Chart, Protocol):
    """Curves of success over one axis."""

    @property
    def curves(self) -> Sequence[CurveData]:
        """One per group."""

    @property
    def axis_label(self) -> str:
        """With the unit."""

    @property
    def success_label(self) -> str:
        """With the unit."""


def chart_of(result: Chart) -> Chart:
    """The data themselves: they are computed before they come here.

    Parameters
    ----------
    result : Chart
        Data of a figure.
    """
    return result


def chart_table(chart: Chart) -> Sequence[Row]:
    """The drawn data, one row per mark.

    Parameters
    ----------
    chart : Chart
        Data of a figure.
    """
    return chart.rows()
