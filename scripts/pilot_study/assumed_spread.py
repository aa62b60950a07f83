"""Draws for a law that states no spread: its own values with the relative deviations of another law's draws.

The deviations of E, alpha and beta, and of the two terms where the lender's runs lay, are carried over together, draw by draw. An
assumption, made for this study only: nobody measured how uncertain the borrower's coefficients are.
"""

from __future__ import annotations

import numpy as np

from budgetplan.laws.catalogue import load_law
from budgetplan.laws.law import Law
from budgetplan.uncertainty.draws import Draws, draw_law
from budgetplan.uncertainty.pilot_prior import law_with

LENDER = "besiroglu-2024"


def borrowed(law: Law, count: int, seed: int) -> Draws:
    """Draws of a Chinchilla law with the spread of `LENDER`."""
    lender = load_law(LENDER)
    drawn, known, own = draw_law(lender, count, seed).values, lender.record.values, law.record.values
    values = {name: own[name] * drawn[name] / known[name] for name in ("E", "alpha", "beta")}
    for size, power, axis in (("A", "alpha", "params"), ("B", "beta", "pretraining_tokens")):
        middle = float(np.sqrt(np.prod(lender.record.box[axis])))
        term = np.log(drawn[size] / known[size]) - (drawn[power] - known[power]) * np.log(middle)
        values[size] = own[size] * np.exp(term + (values[power] - own[power]) * np.log(middle))
    return Draws(law_with(law, values), values, {"pretraining": "assumed"}, ())
