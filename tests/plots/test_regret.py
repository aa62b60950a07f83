"""The regret plot holds the curve's numbers, and shows where the law was not measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.errors import DataError
from budgetplan.plots import draw_regret
from budgetplan.plots.regret import regret_table
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow.charts.figures import regret_curve

NAMES = ("equal-thirds", "equal-tokens", "chinchilla")


def _line(ax: Any, gid: str) -> Any:
    return next(line for line in ax.lines if line.get_gid() == gid)


def _texts(ax: Any) -> list[str]:
    return [" ".join(text.get_text().split()) for text in ax.texts]


def test_lines_are_the_wasted_compute_of_each_baseline(curve: Callable[..., Any]) -> None:
    result = curve()
    ax = draw_regret(result)
    for name in NAMES:
        x, y = _line(ax, name).get_data()
        assert x.tolist() == result.budget.tolist()
        assert y.tolist() == result.baselines[name].tolist()


def test_each_line_has_a_style_of_its_own_and_its_name(curve: Callable[..., Any]) -> None:
    ax = draw_regret(curve())
    lines = [_line(ax, name) for name in NAMES]
    for looks in ({line.get_color() for line in lines}, {line.get_marker() for line in lines}):
        assert len(looks) == 3
    assert len({str(line._dash_pattern) for line in lines}) == 3  # the dashes have no public reader
    assert [name for name in ("equal thirds", "equal tokens", "Chinchilla") if name not in _texts(ax)] == []
    for line, name in zip(lines, ("equal thirds", "equal tokens", "Chinchilla"), strict=True):
        key = _line(ax, f"{name}-key")
        assert (key.get_color(), key.get_marker()) == (line.get_color(), line.get_marker())


def test_solid_where_measured_and_dashed_beyond(curve: Callable[..., Any]) -> None:
    result = curve((3e22, 2e25))
    ax = draw_regret(result)
    for name in NAMES:
        solid, dashed = _line(ax, f"{name}-measured"), _line(ax, name)
        assert solid.get_linestyle() == "-"
        assert dashed.get_linestyle() == "--"
        x, y = solid.get_data()
        assert (x[0], x[-1]) == (3e22, 2e25)
        assert y == pytest.approx(np.interp(np.log(x), np.log(result.budget), result.baselines[name]))


def test_budgets_beyond_the_measurements_are_shaded_and_named(curve: Callable[..., Any]) -> None:
    ax = draw_regret(curve((3e22, 2e25)))
    bands = [patch.get_extents().transformed(ax.transData.inverted()) for patch in ax.patches if patch.get_gid() == "beyond"]
    assert [(band.x0, band.x1) for band in bands] == [pytest.approx((1e21, 3e22)), pytest.approx((2e25, 1e27))]
    assert _texts(ax).count("beyond what was measured") == 2


def test_the_shade_covers_everything_where_nothing_was_measured(curve: Callable[..., Any]) -> None:
    ax = draw_regret(curve((1e18, 1e20)))
    (band,) = [patch for patch in ax.patches if patch.get_gid() == "beyond"]
    extent = band.get_extents().transformed(ax.transData.inverted())
    assert (extent.x0, extent.x1) == pytest.approx((1e21, 1e27))
    assert [line.get_gid() for line in ax.lines if str(line.get_gid()).endswith("-measured")] == []


def test_nothing_is_shaded_where_the_measurements_cover_all_or_are_unknown(curve: Callable[..., Any]) -> None:
    for measured in (None, (1e20, 1e28)):
        ax = draw_regret(curve(measured))
        assert not ax.patches
        assert "beyond what was measured" not in _texts(ax)
    assert _line(draw_regret(curve(None)), "chinchilla").get_linestyle() == "-"


def test_axes_have_units_and_decades(curve: Callable[..., Any]) -> None:
    ax = draw_regret(curve())
    assert ax.get_xlabel() == "Budget (FLOP)"
    assert ax.get_ylabel() == "Wasted compute (% of budget)"
    assert ax.get_xscale() == "log"
    ax.figure.canvas.draw()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1e21", "1e23", "1e25", "1e27"]
    for tick, label in zip(ax.get_yticks(), ax.get_yticklabels(), strict=True):
        assert float(label.get_text()) == pytest.approx(100 * tick)


def test_lines_that_differ_much_get_a_logarithmic_axis(curve: Callable[..., Any]) -> None:
    plain, result = draw_regret(curve()), curve()
    ax = draw_regret(replace(result, baselines={**result.baselines, "chinchilla": np.full(25, 0.97)}))
    assert (plain.get_yscale(), ax.get_yscale()) == ("linear", "log")
    low, high = ax.get_ylim()
    assert low < 0.03 < 0.97 < high
    assert len(ax.get_yticks()) >= 3
    for scaled in (plain, ax, draw_regret(replace(result, baselines={"chinchilla": np.full(25, 0.97)}))):
        assert max(scaled.get_yticks()) <= 1.0  # nobody wastes more than all


def test_names_of_lines_that_end_together_do_not_overlap(curve: Callable[..., Any]) -> None:
    result = curve()
    ax = draw_regret(replace(result, baselines={f"split-{n}": np.full(25, 0.1 + n * 1e-4) for n in range(5)}))
    ax.figure.canvas.draw()
    boxes = sorted((t.get_window_extent() for t in ax.texts if t.get_text().startswith("split ")), key=lambda box: box.y0)
    assert len(boxes) == 5
    assert all(a.y1 <= b.y0 + 0.15 * a.height for a, b in pairwise(boxes))
    ends = [ax.transAxes.inverted().transform(box.get_points()) for box in boxes]
    assert all(end[0, 1] > -0.05 and end[1, 1] < 1.05 for end in ends)


def test_the_title_is_the_finding(curve: Callable[..., Any]) -> None:
    result = curve()
    assert " ".join(draw_regret(result).get_title().split()) == "Equal thirds waste 3 to 8 % of compute from 1e21 to 1e27 FLOP"
    alone = replace(result, baselines={"chinchilla": np.full(25, 0.9999)})
    title = " ".join(draw_regret(alone).get_title().split())
    assert title == "Chinchilla wastes over 99 % of compute from 1e21 to 1e27 FLOP"


def test_budgets_without_a_feasible_baseline_are_gaps(curve: Callable[..., Any]) -> None:
    result = curve()
    cut = np.where(result.budget < 1e23, np.nan, result.baselines["equal-thirds"])
    ax = draw_regret(replace(result, baselines={"equal-thirds": cut, "chinchilla": np.full(25, np.nan)}))
    assert np.isnan(_line(ax, "equal-thirds").get_ydata()).sum() == np.isnan(cut).sum()
    assert "from 1e23 to" in " ".join(ax.get_title().split())
    assert "Chinchilla" not in _texts(ax)


def test_a_curve_without_baselines_is_refused(curve: Callable[..., Any]) -> None:
    with pytest.raises(DataError, match="no baseline"):
        draw_regret(replace(curve(), baselines={}))


def test_the_table_holds_every_point(curve: Callable[..., Any]) -> None:
    result = curve((1e22, 1e25))
    rows = regret_table(result)
    for name in NAMES:
        part = [row for row in rows if row["baseline"] == name]
        assert [row["budget_flop"] for row in part] == result.budget.tolist()
        assert [row["wasted_compute"] for row in part] == result.baselines[name].tolist()
        assert [row["measured"] for row in part] == [1e22 <= budget <= 1e25 for budget in result.budget]
    assert {row["measured"] for row in regret_table(curve(None))} == {None}


def test_the_band_is_the_draws_of_equal_thirds() -> None:
    curve = regret_curve(scenario_from_fields({"budget": "1e24", "law": "additive", "draws": 40}), points=9)
    assert curve.band is not None
    assert np.isfinite(curve.band[0]).any()
    (at,) = np.flatnonzero(np.isclose(curve.budget, 1e21, rtol=1e-9))
    study = bp.plan(budget="1e21", law="additive", draws=40)
    assert study.intervals is not None
    ends = study.intervals["wasted_compute"]
    assert [float(side[at]) for side in curve.band] == pytest.approx([ends["q05"], ends["q95"]], rel=1e-5)
    ax = draw_regret(curve)
    (shade,) = [item for item in ax.collections if item.get_gid() == "band"]
    known = np.isfinite(curve.band[0])
    assert shade.get_paths()[0].vertices[:, 1].max() == pytest.approx(float(curve.band[1][known].max()))
    rows = regret_table(curve)
    assert {row["wasted_compute_q95"] for row in rows if row["baseline"] != "equal-thirds"} == {None}
    assert [row["wasted_compute_q05"] for row in rows if row["baseline"] == "equal-thirds"] == pytest.approx(
        curve.band[0].tolist(), nan_ok=True
    )
    assert "40 draws" in curve.caption
