"""Runs that cannot determine a law of loss, refused with the reason; and designs that are only thin, warned of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetplan.errors import FitError
from budgetplan.fitting.runs.runs import FLOP_PER_PARAM_TOKEN
from budgetplan.numerics.arrays import Array

SAME_BUDGET = np.log(1.25)
"""Spread of ln C within which all runs have one budget: FLOP read off a figure scatters by some per cent."""
SAME_RATIO = np.log(1.1)
"""Spread of ln D/N below which params and tokens grow in step."""
FEW = 3
"""Runs per coefficient below which intervals are not to be trusted."""
NARROW = np.log(10.0)
"""Spread of ln C below which a law is a guess about other budgets."""


def refuse(runs: Mapping[str, Array], name: str, free: int, fixed: Mapping[str, float]) -> None:
    """Refuse runs that a law of loss in N and D cannot be fitted to.

    Parameters
    ----------
    runs : mapping of str to ndarray
        With `params` and `tokens`.
    name : str
        Of the form.
    free : int
        Coefficients to be fitted.
    fixed : mapping of str to float
        Coefficients that are given: they can stand in for a spread that the runs do not have.

    Raises
    ------
    FitError
        Too few runs, one budget only, or params and tokens in step.
    """
    count = len(runs["params"])
    if count < free + 1:
        runs_are = "1 run" if count == 1 else f"{count} runs"
        raise FitError(
            f"{runs_are} cannot determine the {free} coefficients of `{name}`: at least {free + 1} are needed.",
            "Add runs, tie the exponents, or fix coefficients.",
        )
    if fixed:
        return
    ratio = np.log(runs["tokens"] / runs["params"])
    if np.ptp(ratio) < SAME_RATIO:
        raise FitError(
            f"All {count} runs have {float(np.exp(np.median(ratio))):.3g} tokens per param: their effects cannot be told apart.",
            "Add runs of the same size with more or fewer tokens, at least a factor 2.",
        )
    flop = FLOP_PER_PARAM_TOKEN * runs["params"] * runs["tokens"]
    if np.ptp(np.log(flop)) < SAME_BUDGET:
        raise FitError(
            f"All {count} runs have one budget, about {float(np.median(flop)):.2g} FLOP: how loss falls with compute is unknown.",
            "Add runs at a second budget, at least a factor 3 away.",
        )


def thin(runs: Mapping[str, Array], name: str, free: int) -> list[str]:
    """Warnings about runs that can be fitted and say little.

    Parameters
    ----------
    runs : mapping of str to ndarray
        With `params` and `tokens`.
    name : str
        Of the form.
    free : int
        Coefficients fitted.
    """
    said = []
    count = len(runs["params"])
    if count < FEW * free:
        said.append(f"{count} runs for {free} coefficients of `{name}`: intervals from so few runs are too narrow.")
    spread = np.ptp(np.log(runs["params"] * runs["tokens"]))
    if spread < NARROW:
        said.append(f"The runs span a factor {np.exp(spread):.1f} in compute: a law for larger budgets rests on little.")
    ratio = np.ptp(np.log(runs["tokens"] / runs["params"]))
    if ratio < np.log(2.0):
        said.append(f"Tokens per param differ by a factor {np.exp(ratio):.2f} only: their best value is hardly determined.")
    return said
