"""Pre-training loss over params and tokens, with budgets, the optimal path and what was measured: the data of `contours`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.errors import DataError, ScenarioError
from budgetplan.fitting.law.law_content import TARGETS
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.runs.runs import Runs
from budgetplan.laws.forms import FORMS
from budgetplan.laws.law import Law
from budgetplan.laws.model import AbstractPretraining
from budgetplan.laws.policy import FLOP_PER_PARAM_TOKEN
from budgetplan.numerics.arrays import Array
from budgetplan.workflow.charts.chart_words import fitted_caption, law_caption
from budgetplan.workflow.charts.fit_chart import LOSS_FORMS
from budgetplan.workflow.charts.loss_surface import best_params, loss_at, pretraining_of, record_of
from budgetplan.workflow.charts.polygon import convex_hull, measured_polygon

if TYPE_CHECKING:
    import pandas as pd

CELLS = 81
"""Values along each axis of the map."""
MARGIN = 5.0
"""How far beyond what was measured the map reaches, below and to the left. [1]"""
FAR = 30.0
"""The same above and to the right, where plans lie. [1]"""
LEVELS = 9
UNKNOWN_BOX = {"params": (1e8, 1e11), "pretraining_tokens": (1e9, 1e13)}
"""What is drawn of a law that does not say where it was measured."""


@dataclass(frozen=True)
class ContourChart:
    """A map of loss.

    Attributes
    ----------
    params : ndarray of shape (column,)
        [param]
    tokens : ndarray of shape (row,)
        [token]
    loss : ndarray of shape (row, column)
        [nat/token]
    levels : ndarray of shape (level,)
        Losses at which contours are drawn, rising. [nat/token]
    budgets : ndarray of shape (budget,)
        Of the isoFLOP lines. [FLOP]
    path : ndarray of shape (point, 2)
        Best params and their tokens by rising budget.
    hull : ndarray of shape (corner, 2)
        Around what was measured; empty where it is not known.
    runs : ndarray of shape (run, 2)
        Params and tokens of the fitted runs; empty for a law without runs.
    headline, caption : str
    """

    params: Array
    tokens: Array
    loss: Array
    levels: Array
    budgets: Array
    path: Array
    hull: Array
    runs: Array
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float | None]]:
        """Cells, optimal path, hull and runs: one row per mark."""
        cells: list[dict[str, str | float | None]] = [
            {"mark": "cell", "params": float(n), "tokens": float(d), "loss": float(self.loss[row, column])}
            for row, d in enumerate(self.tokens)
            for column, n in enumerate(self.params)
        ]
        for mark, places in (("optimal", self.path), ("hull", self.hull), ("run", self.runs)):
            cells += [{"mark": mark, "params": float(n), "tokens": float(d), "loss": None} for n, d in places]
        return cells

    def to_frame(self) -> pd.DataFrame:
        """The rows as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def contour_chart(runs: Runs, fit: LawFit) -> ContourChart:
    """The map of a fitted law of loss, with the hull of the runs that it was fitted to.

    Parameters
    ----------
    runs : Runs
        Those that were fitted.
    fit : LawFit
        Of a form of loss, without groups. Data are not repeated on the map.

    Returns
    -------
    ContourChart

    Raises
    ------
    DataError
        If the fit is of another form, or of groups.
    """
    if fit.groups or fit.form not in LOSS_FORMS:
        what = f"{len(fit.groups)} groups" if fit.groups else f"the form `{fit.form}`"
        raise DataError(f"The figure `contours` shows one law of loss in params and tokens, got {what}.", "Choose with --where.")
    function: AbstractPretraining = FORMS[TARGETS[fit.form][1]].build(fit.coefficients)
    places = np.stack([runs["params"], runs["tokens"]], axis=1)
    corners = np.exp(convex_hull(np.log(places)))
    caption = fitted_caption(fit, "solid: within the hull of the runs, dashed: beyond")
    return _map(function, corners, places, f"{fit.form} fit", caption)


def contours_of_law(law: Law, runs: Runs | None = None) -> ContourChart:
    """The map of a law's pre-training loss, with the box in which it was measured.

    Parameters
    ----------
    law : Law
        With a pre-training link. Data are not repeated on the map.
    runs : Runs, optional
        To show on the map, with `params` and `tokens`; the law was not fitted to them.

    Returns
    -------
    ContourChart

    Raises
    ------
    ScenarioError
        If it has none.
    """
    function = pretraining_of(law)
    corners = measured_polygon(record_of(law).box)
    where = "solid: where it was measured, dashed: beyond" if len(corners) else "where it was measured is not known"
    places = np.empty((0, 2))
    if runs is not None:
        runs.require("contours", "params", "tokens")
        places = np.stack([runs["params"], runs["tokens"]], axis=1)
    return _map(function, corners, places, law.id, law_caption(law, where))


def _map(function: AbstractPretraining, hull: Array, runs: Array, name: str, caption: str) -> ContourChart:
    around = hull if len(hull) else np.array(list(UNKNOWN_BOX.values())).T
    low, high = around.min(axis=0) / MARGIN, around.max(axis=0) * FAR
    params, tokens = (np.geomspace(low[axis], high[axis], CELLS) for axis in range(2))
    loss = loss_at(function, params[None, :], tokens[:, None])
    ends = FLOP_PER_PARAM_TOKEN * low[0] * low[1], FLOP_PER_PARAM_TOKEN * high[0] * high[1]
    budget = np.geomspace(*ends, 4 * CELLS)
    best = best_params(function, budget)
    path = np.stack([best, budget / FLOP_PER_PARAM_TOKEN / best], axis=1)
    inside = np.isfinite(best) & (path >= low).all(axis=1) & (path <= high).all(axis=1)
    decades = np.arange(np.ceil(np.log10(ends[0])), np.floor(np.log10(ends[1])) + 1)
    return ContourChart(
        params, tokens, loss, _levels(loss), 10.0**decades, path[inside], hull, runs, _headline(name, path[inside]), caption
    )


def _levels(loss: Array) -> Array:
    """Losses in steps that shrink towards the least, as contours do."""
    least, most = float(loss.min()), float(loss.max())
    excess = np.geomspace(max((most - least) / 60.0, 1e-6), most - least, LEVELS)
    for digits in range(2, 8):
        levels = np.unique(np.round(least + excess, digits))
        levels = levels[(levels > least) & (levels < most)]
        if len(levels) >= LEVELS - 2:
            return levels
    raise ScenarioError(f"The loss is {least:.4g} all over the map: there are no contours to draw.")


def _headline(name: str, path: Array) -> str:
    """Tokens per param on the optimal path."""
    if not len(path):
        return f"Pre-training loss of {name}: no best size within the map"
    ratio = path[:, 1] / path[:, 0]
    first, last = f"{ratio[0]:.2g}", f"{ratio[-1]:.2g}"
    span = first if first == last else f"{first} to {last}"
    return f"Pre-training loss of {name}: best with {span} tokens per param"
