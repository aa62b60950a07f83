"""The law of over-training, L = E + (a M^eta + b M^-eta) C^-eta with M = D/N and C = 6 N D.

It is Chinchilla's form with alpha = beta = 2 eta, A = a 6^-eta and B = b 6^-eta, fitted in its own coordinates. Gadre et al.
fit the loss itself by least squares: `objective="least-squares"`. Reference: Gadre et al. 2024, arXiv:2403.08540.
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
from budgetplan.fitting.runs.runs import FLOP_PER_PARAM_TOKEN, Runs
from budgetplan.numerics.arrays import Array

LN_6 = float(np.log(FLOP_PER_PARAM_TOKEN))


class OvertrainedForm(AbstractForm):
    """Coordinates ln E, ln a, ln b, eta."""

    name = "overtrained"
    coefficients = ("E", "a", "b", "eta")
    logs = (True, True, True, False)
    roles = ("params", "tokens", "loss")

    def curve(self, runs: Mapping[str, Array], chart: Chart, logarithmic: bool) -> PowerSum:
        """ln L or L over the chart: M^eta C^-eta = (6 N^2)^-eta, M^-eta C^-eta = (6 D^2)^-eta."""
        n, d = np.log(runs["params"]), np.log(runs["tokens"])
        terms = np.zeros((3, len(n), 4))
        terms[0, :, 0] = terms[1, :, 1] = terms[2, :, 2] = 1.0
        terms[1, :, 3], terms[2, :, 3] = -(LN_6 + 2 * n), -(LN_6 + 2 * d)
        return PowerSum(terms, chart, logarithmic)

    def starts(self, runs: Mapping[str, Array], fixed: Mapping[str, float], tied: bool) -> Array:
        """Linear solutions over a grid of exponents."""
        etas = np.array([fixed["eta"]]) if "eta" in fixed else EXPONENTS / 2
        both = linear_starts(np.log(runs["params"]), np.log(runs["tokens"]), runs["loss"], 2 * etas, 2 * etas, True)
        shift = np.stack([np.zeros_like(etas), etas * LN_6, etas * LN_6], axis=1)
        return np.concatenate([both[:, :3] + shift, etas[:, None]], axis=1)


OVERTRAINED = OvertrainedForm()


def fit_overtrained(runs: Runs, options: FitOptions) -> LawFit:
    """Fit E, a, b, eta to runs with `params`, `tokens` and `loss`.

    Parameters
    ----------
    runs : Runs
    options : FitOptions

    Returns
    -------
    LawFit
    """
    return fit_loss(OVERTRAINED, runs, options)
