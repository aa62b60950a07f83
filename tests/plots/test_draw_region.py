"""The near-optimal region and the waterfall: what the axes hold is what the planner says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.errors import ScenarioError
from budgetplan.plots.draw_region import RegionData, draw_region
from budgetplan.plots.draw_waterfall import WaterfallData, draw_waterfall
from budgetplan.plots.triangle import to_plane
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow.charts.region_chart import region_chart
from budgetplan.workflow.charts.waterfall_chart import waterfall_chart
from tests.plots.charts_of_fits import region, waterfall


def test_region_marks_and_names() -> None:
    chart = region()
    assert isinstance(chart, RegionData)
    ax = draw_region(chart)
    (area,) = [patch for patch in ax.patches if patch.get_gid() == "region"]
    assert area.get_xy()[:-1] == pytest.approx(to_plane(chart.vertices))
    places = {line.get_gid(): np.ravel(line.get_xydata()) for line in ax.lines if line.get_gid() in ("optimum", "equal-thirds")}
    assert places["optimum"] == pytest.approx(to_plane(chart.optimum))
    assert places["equal-thirds"] == pytest.approx(to_plane(chart.thirds))
    assert {text.get_text() for text in ax.texts if text.get_gid() == "name"} == {"optimum", "equal thirds"}


@pytest.mark.parametrize(
    "optimum", [(0.25, 0.17, 0.58), (0.66, 0.06, 0.28), (0.1, 0.8, 0.1), (0.34, 0.33, 0.33), (0.9, 0.05, 0.05)]
)
def test_names_stay_within_the_triangle_and_off_the_marks(optimum: tuple[float, float, float]) -> None:
    """Beyond the edge stand the labels of the axes."""
    chart = region()
    ax = draw_region(replace(chart, vertices=optimum + 0.6 * (chart.vertices - chart.optimum), optimum=np.array(optimum)))
    ax.figure.canvas.draw()
    inside = np.linalg.inv(np.vstack([to_plane(np.eye(3)).T, np.ones(3)]))
    dot = ax.transData.transform(to_plane(chart.thirds))
    named = {text.get_text(): text.get_window_extent() for text in ax.texts if text.get_gid() == "name"}
    assert named.keys() == {"optimum", "equal thirds"}
    for box in named.values():
        corners = ax.transData.inverted().transform([(x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)])
        assert (inside @ np.vstack([corners.T, np.ones(4)])).min() > -0.02
    assert not named["optimum"].contains(*dot)
    assert not named["optimum"].overlaps(named["equal thirds"])


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
