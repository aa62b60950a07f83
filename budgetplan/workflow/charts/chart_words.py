"""What a figure of a law says beneath it: which law, from which runs, with which intervals, by which version."""

from __future__ import annotations

from budgetplan.fitting.result import LawFit
from budgetplan.laws.law import Law
from budgetplan.version import VERSION


def fitted_caption(fit: LawFit, *more: str) -> str:
    """The caption of a fit.

    Parameters
    ----------
    fit : LawFit
        Of one group or of several.
    *more : str
        Parts of a sentence that belong to this figure.

    Returns
    -------
    str
    """
    digest = str(fit.provenance.get("data_sha256", ""))[:12]
    data = f"data {digest}" if digest else "data without a hash"
    held = [] if fit.holdout is None else [f"bars: {100 * fit.level:.4g} % forecast intervals"]
    parts = [f"Form {fit.form}, {fit.objective_name}, {fit.n_runs} runs, {data}", *more, *held, f"budgetplan {VERSION}"]
    return "; ".join(part for part in parts if part) + "."


def law_caption(law: Law, *more: str) -> str:
    """The caption of a law without runs.

    Parameters
    ----------
    law : Law
    *more : str
        Parts of a sentence that belong to this figure.

    Returns
    -------
    str
    """
    return "; ".join(part for part in (f"Law {law.id} ({law.hash})", *more, f"budgetplan {VERSION}") if part) + "."
