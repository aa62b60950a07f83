"""Data of the figures of fits with round numbers: nothing is fitted here."""

from __future__ import annotations

from typing import Any

import numpy as np

from budgetplan.workflow.charts.backtest_chart import BacktestChart
from budgetplan.workflow.charts.coefficient_chart import CoefficientChart
from budgetplan.workflow.charts.contour_chart import ContourChart
from budgetplan.workflow.charts.fit_chart import FitChart
from budgetplan.workflow.charts.frontier_chart import FrontierChart
from budgetplan.workflow.charts.isoflop_chart import IsoflopChart, Profile
from budgetplan.workflow.charts.marginal_chart import MarginalChart
from budgetplan.workflow.charts.region_chart import RegionChart
from budgetplan.workflow.charts.shares_chart import SharesChart
from budgetplan.workflow.charts.success_chart import SuccessChart, SuccessCurve
from budgetplan.workflow.charts.thirds_chart import ThirdsChart
from budgetplan.workflow.charts.tornado_chart import TornadoChart
from budgetplan.workflow.charts.waterfall_chart import WaterfallChart

CAPTION = "Form chinchilla, huber, 8 runs, data 0123456789ab; budgetplan 0.1.0."


def fit(held: int = 2) -> FitChart:
    params = np.geomspace(1e8, 1e10, 10)
    tokens = 20.0 * params
    fitted = np.linspace(3.0, 2.1, 10)
    residual = np.tile([0.004, -0.006], 5)
    out = np.arange(10) >= 10 - held
    low, high = np.where(out, fitted * 0.985, np.nan), np.where(out, fitted * 1.015, np.nan)
    names, headline = ("fitted", "held out"), "The chinchilla law misses its 8 runs by 0.5 % (rms)"
    return FitChart(params, tokens, fitted * (1 + residual), fitted, low, high, out, residual, names, headline, CAPTION)


def isoflop() -> IsoflopChart:
    profiles = []
    for at, flop in enumerate((1e18, 1e19, 1e20)):
        best = 1e8 * 10.0 ** (0.5 * at)
        params = best * np.geomspace(0.3, 3.0, 5)
        loss = 3.5 - 0.4 * at + 0.05 * np.log(params / best) ** 2
        curve = best * np.geomspace(0.3, 3.0, 21)
        line = 3.5 - 0.4 * at + 0.05 * np.log(curve / best) ** 2
        profiles.append(Profile(flop, params, loss, curve, line, best, 3.5 - 0.4 * at, at < 2))
    budget = np.unique(np.append(np.geomspace(1e18, 1e20, 21), 1e19))
    optimum = 1e8 * (budget / 1e18) ** 0.5
    headline = "Best params grow as C^0.500 (90 %: 0.450 to 0.550)"
    return IsoflopChart(tuple(profiles), budget, optimum, optimum * 0.9, optimum * 1.1, (1e18, 1e19), headline, CAPTION)


def contours(hull: bool = True) -> ContourChart:
    params, tokens = np.geomspace(1e7, 1e11, 31), np.geomspace(1e9, 1e13, 31)
    loss = 1.8 + 480.0 / params[None, :] ** 0.35 + 2000.0 / tokens[:, None] ** 0.37
    border = np.array([[1e8, 1e10], [3e9, 2e10], [1e10, 3e11], [3e8, 5e10]])
    runs = np.vstack([border, [[1e9, 3e10]]]) if hull else np.empty((0, 2))
    path = np.stack([params[5:20], 20.0 * params[5:20]], axis=1)
    levels = np.array([1.9, 2.1, 2.4, 2.8, 3.4])
    budgets = 10.0 ** np.arange(18, 25)
    corners = border if hull else np.empty((0, 2))
    headline = "Pre-training loss: 20 tokens per param"
    return ContourChart(params, tokens, loss, levels, budgets, path, corners, runs, headline, CAPTION)


def curve(label: str, ceiling: float, limit: tuple[float, float] | None, held: int = 0) -> SuccessCurve:
    seen_x = np.concatenate([[0.0], np.geomspace(1e8, 1e9, 6)])
    x = np.unique(np.concatenate([np.geomspace(1e8, 1e10, 41), [1e9]]))

    def success(at: Any) -> Any:
        return 0.2 + (ceiling - 0.2) / (1.0 + (5e8 / np.maximum(at, 1.0)) ** 1.5)

    out = np.arange(7) >= 7 - held
    seen = success(seen_x)
    low, high = np.where(out, seen - 0.03, np.nan), np.where(out, seen + 0.03, np.nan)
    return SuccessCurve(label, x, success(x), success(x) - 0.02, success(x) + 0.02, (1e8, 1e9), seen_x, seen, low, high, out, limit)


def rl(held: int = 0) -> SuccessChart:
    curves = (curve("1B", 0.6, (0.55, 0.75), held), curve("8B", 0.9, None, held))
    labels = ("rl_tokens", "RL tokens (token)", "Success (% of answers right)")
    return SuccessChart(curves, *labels, "The plateau was not seen in 1 of 2 curves: 1B", CAPTION)


def passes() -> SuccessChart:
    k = np.array([1.0, 10.0, 100.0])
    x = np.unique(np.concatenate([np.geomspace(1.0, 1000.0, 31), k]))
    seen, out = np.exp(-5.0 * k**-0.4), np.zeros(3, dtype=bool)
    nothing = np.full(x.shape, np.nan)
    one = SuccessCurve(
        "gsm8k", x, np.exp(-5.0 * x**-0.4), nothing, nothing, (1.0, 100.0), k, seen, seen * 0.8, seen * 1.2, out
    )  # fmt: skip
    labels = ("samples_per_query", "Samples per query, k (1)", "Pass@k (% of problems solved)")
    return SuccessChart((one,), *labels, "-ln pass@k falls as k to the power -b, b = 0.4", CAPTION)


def coefficients() -> CoefficientChart:
    values, low, high = np.array([1.8, 480.0, 0.0]), np.array([1.7, 240.0, np.nan]), np.array([1.9, 960.0, np.nan])
    names, units, kinds = ("E", "A", "chance"), ("nat/token", "1", "1"), ("fitted", "published", "assumed")
    return CoefficientChart(names, units, kinds, values, low, high, "mine knows A least: its interval spans a factor of 4", CAPTION)


def models() -> BacktestChart:
    compute = np.geomspace(1e21, 1e26, 11)
    at, ratio = np.array([1e22, 3e23, 4e25]), np.array([20.0, 2.0, 200.0])
    names, served = ("small", "old", "served"), np.array([np.nan, np.nan, 3e13])
    flags = np.array([True, False, True]), np.array([False, False, True])
    headline = "2 of 3 public models lie on the line"
    return BacktestChart(names, at, ratio, served, *flags, compute, np.full(11, 20.0), (1e18, 1e22), headline, CAPTION)


def shares() -> SharesChart:
    budget, nothing = np.geomspace(1e22, 1e28, 13), np.full(13, np.nan)
    rl = np.linspace(0.2, 0.5, 13)
    lines = {"pretraining": 0.7 - rl, "rl": rl, "inference": np.full(13, 0.3)}
    drawn = np.arange(13) % 4 == 0
    low = {stage: np.where(drawn, share - 0.05, nothing) for stage, share in lines.items()}
    high = {stage: np.where(drawn, share + 0.05, nothing) for stage, share in lines.items()}
    headline = "The best share of RL rises from 20 % to 50 % between 1e22 and 1e28 FLOP"
    return SharesChart(budget, lines, low, high, 1 / 3, (1e19, 1e24), headline, CAPTION)


def levers() -> TornadoChart:
    names, units, kinds = ("verifier", "rl.gain", "tail"), ("1", "1", "1"), ("assumption", "coefficient", "coefficient")
    values = np.array([0.0, 0.05, 0.3]), np.array([1.0, 0.25, 0.9])
    said, wasted = (("none", "0.05", "0.3"), ("oracle", "0.25", "0.9")), (np.array([0.0, 0.12, 0.001]), np.array([0.5, 0.2, 0.0]))
    headline = "Misjudging verifier wastes up to 50 % of compute; no other more than 20 %"
    return TornadoChart(names, units, kinds, *values, *said, *wasted, headline, CAPTION)


def waterfall() -> WaterfallChart:
    names = ("equal thirds", "RL share", "pre-training share", "model size")
    loss, wasted = np.array([0.018, 0.0185, 0.0165, 0.0164]), np.array([0.09, 0.1, 0.01, 0.0])
    return WaterfallChart(names, loss, wasted, "Of the 9 % that equal thirds waste, the right pre-training share saves 9", CAPTION)


def region() -> RegionChart:
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    way = np.stack([np.cos(angle), np.cos(angle + 2 * np.pi / 3), np.cos(angle + 4 * np.pi / 3)], axis=1)
    best = np.array([0.5, 0.3, 0.2])
    headline = "Within 1 % of compute: pre-training 45-55 %"
    return RegionChart(best + 0.05 * way, best, np.full(3, 1 / 3), 0.01, False, headline, CAPTION)


def marginal() -> MarginalChart:
    factor = np.geomspace(1 / 8, 8, 33)
    few = np.where(factor < 0.3, np.nan, factor**-1.4)
    returns = {"pretraining": factor**-1.5, "rl": factor**-1.1, "inference": few}
    return MarginalChart(factor, returns, "At twice its spend, RL still earns 47 % of what it earns at the plan", CAPTION)


def frontier() -> FrontierChart:
    params = np.geomspace(5e9, 1e12, 25)
    cost = 2e5 * params**0.9
    loss = 0.016 + 0.004 * np.log(params / 7e10) ** 2
    best = (2e5 * 7e10**0.9, 0.016)
    return FrontierChart(params, cost, loss, best, "query", "Task loss (nat)", "A model of half the size loses 5 % more", CAPTION)


def thirds() -> ThirdsChart:
    budget, nan = np.array([1e22, 1e24, 1e26]), np.nan
    value = np.array([[0.3, 0.3, 0.3], [2000.0, 2000.0, 2000.0]])
    low, high = np.array([[nan, nan, 0.6], [nan, 200.0, nan]]), np.array([[nan, nan, 0.9], [nan, 400.0, nan]])
    least = np.array([[0.2, 0.05, 0.001], [0.08, 0.004, 0.06]])
    said = (("", "", "> 0.6"), ("", "200 to 400", ""))
    headline = "Equal thirds are within 1 % at 0 of 3 budgets"
    names = ("pretraining.beta", "pretraining.B")
    return ThirdsChart(
        budget, np.array([0.36, 0.16, 0.07]), names, value, low, high, least, said, 0.01, "equal thirds", headline, CAPTION
    )  # fmt: skip


CHARTS = {
    "thirds": thirds,
    "marginal": marginal,
    "frontier": frontier,
    "region": region,
    "waterfall": waterfall,
    "backtest": models,
    "fit": fit,
    "isoflop": isoflop,
    "contours": contours,
    "rl-curve": rl,
    "pass-at-k": passes,
    "shares": shares,
    "tornado": levers,
}
