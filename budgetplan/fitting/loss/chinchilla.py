"""Chinchilla's form, free or with tied exponents: L = E + A/N^alpha + B/D^beta.

References: Hoffmann et al. 2022, arXiv:2203.15556, Section 3.3; Besiroglu et al. 2024, arXiv:2404.10102.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetplan.fitting.loss.curve import Chart
from budgetplan.fitting.loss.exponent_grid import EXPONENTS, linear_starts
from budgetplan.fitting.loss.form import AbstractForm
from budgetplan.fitting.loss.loss_fit import fit_loss
from budgetplan.fitting.loss.power_sum import PowerSum
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.runs.runs import Runs
from budgetplan.numerics.arrays import Array


class ChinchillaForm(AbstractForm):
    """Coordinates ln E, ln A, ln B, alpha, beta."""

    name = "chinchilla"
    coefficients = ("E", "A", "B", "alpha", "beta")
    logs = (True, True, True, False, False)
    roles = ("params", "tokens", "loss")
    ties = (("alpha", "beta"),)

    def curve(self, runs: Mapping[str, Array], chart: Chart, logarithmic: bool) -> PowerSum:
        """ln L or L over the chart."""
        n, d = np.log(runs["params"]), np.log(runs["tokens"])
        terms = np.zeros((3, len(n), 5))
        terms[0, :, 0] = terms[1, :, 1] = terms[2, :, 2] = 1.0
        terms[1, :, 3], terms[2, :, 4] = -n, -d
        return PowerSum(terms, chart, logarithmic)

    def starts(self, runs: Mapping[str, Array], fixed: Mapping[str, float], tied: bool) -> Array:
        """Linear solutions over a grid of exponents."""
        alphas, betas = (np.array([fixed[name]]) if name in fixed else EXPONENTS for name in ("alpha", "beta"))
        if tied:
            betas = alphas
        return linear_starts(np.log(runs["params"]), np.log(runs["tokens"]), runs["loss"], alphas, betas, tied)


CHINCHILLA = ChinchillaForm()


def fit_chinchilla(runs: Runs, options: FitOptions) -> LawFit:
    """Fit E, A, B, alpha, beta to runs with `params`, `tokens` and `loss`.

    Parameters
    ----------
    runs : Runs
    options : FitOptions

    Returns
    -------
    LawFit
    """
    return fit_loss(CHINCHILLA, runs, options)
