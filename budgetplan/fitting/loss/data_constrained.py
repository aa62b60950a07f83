"""The law of repeated data: Chinchilla's form with effective params and tokens, RD_star and RN_star beside the base.

With the five base coefficients `fixed` only RD_star and RN_star are fitted, as published; otherwise all seven.
Reference: Muennighoff et al. 2023, arXiv:2305.16264, Section 3 and appendix.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetplan.fitting.loss.chinchilla import CHINCHILLA
from budgetplan.fitting.loss.curve import Chart
from budgetplan.fitting.loss.form import AbstractForm
from budgetplan.fitting.loss.loss_fit import fit_loss
from budgetplan.fitting.loss.worn_sum import WornSum
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.runs.runs import Runs
from budgetplan.numerics.arrays import Array

HALF_LIVES = np.geomspace(0.3, 300.0, 10)
"""RD_star and RN_star tried. [epoch]"""
BASES = 24
"""Base coefficients tried with every pair of half-lives."""
FEWEST_FRESH = 8
"""Runs of at most one epoch from which a base can be started."""


class DataConstrainedForm(AbstractForm):
    """Coordinates ln E, ln A, ln B, alpha, beta, ln RD_star, ln RN_star."""

    name = "data-constrained"
    coefficients = (*CHINCHILLA.coefficients, "RD_star", "RN_star")
    logs = (*CHINCHILLA.logs, True, True)
    roles = ("params", "tokens", "unique_tokens", "loss")
    ties = CHINCHILLA.ties
    polished = 100

    def curve(self, runs: Mapping[str, Array], chart: Chart, logarithmic: bool) -> WornSum:
        """ln L or L over the chart."""
        unique = np.minimum(runs["unique_tokens"], 1e100)  # unlimited is written as inf
        return WornSum(np.log(runs["params"]), np.log(runs["tokens"]), np.log(unique), chart, logarithmic)

    def starts(self, runs: Mapping[str, Array], fixed: Mapping[str, float], tied: bool) -> Array:
        """The best bases of runs with little repetition, or the fixed one, with a grid of half-lives."""
        base_names = CHINCHILLA.coefficients
        if all(name in fixed or (tied and name == "beta") for name in base_names):
            known = {**fixed, "beta": fixed.get("beta", fixed["alpha"])}
            bases = CHINCHILLA.theta(np.array([[known[name] for name in base_names]]))
        else:
            epochs = runs["tokens"] / runs["unique_tokens"]
            fresh = epochs <= max(1.0, float(np.partition(epochs, min(FEWEST_FRESH, len(epochs)) - 1)[:FEWEST_FRESH].max()))
            part = {role: runs[role][fresh] for role in ("params", "tokens", "loss")}
            bases = CHINCHILLA.starts(part, fixed, tied)
            curve = CHINCHILLA.curve(part, CHINCHILLA.chart(False, {}), True)
            error = np.abs(curve.evaluate(bases)[0] - np.log(part["loss"])).sum(axis=1)
            bases = bases[np.argsort(error)[:BASES]]
        grid = np.log(np.stack(np.meshgrid(HALF_LIVES, HALF_LIVES), axis=-1).reshape(-1, 2))
        return np.concatenate([np.repeat(bases, len(grid), axis=0), np.tile(grid, (len(bases), 1))], axis=1)


DATA_CONSTRAINED = DataConstrainedForm()


def fit_data_constrained(runs: Runs, options: FitOptions) -> LawFit:
    """Fit RD_star, RN_star, and the base where it is not fixed, to runs with `params`, `tokens`, `unique_tokens` and `loss`.

    Parameters
    ----------
    runs : Runs
    options : FitOptions

    Returns
    -------
    LawFit
    """
    return fit_loss(DATA_CONSTRAINED, runs, options)
