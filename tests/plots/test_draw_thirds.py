"""When equal thirds are right: the cells hold what the search found."""

from __future__ import annotations

import numpy as np
import pytest

from budgetplan.plots.draw_thirds import ThirdsData, draw_thirds
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow.thirds_chart import chart_of_condition, thirds_chart
from budgetplan.workflow.thirds_study import thirds_condition
from tests.plots.charts_of_fits import thirds


def test_cells_frames_and_names() -> None:
    chart = thirds()
    assert isinstance(chart, ThirdsData)
    ax = draw_thirds(chart)
    told = [text.get_text() for text in ax.texts if text.get_gid() == "cell"]
    assert told == ["36", "16", "7", "20", "5", "> 0.6", "8", "200 to 400", "6"]
    framed = [patch.get_gid() for patch in ax.patches if patch.get_edgecolor()[:3] == (0.0, 0.0, 0.0)]
    assert framed == ["pretraining.beta:2", "pretraining.B:1"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["the law as it is", *chart.coefficients]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1e22", "1e24", "1e26"]
    assert ax.get_xlabel() == "Budget (FLOP)"


def test_the_darker_the_more_is_wasted() -> None:
    ax = draw_thirds(thirds())
    light = [float(np.dot(patch.get_facecolor()[:3], (0.2126, 0.7152, 0.0722))) for patch in ax.patches]
    wasted = np.vstack([thirds().wasted, thirds().least]).ravel()
    assert np.all(np.diff(np.array(light)[np.argsort(wasted)]) <= 1e-12)
    assert light[int(wasted.argmax())] < 0.2 < 0.7 < light[int(wasted.argmin())]


def test_the_chart_is_the_answer() -> None:
    found = thirds_condition(scenario_from_fields({"law": "additive"}), [1e23, 1e25], coefficients=["G", "gamma"])
    chart = chart_of_condition(found)
    assert list(chart.wasted) == [row.wasted_compute for row in found.rows]
    assert chart.coefficients == ("G", "gamma")
    for at in range(2):
        for place, row in enumerate(found.rows):
            item = row.intervals[at]
            assert chart.value[at, place] == item.value
            assert (item.low is None) == (chart.said[at][place] == "") == bool(np.isnan(chart.low[at, place]))
            assert chart.least[at, place] <= row.wasted_compute
    rows = chart.to_frame()
    assert list(rows.columns) == ["coefficient", "budget_flop", "value", "low", "high", "least_wasted"]
    assert len(rows) == 2 + 4


def test_decades_around_the_scenarios_budget() -> None:
    chart = thirds_chart(scenario_from_fields({"law": "additive", "budget": "1e24"}))
    assert chart.budget == pytest.approx([1e22, 1e23, 1e24, 1e25, 1e26])
