"""Loss against params at each budget, its lowest points, and the power law through them: the data of the `isoflop` figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetplan.errors import DataError, ScenarioError
from budgetplan.fitting.loss.budgets import profiles_of
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.runs.runs import Runs
from budgetplan.laws.law import Law
from budgetplan.laws.policy import FLOP_PER_PARAM_TOKEN, PowerPolicy
from budgetplan.numerics.arrays import Array
from budgetplan.workflow.charts.chart_words import fitted_caption, law_caption
from budgetplan.workflow.charts.loss_surface import best_params, loss_at, pretraining_of, training_range

if TYPE_CHECKING:
    import pandas as pd

BEYOND = 10.0
"""How far past the measured budgets the power law is drawn. [1]"""
AROUND = 6.0
"""How far from the optimum the loss of a law without runs is drawn. [1]"""
POINTS = 61
BUDGETS = 6


@dataclass(frozen=True)
class Profile:
    """Runs of one budget and the parabola, or the law, through them.

    Attributes
    ----------
    flop : float
        [FLOP]
    params, loss : ndarray of shape (run,)
        Of the runs; empty for a law without runs. [param], [nat/token]
    curve_params, curve_loss : ndarray of shape (point,)
    best_params, best_loss : float
        Lowest point; nan where there is none.
    used : bool
        Whether the power law rests on it.
    """

    flop: float
    params: Array
    loss: Array
    curve_params: Array
    curve_loss: Array
    best_params: float
    best_loss: float
    used: bool


@dataclass(frozen=True)
class IsoflopChart:
    """Profiles by rising budget, and the optimum against compute.

    Attributes
    ----------
    profiles : tuple of Profile
        Empty for a policy, which has no loss.
    budget, optimum : ndarray of shape (point,)
        N*(C). [FLOP], [param]
    low, high : ndarray of shape (point,)
        Its interval; nan where it is not known. [param]
    measured : (float, float) or None
        Budgets that the optimum rests on. [FLOP]
    headline, caption : str
    """

    profiles: tuple[Profile, ...]
    budget: Array
    optimum: Array
    low: Array
    high: Array
    measured: tuple[float, float] | None
    headline: str
    caption: str

    def rows(self) -> list[dict[str, str | float | bool | None]]:
        """Runs, curves, lowest points and the optimum: one row per mark."""
        rows = []
        for item in self.profiles:
            for mark, params, loss in (("run", item.params, item.loss), ("curve", item.curve_params, item.curve_loss)):
                rows += [_row(mark, item.flop, float(n), float(y), item.used) for n, y in zip(params, loss, strict=True)]
            rows.append(_row("lowest", item.flop, item.best_params, item.best_loss, item.used))
        for at, budget in enumerate(self.budget):
            ends = {"params_low": float(self.low[at]), "params_high": float(self.high[at])}
            rows.append({**_row("optimum", float(budget), float(self.optimum[at]), None, None), **ends})
        return rows

    def to_frame(self) -> pd.DataFrame:
        """The rows as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def _row(mark: str, flop: float, params: float, loss: float | None, used: bool | None) -> dict[str, str | float | bool | None]:
    named: dict[str, str | float | bool | None] = {"mark": mark, "compute_flop": flop, "params": params, "loss": loss}
    return {**named, "used": used, "params_low": None, "params_high": None}


def isoflop_chart(runs: Runs, fit: LawFit) -> IsoflopChart:
    """Profiles of runs with their parabolas, and the fitted power law.

    Parameters
    ----------
    runs : Runs
        Those that were fitted.
    fit : LawFit
        Of form isoflop, without groups.

    Returns
    -------
    IsoflopChart

    Raises
    ------
    DataError
        If the fit is of another form, or of groups.
    """
    if fit.groups or fit.form != "isoflop":
        what = f"{len(fit.groups)} groups" if fit.groups else f"the form `{fit.form}`"
        raise DataError(f"The figure `isoflop` shows one fit of the form `isoflop`, got {what}.", "Choose with --where, --form.")
    grouped = profiles_of(runs)
    lowest = grouped.lowest(grouped.loss[None])[0]
    profiles = []
    for at, facts in enumerate(fit.diagnostics["budgets"]):
        inside = grouped.budget == at
        x, y = grouped.log_params[inside], grouped.loss[inside]
        order = np.argsort(x)
        curve_x, curve_y, least = _parabola(x, y, float(lowest[at, 0]))
        best = float(np.exp(lowest[at, 0]))
        profiles.append(
            Profile(float(facts["flop"]), np.exp(x[order]), y[order], np.exp(curve_x), curve_y, best, least, bool(facts["used"]))
        )
    measured = fit.box["training_flop"]
    budget = np.geomspace(measured[0], measured[1] * BEYOND, POINTS)
    budget = np.unique(np.append(budget, measured))
    optimum = fit.coefficients["N_coefficient"] * budget ** fit.coefficients["N_exponent"]
    low = high = np.full(budget.shape, np.nan)
    if fit.draws is not None:
        drawn = fit.draws[:, :1] * budget ** fit.draws[:, 1:2]
        low, high = np.quantile(drawn, [(1 - fit.level) / 2, (1 + fit.level) / 2], axis=0)
    unused = not all(item.used for item in profiles)
    value, ends = fit.coefficients["N_exponent"], fit.intervals["N_exponent"]
    headline = f"Best params grow as C^{value:.3f} ({100 * fit.level:.4g} %: {ends[0]:.3f} to {ends[1]:.3f})"
    return IsoflopChart(tuple(profiles), budget, optimum, low, high, measured, headline, fitted_caption(fit, *_key(low, unused)))


def _key(low: Array, unused: bool) -> list[str]:
    """What the marks mean."""
    said = ["stars: lowest points of the parabolas", "dashed: beyond the runs"]
    said += ["shaded: interval from draws"] if np.isfinite(low).any() else []
    return [", ".join(said), "*: budgets without a lowest point among their runs, left out" if unused else ""]


def _parabola(x: Array, y: Array, best: float) -> tuple[Array, Array, float]:
    """The least-squares parabola of loss in ln N over the runs and as far as its lowest point, and the loss there."""
    if len(np.unique(x)) < 3:
        return np.empty(0), np.empty(0), float("nan")
    centre = float(x.mean())
    low, high = float(x.min()), float(x.max())
    span = high - low
    if np.isfinite(best) and low - span / 2 <= best <= high + span / 2:
        low, high = min(low, best), max(high, best)
    line = np.polynomial.Polynomial.fit(x - centre, y, 2)
    points = np.linspace(low, high, POINTS)
    return points, line(points - centre), float(line(best - centre))


def isoflop_of_law(law: Law) -> IsoflopChart:
    """Profiles that a law predicts at budgets over its measured range, or the optimum of a policy.

    Parameters
    ----------
    law : Law
        With a pre-training link, or a policy.

    Returns
    -------
    IsoflopChart

    Raises
    ------
    ScenarioError
        If the law has neither.
    """
    measured = training_range(law)
    low, high = measured or (1e18, 1e24)
    budgets = np.geomspace(low, high, BUDGETS)
    budget = np.unique(np.append(np.geomspace(low, high * BEYOND, POINTS), [low, high]))
    if law.policy is not None and law.function is None:
        return _of_policy(law, law.policy, budget, measured)
    function = pretraining_of(law)
    best = best_params(function, budgets)
    if not np.isfinite(best).all():
        raise ScenarioError(f"`{law.id}` has no best size at every budget from {low:.2g} to {high:.2g} FLOP.")
    profiles = []
    for flop, middle in zip(budgets, best, strict=True):
        params = np.geomspace(middle / AROUND, middle * AROUND, POINTS)
        loss = loss_at(function, params, flop / FLOP_PER_PARAM_TOKEN / params)
        least = float(loss_at(function, middle, flop / FLOP_PER_PARAM_TOKEN / middle))
        profiles.append(Profile(float(flop), np.empty(0), np.empty(0), params, loss, float(middle), least, used=True))
    optimum = best_params(function, budget)
    slope = float(np.log(optimum[-1] / optimum[0]) / np.log(budget[-1] / budget[0]))
    nothing = np.full(budget.shape, np.nan)
    headline = f"The best params of {law.id} grow as C^{slope:.2f}"
    stated = "" if law.policy is None else f"plans follow the C^{law.policy.exponent:.3g} that it states"
    caption = law_caption(law, "C = 6 N D", "stars: lowest points, dashed: beyond what was measured", stated)
    return IsoflopChart(tuple(profiles), budget, optimum, nothing, nothing, measured, headline, caption)


def _of_policy(law: Law, policy: PowerPolicy, budget: Array, measured: tuple[float, float] | None) -> IsoflopChart:
    """The optimum that a policy states, with the interval of its draws where the law file has any."""
    optimum = policy.allocate(budget)[0]
    low = high = np.full(budget.shape, np.nan)
    names, draws = list(law.record.coefficients), law.record.draws
    if draws is not None and "N_coefficient" in names:
        coefficient, exponent = (draws[:, names.index(name)][:, None] for name in ("N_coefficient", "N_exponent"))
        low, high = np.quantile(coefficient * budget**exponent, [0.05, 0.95], axis=0)
    slope = float(np.log(optimum[-1] / optimum[0]) / np.log(budget[-1] / budget[0]))
    more = "a policy: it states the best size and no loss"
    if measured is None:
        more += ", and not where it was measured"
    band = "band: 90 % of draws" if np.isfinite(low).any() else ""
    headline = f"The best params of {law.id} grow as C^{slope:.3g}"
    return IsoflopChart((), budget, np.asarray(optimum), low, high, measured, headline, law_caption(law, more, band))
