"""The tornado: bars as the data say, the data as the sensitivity study says."""

from __future__ import annotations

from dataclasses import replace

from budgetplan.plots.draw_tornado import TornadoData, draw_tornado
from budgetplan.scenario import Scenario
from budgetplan.workflow.charts.tornado_chart import MOST, chart_of_sensitivity, tornado_chart
from budgetplan.workflow.questions.sensitivity_study import sensitivity
from tests.plots.charts_of_fits import levers


def test_bars_and_ranges_hold_the_data() -> None:
    chart = levers()
    assert isinstance(chart, TornadoData)
    ax = draw_tornado(chart)
    low, high = ([bar.get_width() for bar in ax.patches if bar.get_gid() == side] for side in ("low", "high"))
    assert low == [-0.0, -0.12, -0.001]
    assert high == [0.5, 0.2, 0.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == list(chart.names)
    assert [text.get_text() for text in ax.texts if text.get_gid() == "range"] == ["none to oracle", "0.05 to 0.25", "0.3 to 0.9"]
    assert [text.get_text() for text in ax.texts if text.get_gid() == "wasted"] == ["0", "50", "12", "20", "0.1", "0"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the costliest on top
    assert ax.get_xlabel() == "Wasted compute (% of budget)"


def test_ranges_of_numbers_have_their_unit() -> None:
    ax = draw_tornado(replace(levers(), units=("FLOP", "token", "logit/(nat/token)")))
    told = [text.get_text() for text in ax.texts if text.get_gid() == "range"]
    assert told == ["none to oracle", "0.05 to 0.25 token", "0.3 to 0.9"]  # the last would take the bars their room


def test_the_chart_is_the_sensitivity_study() -> None:
    scenario = Scenario(budget="1e25")
    found = sensitivity(scenario)
    chart = tornado_chart(scenario)
    assert chart.rows() == chart_of_sensitivity(found).rows()
    assert len(chart.names) == min(MOST, len(found.tornado))
    for at, swing in enumerate(found.tornado[:MOST]):
        assert chart.names[at] == swing.lever
        assert (chart.low_wasted[at], chart.high_wasted[at]) == (swing.low.regret, swing.high.regret)
        assert (chart.low_value[at], chart.high_value[at]) == (swing.low.value, swing.high.value)
    assert len(chart.to_frame()) == 2 * len(chart.names)
    assert "`" not in chart.headline
