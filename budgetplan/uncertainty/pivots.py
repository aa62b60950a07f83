"""Coefficients that are never drawn apart: what runs determine is their term where they were measured.

    A/N^alpha is known at N_c, not at N = 1:    A = A_0 N_c^(alpha - alpha_0)    (likewise B with beta, G, gamma, H, delta)
    gain ln(1 + R/reference) is known at R_c:   reference = R_c/(exp(G_0/gain) - 1),   G_0 its value at R_c

The pivot is the geometric middle of the measured box; without one, 1e9 params, 2e10 tokens, 1e7 RL tokens, 10 samples.
The partner's own range, where it has one, says how uncertain that term is at the pivot only beyond what its exponent explains, and
is not used: its range in the literature is the exponent's, carried to N = 1.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetplan.laws.record import Record
from budgetplan.numerics.arrays import Array

POWERS = {
    "A": ("alpha", "params", 1e9),
    "B": ("beta", "pretraining_tokens", 2e10),
    "G": ("gamma", "rl_tokens", 1e7),
    "H": ("delta", "samples_per_query", 10.0),
}
"""Size of a term -> its exponent, the axis it falls along, and a pivot without a box."""
GAIN, REFERENCE, MIDDLE_RL = "gain", "reference", 1e7


def partners(record: Record) -> tuple[str, ...]:
    """Coefficients of a law that follow from others.

    Parameters
    ----------
    record : Record
    """
    names = record.coefficients
    powers = tuple(size for size, (power, _, _) in POWERS.items() if size in names and power in names)
    return (*powers, REFERENCE) if GAIN in names and REFERENCE in names else powers


def pivot(record: Record, axis: str, otherwise: float) -> float:
    """Geometric middle of the measured range of an axis.

    Parameters
    ----------
    record : Record
    axis : str
        Of its box.
    otherwise : float
        Where the box does not have it.
    """
    low, high = record.box.get(axis, (0.0, 0.0))
    return float(np.sqrt(low * high)) if low > 0 and high > 0 else otherwise


def follow(record: Record, drawn: Mapping[str, Array]) -> dict[str, Array]:
    """The partners at drawn exponents, each of the shape of its own.

    Parameters
    ----------
    record : Record
        The law at its values.
    drawn : mapping of str to ndarray
        Coefficients that were drawn; a partner whose exponent was not keeps its value and is left out.

    Returns
    -------
    dict of str to ndarray
    """
    values, out = record.values, {}
    for size, (power, axis, otherwise) in POWERS.items():
        if size in values and power in drawn:
            out[size] = values[size] * pivot(record, axis, otherwise) ** (drawn[power] - values[power])
    if GAIN in drawn and REFERENCE in values:
        middle = pivot(record, "rl_tokens", MIDDLE_RL)
        known = values[GAIN] * np.log1p(middle / values[REFERENCE])
        out[REFERENCE] = middle / np.expm1(known / drawn[GAIN])
    return out
