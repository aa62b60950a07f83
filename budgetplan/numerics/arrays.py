"""The array type that the numerical floors pass around, and how inputs become it."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]
"""Array of 64-bit floats; scalars are arrays of shape ()."""

Bools: TypeAlias = npt.NDArray[np.bool_]
"""Array of truth values."""


Index: TypeAlias = npt.NDArray[np.intp] | npt.NDArray[np.bool_]
"""Positions, or a mask."""


def as_array(value: Any) -> Array:
    """`value` as an array of 64-bit floats, shape kept.

    Parameters
    ----------
    value : array_like
        Numbers of any shape.

    Returns
    -------
    ndarray
        The same numbers; no copy where none is needed.
    """
    return np.asarray(value, dtype=np.float64)
