"""When equal thirds are right: the cells hold what the search found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetplan.plots.draw_thirds import ThirdsData, draw_thirds
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow.charts.thirds_chart import chart_of_condition, thirds_chart
from budgetplan.workflow.questions.thirds_study import thirds_condition
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


def test_what_is_written_stays_within_its_frame() -> None:
    """Six budgets beside long names leave a cell nine millimetres."""
    chart = thirds()
    wide = {name: np.tile(getattr(chart, name), (1, 2)) for name in ("value", "low", "high", "least")}
    said = (("",) * 6, ("0.51 to 0.7", "350 to 580", "> 0.96", "< 1.5e3", "0.6 to 0.73", "any"))
    names = ("inference.selection_efficiency", "inference.selection_samples")
    six = {"budget": np.geomspace(1e21, 1e26, 6), "wasted": np.tile(chart.wasted, 2), "coefficients": names, "said": said}
    ax = draw_thirds(replace(chart, **wide, **six, headline="Equal thirds are not within 1 %."))
    ax.figure.canvas.draw()
    frames = [patch.get_window_extent() for patch in ax.patches if str(patch.get_gid()).startswith(names[1])]
    texts = [text for text in ax.texts if text.get_gid() == "cell"][12:]
    for frame, text in zip(frames, texts, strict=True):
        box = text.get_window_extent()
        assert frame.x0 < box.x0 < box.x1 < frame.x1, text.get_text()
        assert frame.y0 < box.y0 < box.y1 < frame.y1, text.get_text()
    assert ax.get_title() == "Equal thirds are not within 1 %"


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
