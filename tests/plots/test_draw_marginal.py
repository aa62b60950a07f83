"""Marginal returns and the frontier: what the axes hold is what the planner says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.errors import ScenarioError
from budgetplan.plots.draw_frontier import FrontierData, draw_frontier
from budgetplan.plots.draw_marginal import MarginalData, draw_marginal
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow.charts.frontier_chart import frontier_chart
from budgetplan.workflow.charts.marginal_chart import marginal_chart
from tests.plots.charts_of_fits import frontier, marginal


def test_lines_of_returns() -> None:
    chart = marginal()
    assert isinstance(chart, MarginalData)
    ax = draw_marginal(chart)
    for stage, values in chart.returns.items():
        line = next(item for item in ax.lines if item.get_gid() == stage)
        assert np.array_equal(line.get_ydata(), values, equal_nan=True)
    assert {text.get_text() for text in ax.texts if text.get_gid() == "name"} == {"pre-training", "RL", "inference"}


def test_returns_over_many_decades_have_numbers_from_end_to_end() -> None:
    chart = marginal()
    ax = draw_marginal(replace(chart, returns={**chart.returns, "inference": chart.factor**-9.0}))
    ticks, (low, high) = np.log(ax.get_yticks()), np.log(ax.get_ylim())
    assert len(ticks) >= 4
    assert max(np.diff([low, *ticks, high])) < 0.3 * (high - low)
    assert ax.get_ylabel() == "Loss saved per FLOP (1 = as planned)"


def test_returns_are_differences_of_the_loss() -> None:
    """Half the plan's RL tokens and a little more: what the loss falls per FLOP, over the shadow price of the budget."""
    chart = marginal_chart(scenario_from_fields({"budget": "1e25"}))
    study = bp.plan(budget="1e25")
    law = bp.load_law("default")
    half, step = 0.5 * study.plan.tokens["rl"], 1e-4
    loss = [
        float(
            law.loss(
                params=study.plan.params,
                pretraining_tokens=study.plan.tokens["pretraining"],
                rl_tokens=half * (1 + sign * step),
                samples_per_query=study.plan.samples_per_query,
            )
        )
        for sign in (-1, 1)
    ]
    per_flop = (loss[0] - loss[1]) / (2 * step * 0.5 * study.plan.flop["rl"])
    ratio = per_flop / study.certificate.shadow_prices["budget"]
    assert np.interp(np.log(0.5), np.log(chart.factor), chart.returns["rl"]) == pytest.approx(ratio, rel=1e-3)
    assert all(np.interp(0.0, np.log(chart.factor), values) == pytest.approx(1, rel=1e-6) for values in chart.returns.values())


def test_frontier_holds_sizes_and_plan() -> None:
    chart = frontier()
    assert isinstance(chart, FrontierData)
    ax = draw_frontier(chart)
    line = next(item for item in ax.lines if item.get_gid() == "frontier")
    assert np.array_equal(line.get_ydata(), chart.loss)
    assert ax.get_xlabel() == "Serving cost (FLOP per query)"


def test_names_of_sizes_have_a_unit_and_stand_apart() -> None:
    """Two branches: the larger and the smaller models, which draw more samples, serve at the same cost."""
    chart = frontier()
    folded = replace(chart, cost=chart.cost[::-1] * 1.0 + 1.3 * chart.cost, loss=0.016 + 0.01 * np.linspace(0, 1, 25))
    for drawn in (chart, folded):
        ax = draw_frontier(drawn)
        ax.figure.canvas.draw()
        names = [text for text in ax.texts if text.get_gid() == "name"]
        assert names[0].get_text() == "plan"
        assert len(names) >= 3
        assert len(names) - 1 == sum(line.get_gid() == "size" for line in ax.lines)
        assert all(text.get_text().endswith(" params") for text in names[1:])
        boxes = [text.get_window_extent().padded(-1.0) for text in names]
        assert not any(one.overlaps(other) for at, one in enumerate(boxes) for other in boxes[:at])


def test_a_frontier_of_one_cost_is_drawn() -> None:
    """Where the share of inference is fixed every size serves at the same cost."""
    chart = frontier()
    ax = draw_frontier(replace(chart, cost=np.full_like(chart.cost, 1e15), best=(1e15, chart.best[1])))
    low, high = ax.get_xlim()
    assert low < 0.9e15 < 1.1e15 < high
    ax.figure.canvas.draw()
    assert [label.get_text() for label in ax.get_xticklabels()]


def test_frontier_points_are_plans_of_their_size() -> None:
    chart = frontier_chart(scenario_from_fields({"budget": "1e25", "queries": "1e9"}))
    for at in (6, 30):
        study = bp.plan(budget="1e25", queries="1e9", params=float(chart.params[at]))
        assert chart.loss[at] == pytest.approx(study.plan.loss, rel=1e-8)
        assert chart.cost[at] == pytest.approx(study.plan.flop["inference"] / 1e9, rel=1e-6)
    assert np.nanmin(chart.loss) >= chart.best[1] * (1 - 1e-10)
    with pytest.raises(ScenarioError, match="fixed"):
        frontier_chart(scenario_from_fields({"budget": "1e25", "params": "70B"}))
