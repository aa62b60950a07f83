"""The near-optimal region and the waterfall: what the axes hold is what the planner says."""

from __future__ import annotations

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.errors import ScenarioError
from budgetplan.plots.draw_region import RegionData, draw_region
from budgetplan.plots.draw_waterfall import WaterfallData, draw_waterfall
from budgetplan.plots.triangle import to_plane
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow.region_chart import region_chart
from budgetplan.workflow.waterfall_chart import waterfall_chart
from tests.plots.charts_of_fits import region, waterfall


def test_region_marks_and_names() -> None:
    chart = region()
    assert isinstance(chart, RegionData)
    ax = draw_region(chart)
    (area,) = [patch for patch in ax.patches if patch.get_gid() == "region"]
    assert area.get_xy()[:-1] == pytest.approx(to_plane(chart.vertices))
    places = {line.get_gid(): np.ravel(line.get_xydata()) for line in ax.lines if line.get_gid() in ("optimum", "equal thirds")}
    assert places["optimum"] == pytest.approx(to_plane(chart.optimum))
    assert places["equal thirds"] == pytest.approx(to_plane(chart.thirds))
    assert {text.get_text() for text in ax.texts if text.get_gid() == "name"} == {"optimum", "equal thirds"}


def test_region_is_the_plans() -> None:
    chart = region_chart(scenario_from_fields({"budget": "1e25", "tolerance": "2%"}))
    study = bp.plan(budget="1e25", tolerance="2%")
    assert study.region is not None
    assert np.array_equal(chart.vertices, study.region.shares)
    assert list(chart.optimum) == [study.plan.share[stage] for stage in ("pretraining", "rl", "inference")]
    assert len(chart.to_frame()) == len(chart.vertices) + 2
    with pytest.raises(ScenarioError, match="no triangle"):
        region_chart(scenario_from_fields({"budget": "1e22", "law": "besiroglu-2024"}))


def test_waterfall_bars_go_from_state_to_state() -> None:
    chart = waterfall()
    assert isinstance(chart, WaterfallData)
    ax = draw_waterfall(chart)
    ends = np.array([(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches])
    before = np.concatenate([[0.0], chart.wasted[:-1]])
    assert ends == pytest.approx(np.sort(np.stack([before, chart.wasted], axis=1), axis=1))
    assert [label.get_text() for label in ax.get_yticklabels()] == list(chart.names)


def test_waterfall_begins_at_thirds_and_ends_at_the_optimum() -> None:
    chart = waterfall_chart(scenario_from_fields({"budget": "1e25"}))
    study = bp.plan(budget="1e25")
    thirds = study.baselines["equal-thirds"]
    assert thirds.regret is not None
    assert chart.loss[0] == pytest.approx(thirds.loss, rel=1e-9)
    assert chart.loss[-1] == pytest.approx(study.plan.loss, rel=1e-9)
    assert chart.wasted[0] == pytest.approx(thirds.regret.wasted_compute, rel=1e-6)
    assert chart.wasted[-1] == pytest.approx(0.0, abs=1e-8)
    assert np.all(chart.wasted >= -1e-9)
    with pytest.raises(ScenarioError, match="no equal thirds"):
        waterfall_chart(scenario_from_fields({"budget": "1e22", "law": "besiroglu-2024"}))
