"""Derivatives of smooth functions by central differences, extrapolated to a step of zero.

    D(h) = (f(x + h) - f(x - h))/2h = f' + c2 h^2 + c4 h^4 + ...

Three steps h, h/2, h/4 remove c2 and c4 (Richardson), so that steps can be long enough for rounding not to matter: about ten
digits remain where f has sixteen. The last two columns of the scheme say how many.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from budgetplan.numerics.arrays import Array

STEP = 2e-3
"""Longest step, relative to the scale of x."""


def derivative(function: Callable[[float], Array], at: float, step: float) -> tuple[Array, Array]:
    """f'(x) of an array-valued function of a number, and an estimate of its error.

    Parameters
    ----------
    function : callable
        From a float to an array of a fixed shape.
    at : float
        x.
    step : float
        h > 0.

    Returns
    -------
    slope, error : ndarray
        Of the function's shape.

    Examples
    --------
    >>> slope, error = derivative(lambda x: np.exp(np.array([x, 2 * x])), 0.0, 2e-3)
    >>> bool(np.all(np.abs(slope - [1.0, 2.0]) < 1e-11))
    True
    """
    first, second, third = (
        (function(at + width) - function(at - width)) / (2.0 * width) for width in (step, 0.5 * step, 0.25 * step)
    )
    coarse, fine = (4.0 * second - first) / 3.0, (4.0 * third - second) / 3.0
    slope: Array = (16.0 * fine - coarse) / 15.0
    return slope, np.abs(slope - fine)
