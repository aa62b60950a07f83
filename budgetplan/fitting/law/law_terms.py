"""From a fit's coefficients to those of the law that it becomes, where the two are not written alike.

RL sigmoid: floor -> start; the axis is RL tokens, so that one unit of it is one token. A law needs 0 < start < ceiling < 1.
RL power: the error 10^offset R^-slope is that of the law, (1 - start)(1 + R/R_ref)^-slope, for R well above R_ref; the fit does not
see R_ref, which is taken as the least R that was measured. One size was measured: the exponent does not depend on N.
pass@k power: the law is exp(a k^b), the fit exp(-a k^-b).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.errors import DataError
from budgetplan.fitting.result import LawFit
from budgetplan.numerics.arrays import Array

EDGE = 1e-6
"""Nearest that a law's success comes to 0 and 1, whose logits are infinite. [1]"""
DIGITS = 8
"""Significant digits of a draw."""


@dataclass(frozen=True)
class Term:
    """One coefficient of the law.

    Attributes
    ----------
    name : str
    column : str or None
        The fit's coefficient that it comes from; None is a constant.
    sign : float
        What that is multiplied by.
    unit : str
    value : float
        Of a constant.
    source : str
        Of a constant.
    """

    name: str
    column: str | None
    sign: float = 1.0
    unit: str = "1"
    value: float = 0.0
    source: str = ""


_TOKENS: dict[str, tuple[Term, ...]] = {
    "rl-sigmoid": (
        Term("start", "floor"),
        Term("ceiling", "ceiling"),
        Term("midpoint", "midpoint", unit="token"),
        Term("steepness", "steepness"),
        Term("tokens_per_gpu_hour", None, value=1.0, source="a unit: the midpoint is counted in RL tokens"),
    ),
    "rl-power": (
        Term("K_max", "slope"),
        Term("N_0", None, unit="param", value=1.0, source="one size was measured: an exponent that does not depend on params"),
    ),
    "passk-power": (Term("a", "a", -1.0), Term("b", "b", -1.0)),
}


_NO_CHANCE = Term("chance", None, source="the runs' task cannot be guessed")
_SPREAD = (Term("tail", "tail"), Term("narrowing", "narrowing"))
_ORACLE = (
    Term("selection_efficiency", None, value=1.0, source="success of k samples is coverage: every right one is found"),
    Term("selection_samples", None, value=1e12, source="as many as are drawn"),
)
PRETRAINING = tuple(Term(name, name) for name in ("E", "A", "B", "alpha", "beta"))
CHAIN: dict[str, tuple[str, tuple[Term, ...]]] = {
    "pretraining": ("chinchilla", PRETRAINING),
    "task": (
        "logistic",
        (Term("slope", "slope", unit="logit/(nat/token)"), Term("midpoint", "midpoint", unit="nat/token"), _NO_CHANCE),
    ),
    "log-log task": (
        "log-log",
        (Term("slope", "slope", unit="1/(nat/token)"), Term("pivot", "pivot", unit="nat/token"), _NO_CHANCE),
    ),
    "log": ("ability-log", (Term("gain", "gain", unit="logit"), Term("reference", "reference", unit="token"))),
    "saturating": (
        "ability-saturating",
        (
            Term("ceiling", "ceiling", unit="logit"),
            Term("midpoint", "rl_midpoint", unit="token"),
            Term("steepness", "steepness"),
        ),
    ),
    "approach": (
        "ability-approach",
        (Term("reach", "reach", unit="logit"), Term("midpoint", "rl_midpoint", unit="token"), Term("steepness", "steepness")),
    ),
    "inference": ("beta-spread", (*_SPREAD, *_ORACLE)),
    "drifting": ("beta-drift", (*_SPREAD, Term("drift", "drift"), *_ORACLE)),
}
"""Forms and coefficients of the links that a fitted chain becomes; the RL link by its form, the inference link by its spread."""


def law_terms(fit: LawFit, units: Mapping[str, str]) -> tuple[Term, ...]:
    """Coefficients of the law that a fit becomes.

    Parameters
    ----------
    fit : LawFit
    units : mapping of str to str
        Of coefficients that the law has under the fit's own names.

    Raises
    ------
    DataError
        If an RL curve was fitted in compute, which no plan can turn into tokens.
    """
    if fit.form in ("rl-sigmoid", "rl-power") and "rl_tokens" not in fit.box:
        raise DataError(
            "An RL curve fitted in compute is no law by itself: a plan counts RL in tokens.",
            "Fit a table with the tokens that the policy generated, --column rl_tokens=NAME, and without RL compute.",
        )
    terms = _TOKENS.get(fit.form) or tuple(Term(name, name, unit=units.get(name, "1")) for name in fit.coefficients)
    if fit.form == "rl-power":
        least = fit.box["rl_tokens"][0]
        terms += (Term("R_ref", None, unit="token", value=least, source="taken as the least RL tokens that were measured"),)
    return terms


def term_value(term: Term, values: Mapping[str, float]) -> float:
    """Value of a coefficient of the law.

    Parameters
    ----------
    term : Term
    values : mapping of str to float
        The fit's coefficients, or ends of their intervals.
    """
    if term.column is None:
        return term.value
    value = term.sign * float(values[term.column])
    return min(max(value, EDGE), 1.0 - EDGE) if term.name in ("start", "ceiling") and term.unit == "1" else value


def draw_rows(fit: LawFit, terms: tuple[Term, ...], most: int) -> list[list[float]]:
    """Joint draws of the law's coefficients, at most `most` of them, evenly chosen.

    Parameters
    ----------
    fit : LawFit
        With draws.
    terms : tuple of Term
        Columns of the rows.
    most : int
    """
    draws: Array = np.asarray(fit.draws)
    chosen = draws[np.linspace(0, len(draws) - 1, min(len(draws), most)).astype(int)]
    names: list[Any] = list(fit.coefficients)
    rows = (dict(zip(names, row, strict=True)) for row in chosen.tolist())
    return [[float(f"{term_value(term, row):.{DIGITS}g}") for term in terms] for row in rows]
