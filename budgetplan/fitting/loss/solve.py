"""The global optimum of one fit: many starts, a few polished, one kept; and coordinates in which it is well scaled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetplan.errors import FitError
from budgetplan.fitting.loss.curve import AbstractCurve, Chart
from budgetplan.fitting.loss.newton import Minimum, minimise
from budgetplan.fitting.pieces import pieces
from budgetplan.fitting.robust import Objective, ratio_scale, rho
from budgetplan.numerics.arrays import Array

POLISHED = 16
"""Starts that are followed to their minimum."""
SAME = 1e-6
"""Relative difference of objectives that counts as none."""
FLATTEST = 1e-7
"""Directions flatter than this, relative to the steepest, are not stretched further."""


@dataclass(frozen=True)
class Optimum:
    """The best fit of a curve.

    Attributes
    ----------
    curve : AbstractCurve
        Over coordinates with u = 0 at the optimum and J^T J close to 1.
    observed : ndarray of shape (run,)
        ln L or L.
    theta : ndarray of shape (coordinate,)
        The form's coordinates at the optimum.
    residual : ndarray of shape (run,)
        Fitted less observed.
    jacobian : ndarray of shape (run, free)
        dy/du at the optimum.
    converged : bool
    agreeing : int
        Polished starts that ended at the same value, within 1e-6.
    rival : ndarray of shape (coordinate,) or None
        A lower minimum that the runs do not tell from this one, where a wider basin was preferred.
    condition : float
        Ratio of largest to smallest singular value of dy/dtheta over the free coordinates, columns scaled to length 1.
    """

    curve: AbstractCurve
    observed: Array
    theta: Array
    residual: Array
    jacobian: Array
    converged: bool
    agreeing: int
    condition: float
    rival: Array | None = None

    @property
    def chart(self) -> Chart:
        """Scaled free coordinates."""
        return self.curve.chart  # type: ignore[attr-defined,no-any-return]


def solve(
    curve: AbstractCurve,
    chart: Chart,
    observed: Array,
    starts: Array,
    objective: Objective,
    polished: int = POLISHED,
    wide: bool = False,
) -> Optimum:
    """Find the global optimum of a fit.

    Parameters
    ----------
    curve : AbstractCurve
        Over `chart`.
    chart : Chart
        Free coordinates.
    observed : ndarray of shape (run,)
        ln L or L.
    starts : ndarray of shape (start, coordinate)
        Form coordinates to begin from.
    objective : Objective
    polished : int
        Starts that are followed to their minimum.
    wide : bool
        Whether, of minima that the runs do not tell apart (likelihood ratio below 1), the one that most starts lead to is kept
        rather than the lowest.

    Returns
    -------
    Optimum

    Raises
    ------
    FitError
        If no start leads to a finite optimum.
    """
    own = chart.basis
    u = chart.free(starts)
    parts = pieces(len(u), len(observed))
    value = np.concatenate([rho(curve.evaluate(u[part])[0] - observed, objective.widths[0]).sum(axis=1) for part in parts])
    finite = np.flatnonzero(np.isfinite(value))
    if not len(finite):
        raise FitError("No start gives finite fitted values.", "Check the units of params and tokens.")
    ranked = finite[np.argsort(value[finite], kind="stable")]
    # Half of the polished starts are the best ones, half lie spread over the better third: the basin may be elsewhere.
    stride = max(len(ranked) // (3 * polished // 2), 1)
    picked = np.concatenate([ranked[: polished // 2], ranked[: max(len(ranked) // 3, polished) : stride]])
    picked = np.array(list(dict.fromkeys(picked.tolist())))[:polished]
    curve, chart, u = _scaled(curve, chart, chart.theta(u[ranked[0]]), chart.theta(u[picked]))
    ones = np.ones((1, len(observed)))
    first = minimise(curve, observed, ones, u, objective.widths[:1])
    order = np.argsort(first.value, kind="stable")
    kept = order[:3]
    rival = None
    if wide:
        at = _widest(curve, observed, first, objective)
        if first.value[at] > first.value[order[0]] * (1 + SAME):
            kept, rival = np.array([at]), chart.theta(first.u[order[0]])
    agreeing = int((first.value <= first.value[kept[0]] * (1 + SAME)).sum())
    curve, chart, u = _scaled(curve, chart, chart.theta(first.u[kept[0]]), chart.theta(first.u[kept]))
    last = minimise(curve, observed, ones, u, objective.widths)
    found = _optimum(curve, chart, own, observed, last, int(np.argmin(last.value)))
    return replace(found, agreeing=agreeing, rival=rival)


def _widest(curve: AbstractCurve, observed: Array, found: Minimum, objective: Objective) -> int:
    """Of the minima within a likelihood ratio of 1 of the lowest, the one that most starts lead to."""
    lowest = int(np.argmin(found.value))
    residual = (curve.evaluate(found.u[lowest : lowest + 1])[0] - observed)[0]
    ratio = ratio_scale(residual, objective.widths[0]) * (found.value - found.value[lowest])
    tied = np.flatnonzero((ratio < 1.0) & found.converged)
    if not len(tied):
        return lowest
    same = np.abs(found.value[tied, None] / found.value[tied] - 1) < SAME
    most = same.sum(axis=1)
    return int(tied[np.lexsort((found.value[tied], -most))[0]])


def _scaled(curve: AbstractCurve, chart: Chart, centre: Array, points: Array) -> tuple[AbstractCurve, Chart, Array]:
    """The curve with u = 0 at `centre` and J^T J = 1 there, and `points` in these coordinates."""
    here = chart.moved(centre, np.eye(chart.size))
    at_centre = curve.recharted(here)
    jacobian = at_centre.jacobian(at_centre.evaluate(np.zeros((1, chart.size)))[1])[0]
    _, sizes, directions = np.linalg.svd(jacobian / np.sqrt(len(jacobian)), full_matrices=False)
    if len(sizes) < chart.size:
        directions = np.eye(chart.size)
        sizes = np.ones(chart.size)
    scaled = here.moved(centre, directions.T / np.maximum(sizes, FLATTEST * sizes[0]))
    return curve.recharted(scaled), scaled, scaled.free(points)


def _optimum(curve: AbstractCurve, chart: Chart, own: Array, observed: Array, found: Minimum, best: int) -> Optimum:
    """The best of a batch, with the condition of its Jacobian over the columns of `own`."""
    theta = chart.theta(found.u[best])
    plain = curve.recharted(Chart(theta, own))
    _, state = plain.evaluate(np.zeros((1, chart.size)))
    by_theta = plain.jacobian(state)[0]
    lengths = np.linalg.norm(by_theta, axis=0)
    condition = float(np.linalg.cond(by_theta / np.where(lengths > 0, lengths, 1.0)))
    curve, chart, _ = _scaled(curve, chart, theta, theta[None])
    fitted, state = curve.evaluate(np.zeros((1, chart.size)))
    return Optimum(
        curve, observed, theta, fitted[0] - observed, curve.jacobian(state)[0], bool(found.converged[best]), 1, condition
    )
