"""What each kind of plot draws, computed when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetplan.errors import UnknownNameError
from budgetplan.scenario import Scenario
from budgetplan.workflow.charts.figures import RegretCurve, TernaryMap, regret_curve, ternary_map
from budgetplan.workflow.plans.planner import plan

if TYPE_CHECKING:
    from budgetplan.workflow.charts.backtest_chart import BacktestChart
    from budgetplan.workflow.charts.frontier_chart import FrontierChart
    from budgetplan.workflow.charts.marginal_chart import MarginalChart
    from budgetplan.workflow.charts.region_chart import RegionChart
    from budgetplan.workflow.charts.shares_chart import SharesChart
    from budgetplan.workflow.charts.thirds_chart import ThirdsChart
    from budgetplan.workflow.charts.tornado_chart import TornadoChart
    from budgetplan.workflow.charts.waterfall_chart import WaterfallChart
    from budgetplan.workflow.plans.study import Study

OF_PLANS = ("split", "ternary", "regret", "backtest", "shares", "tornado", "waterfall", "region", "marginal", "frontier", "thirds")
"""Kinds of plot that a scenario is enough for."""


def figure_data(
    kind: str, scenario: Scenario, command: str = ""
) -> (
    Study
    | TernaryMap
    | RegretCurve
    | BacktestChart
    | SharesChart
    | TornadoChart
    | WaterfallChart
    | RegionChart
    | MarginalChart
    | FrontierChart
    | ThirdsChart
):
    """What a plot of this kind draws.

    Parameters
    ----------
    kind : str
        One of `OF_PLANS`.
    scenario : Scenario
        The question.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    Study, TernaryMap, RegretCurve or a chart
        What the kind's `draw` takes.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    """
    if kind == "split":
        return plan(scenario, command=command)
    if kind == "ternary":
        return ternary_map(scenario)
    if kind == "regret":
        return regret_curve(scenario)
    if kind == "backtest":
        from budgetplan.workflow.charts.backtest_chart import backtest_chart

        return backtest_chart(scenario.law) if "law" in scenario.model_fields_set else backtest_chart()
    if kind == "shares":
        from budgetplan.workflow.charts.shares_chart import shares_chart

        return shares_chart(scenario)
    if kind == "tornado":
        from budgetplan.workflow.charts.tornado_chart import tornado_chart

        return tornado_chart(scenario, command)
    if kind == "waterfall":
        from budgetplan.workflow.charts.waterfall_chart import waterfall_chart

        return waterfall_chart(scenario, command)
    if kind == "marginal":
        from budgetplan.workflow.charts.marginal_chart import marginal_chart

        return marginal_chart(scenario)
    if kind == "frontier":
        from budgetplan.workflow.charts.frontier_chart import frontier_chart

        return frontier_chart(scenario)
    if kind == "region":
        from budgetplan.workflow.charts.region_chart import region_chart

        return region_chart(scenario, command)
    if kind == "thirds":
        from budgetplan.workflow.charts.thirds_chart import thirds_chart

        return thirds_chart(scenario, command)
    raise UnknownNameError("plot", kind, OF_PLANS)
