"""Covariance of a fit from its curvature.

    cov(u) = [sum psi^2/(n - p)] / [mean psi']^2 (J^T J)^-1                    few runs: one noise for all
    cov(u) = A^-1 (sum_c s_c s_c^T) A^-1,  A = sum psi' J J^T                  many runs, or clusters: the sandwich

with s_c the sum of psi J over cluster c, one run where none are marked. Noise that differs between runs, as in digitised data,
makes the first formula too small by half. Huber's psi' is 1 on a strip narrower than the noise, so a wider strip stands in for
it, as for a density at zero. Huber and Ronchetti, "Robust Statistics", 2009, Section 7.6; Liang and Zeger 1986 for clusters.
"""

from __future__ import annotations

import numpy as np

from budgetplan.fitting.loss.solve import Optimum
from budgetplan.fitting.robust import influence, mean_slope, strip
from budgetplan.numerics.arrays import Array, Index

MANY = 10
"""Runs per coefficient from which the sandwich is used: it is itself an estimate."""


def covariance(optimum: Optimum, width: float, clusters: Index | None = None) -> Array:
    """Covariance of the scaled free coordinates, shape (free, free).

    Parameters
    ----------
    optimum : Optimum
    width : float
        Huber width of the objective.
    clusters : ndarray of int of shape (run,), optional
        Cluster of each run, where runs are not independent.

    Returns
    -------
    ndarray of shape (free, free)
    """
    jacobian = optimum.jacobian
    runs, free = jacobian.shape
    psi, _ = influence(optimum.residual, width)
    if clusters is None and runs < MANY * free:
        bread = np.linalg.pinv(jacobian.T @ jacobian, hermitian=True)
        classical: Array = bread * (float(psi @ psi) / max(runs - free, 1) / mean_slope(optimum.residual, width) ** 2)
        return classical
    wide = strip(optimum.residual, width)
    inside = np.abs(optimum.residual) <= wide
    slope = 1.0 if np.isinf(width) else width / wide
    curvature = slope * (jacobian[inside].T @ jacobian[inside])
    bread = np.linalg.pinv(curvature, hermitian=True)
    # A run pulls the fit to itself by its leverage; dividing by what is left makes up for it (MacKinnon and White 1985, HC3).
    leverage = np.einsum("rf,fg,rg->r", jacobian, np.linalg.pinv(jacobian.T @ jacobian, hermitian=True), jacobian)
    psi = psi / np.maximum(1.0 - leverage, 0.1)
    number = runs if clusters is None else int(clusters.max()) + 1
    scores = np.zeros((number, free))
    np.add.at(scores, np.arange(runs) if clusters is None else clusters, psi[:, None] * jacobian)
    correction = 1.0 if clusters is None else number / max(number - 1, 1)
    sandwich: Array = bread @ (scores.T @ scores) @ bread * correction
    return sandwich


def one_step_influence(optimum: Optimum, width: float) -> Array:
    """Change of the scaled free coordinates when each run is left out, to first order, shape (run, free).

    Parameters
    ----------
    optimum : Optimum
    width : float
        Huber width.
    """
    psi, _ = influence(optimum.residual, width)
    bread = np.linalg.pinv(optimum.jacobian.T @ optimum.jacobian, hermitian=True)
    out: Array = psi[:, None] * (optimum.jacobian @ bread) / mean_slope(optimum.residual, width)
    return out
