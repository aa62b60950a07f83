"""The figure of a backtest: every model where it belongs, the law's line, names that cover nothing, data as drawn."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.errors import DataError, ScenarioError
from budgetplan.plots.draw_backtest import BacktestData, draw_backtest
from budgetplan.plots.table import csv_text
from budgetplan.workflow.charts.backtest_chart import BacktestChart, backtest_chart
from budgetplan.workflow.questions.backtest import backtest


@pytest.fixture(scope="module")
def chart() -> BacktestChart:
    return backtest_chart()


def _line(ax: Any, gid: str) -> Any:
    return next(line for line in ax.lines if line.get_gid() == gid)


def test_the_chart_is_what_the_figure_takes(chart: BacktestChart) -> None:
    assert isinstance(chart, BacktestData)


def test_every_model_is_drawn_once_where_it_belongs(chart: BacktestChart) -> None:
    ax = draw_backtest(chart)
    drawn = {}
    for gid in ("dense-open", "sparse-open", "dense-closed"):
        for place in np.stack(_line(ax, gid).get_data(), axis=1):
            drawn[tuple(place)] = gid
    rows = [row for row in backtest().rows if row["operations_flop"] is not None and row["base"] is None]
    assert len(chart.names) == len(rows)
    for row in rows:
        kind = ("sparse" if row["total_params"] else "dense") + ("-open" if row["open_weights"] else "-closed")
        assert drawn[row["operations_flop"], row["tokens_per_param"]] == kind, row["model"]
    assert {(ax.get_xscale(), ax.get_yscale())} == {("log", "log")}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Training compute, 6 N D (FLOP)", "Tokens per param, D/N (token/param)")


def test_the_line_is_the_planners(chart: BacktestChart) -> None:
    ax = draw_backtest(chart)
    compute, ratio = _line(ax, "optimum").get_data()
    for index in (0, 30, 60):
        plan = bp.plan(law="besiroglu-2024", budget=float(compute[index])).plan
        assert ratio[index] == pytest.approx(plan.tokens_per_param, rel=1e-6)
    inside, _ = _line(ax, "optimum-measured").get_data()
    assert inside.max() <= chart.measured[1] < compute.max()


def test_a_policy_has_a_line_too() -> None:
    chart = backtest_chart("kaplan-2020", ["gpt-3", "gopher"])
    best = 1.3e9 * (chart.line_compute / 8.64e19) ** 0.73
    assert chart.line_ratio == pytest.approx(chart.line_compute / 6 / best**2, rel=1e-12)
    assert np.isnan(chart.served).all()


def test_names_cover_no_mark_and_no_name(chart: BacktestChart) -> None:
    ax = draw_backtest(chart)
    ax.figure.canvas.draw()
    names = [text for text in ax.texts if text.get_gid() == "name"]
    assert len(names) > 15
    boxes = [text.get_window_extent() for text in names]
    for index, box in enumerate(boxes):
        for other in boxes[index + 1 :]:
            across = min(box.x1, other.x1) - max(box.x0, other.x0)
            up = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert min(across, up) < 2.0  # pixels: the letters' own heights differ
    assert {text.get_text() for text in names} <= {"compute-optimal", *chart.names}
    assert ax.get_title().replace("\n", " ") == backtest().finding.rstrip(".").replace("`", "")


def test_the_data_are_those_drawn(chart: BacktestChart) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(chart.rows()))))
    models = [row for row in rows if row["holds"] == "model"]
    assert [row["model"] for row in models] == list(chart.names)
    assert [float(row["compute_flop"]) for row in models] == chart.compute.tolist()
    assert {row["open_weights"] for row in models} == {"true", "false"}
    line = [row for row in rows if row["holds"] == "optimum"]
    assert [float(row["tokens_per_param"]) for row in line] == chart.line_ratio.tolist()


def test_a_joint_law_draws_its_pretraining_link(chart: BacktestChart) -> None:
    joint = backtest_chart("default", ["llama-3.1-8b", "deepseek-r1"])
    assert "pre-training alone" in joint.caption
    assert np.interp(1e24, joint.line_compute, joint.line_ratio) == pytest.approx(
        np.interp(1e24, chart.line_compute, chart.line_ratio), rel=1e-3
    )
    assert joint.names == ("Llama 3.1 8B", "DeepSeek-R1 671B-A37B")  # its base is not there


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(DataError, match="no model to draw"):
        draw_backtest(backtest_chart(models=["mixtral"]))
    with pytest.raises(ScenarioError, match="no pre-training link"):
        backtest_chart("additive")
