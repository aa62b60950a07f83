"""The figure of shares: lines, bands and dashes as the data say; the data as the planner says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.errors import ScenarioError
from budgetplan.plots.draw_shares import SharesData, draw_shares
from budgetplan.scenario import Scenario
from budgetplan.workflow.charts.shares_chart import SharesChart, shares_chart
from tests.plots.charts_of_fits import shares


def _line(ax: Any, gid: str) -> Any:
    return next(line for line in ax.lines if line.get_gid() == gid)


def test_lines_bands_and_names_hold_the_data() -> None:
    chart = shares()
    assert isinstance(chart, SharesData)
    ax = draw_shares(chart)
    for stage, share in chart.shares.items():
        assert _line(ax, stage).get_data()[0].tolist() == chart.budget.tolist()
        assert _line(ax, stage).get_data()[1].tolist() == share.tolist()
        assert _line(ax, f"{stage}-measured").get_xdata().max() <= 1e24
        assert _line(ax, stage).get_linestyle() == "--"
        band = next(item for item in ax.collections if item.get_gid() == f"{stage}-band")
        heights = set(np.round(band.get_paths()[0].vertices[:, 1], 12))
        assert {round(float(value), 12) for value in chart.low[stage][::4]} <= heights
    assert list(_line(ax, "equal").get_ydata()) == [1 / 3, 1 / 3]
    assert {text.get_text() for text in ax.texts if text.get_gid() == "name"} == {"pre-training", "RL", "inference", "equal split"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Budget (FLOP)", "Share of compute (% of budget)")


def test_a_law_of_unknown_range_is_drawn_solid() -> None:
    chart = shares()
    bare = SharesChart(chart.budget, chart.shares, chart.low, chart.high, chart.equal, None, chart.headline, chart.caption)
    ax = draw_shares(bare)
    assert _line(ax, "rl").get_linestyle() == "-"
    assert "rl-measured" not in {line.get_gid() for line in ax.lines}


def test_the_shares_are_the_planners() -> None:
    chart = shares_chart(Scenario(budget="1e25"), points=5)
    assert chart.budget == pytest.approx([1e22, 10**23.5, 1e25, 10**26.5, 1e28])
    for at in range(5):
        plan = bp.plan(budget=float(chart.budget[at])).plan
        assert {stage: share[at] for stage, share in chart.shares.items()} == pytest.approx(plan.share, abs=1e-6)
    assert all(np.isnan(side).all() for side in chart.low.values())
    frame = chart.to_frame()
    assert frame["share"].tolist() == np.concatenate(list(chart.shares.values())).tolist()


def test_the_band_is_the_plans_interval() -> None:
    chart = shares_chart(Scenario(budget="1e25", draws=20, seed=3), points=9)
    told = bp.plan(budget="1e25", draws=20, seed=3).intervals
    for stage in chart.shares:
        known = np.isfinite(chart.low[stage])
        assert known.tolist() == [True, False, False, False] * 2 + [True]
        assert chart.low[stage][4] == pytest.approx(told[f"{stage}_share"]["q05"], abs=1e-6)
        assert chart.high[stage][4] == pytest.approx(told[f"{stage}_share"]["q95"], abs=1e-6)


@pytest.mark.parametrize("law", ["besiroglu-2024", "kaplan-2020"])
def test_one_stage_has_nothing_to_split(law: str) -> None:
    with pytest.raises(ScenarioError, match="nothing to split"):
        shares_chart(Scenario(budget="1e24", law=law))
