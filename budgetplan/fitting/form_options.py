"""What one call of `fit_law` means to forms of different kinds."""

from __future__ import annotations

from collections.abc import Mapping

from budgetplan.errors import DataError
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.rl.options import CurveOptions
from budgetplan.laws.law_files import find_record

BASE = ("E", "A", "B", "alpha", "beta")
"""Coefficients that a law given as `fixed` brings."""


def curve_options(options: FitOptions, objective: str | None, label: str) -> CurveOptions:
    """Options of forms on RL curves and counts.

    Parameters
    ----------
    options : FitOptions
    objective : str or None
        As the user gave it; None is the form's own.
    label : str
        Group, for sentences.

    Raises
    ------
    DataError
        If coefficients are fixed or exponents tied, which these forms do not know.
    """
    if options.fixed or options.tied:
        raise DataError("`fixed` and `tied` are for laws of loss only.", "Leave them out.")
    return CurveOptions(
        objective=objective,
        delta=options.delta,
        bootstrap=options.bootstrap,
        seed=options.seed,
        level=options.level,
        workers=options.workers,
        cluster=options.cluster,
        label=label,
        holdout=options.holdout,
    )


def fixed_values(fixed: Mapping[str, float] | str | None, form: str) -> dict[str, float]:
    """Coefficients to fix, from a mapping or from a law's base.

    Parameters
    ----------
    fixed : mapping of str to float, str or None
        A law id or file stands for its E, A, B, alpha, beta.
    form : str
        The form that is fitted.

    Raises
    ------
    DataError
        If the law has no such base, or the form would have nothing left to fit.
    """
    if fixed is None:
        return {}
    if not isinstance(fixed, str):
        return dict(fixed)
    if form != "data-constrained":
        raise DataError(f"`fixed` names the law `{fixed}`, which the form `{form}` cannot stand on.", "Fix coefficients by name.")
    record = find_record(fixed)
    if any(name not in record.coefficients for name in BASE):
        raise DataError(f"The law `{fixed}` has no coefficients {', '.join(BASE)}.", "Name a law of Chinchilla form.")
    return {name: record.coefficients[name].value for name in BASE}
