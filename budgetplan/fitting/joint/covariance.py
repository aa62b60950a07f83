"""Covariance of a joint fit, clustered by curve: what leaving out each curve in turn would do to the coefficients.

    cov(u) = (G - 1)/G sum_g d_g d_g^T,    d_g = (J^T J)^-1 J_g^T (I - H_g)^-1 z_g

with z residuals over their noise, J their slopes, H_g the curve's block of the hat matrix. Rows of a curve share its luck, which a
covariance by rows would take for information.

References
----------
.. [1] MacKinnon, Nielsen, Webb, "Cluster-robust inference: a guide to empirical practice", Journal of Econometrics 232, 2023 (CV3).
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from budgetplan.numerics.arrays import Array, Bools, Index

LEAST_LEFT = 0.05
"""A curve that alone determines a direction keeps this part of its residual there: leaving it out has no answer."""


def clustered(z: Array, slopes: Array, cluster: Index, free: Bools) -> Array:
    """Covariance of u, shape (coordinate, coordinate), zero for coordinates that are not free.

    Parameters
    ----------
    z : ndarray of shape (row,)
        Residuals over their noise.
    slopes : ndarray of shape (row, coordinate)
    cluster : ndarray of int of shape (row,)
    free : ndarray of bool of shape (coordinate,)

    Returns
    -------
    ndarray of shape (coordinate, coordinate)
    """
    moves = leave_out(z, slopes[:, free], cluster)
    groups = len(moves)
    out = np.zeros((free.size, free.size))
    out[np.ix_(free, free)] = (groups - 1) / groups * moves.T @ moves
    return out


def leave_out(z: Array, slopes: Array, cluster: Index) -> Array:
    """Change of the coefficients by leaving out each curve, to first order, shape (curve, coordinate)."""
    scale = np.maximum(np.linalg.norm(slopes, axis=0), 1e-300)
    unit = slopes / scale
    bread = np.linalg.pinv(unit.T @ unit, rcond=1e-10, hermitian=True)
    moves = []
    for group in np.unique(cluster):
        rows = cluster == group
        part = unit[rows]
        kept, vectors = np.linalg.eigh(np.eye(len(part)) - part @ bread @ part.T)
        left = vectors @ ((vectors.T @ z[rows]) / np.maximum(kept, LEAST_LEFT))
        moves.append(bread @ (part.T @ left) / scale)
    return np.array(moves)


def quantile(level: float, clusters: int, free: int) -> float:
    """Student's quantile of a two-sided interval, with the curves beyond the coefficients as degrees of freedom.

    Parameters
    ----------
    level : float
        Of the interval. [1]
    clusters, free : int
        Curves, and coefficients fitted.
    """
    return float(stdtrit(max(clusters - free, 2), 0.5 + level / 2.0))
