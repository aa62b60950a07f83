"""The figures of fits hold the numbers that they are given, and tell measured from extrapolated."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from budgetplan.errors import DataError
from budgetplan.plots import draw_contours, draw_fit, draw_isoflop, draw_pass_at_k, draw_rl_curve, render
from budgetplan.plots.log_axis import ticks, written
from budgetplan.plots.style import MOST_SERIES
from tests.plots import charts_of_fits as made


def _line(ax: Any, gid: str) -> Any:
    return next(line for line in ax.lines if line.get_gid() == gid)


def _collection(ax: Any, gid: str) -> Any:
    return next(item for item in ax.collections if item.get_gid() == gid)


def _has(ax: Any, gid: str) -> bool:
    return any(item.get_gid() == gid for item in (*ax.lines, *ax.collections, *ax.patches))


def _veil(ax: Any) -> Any:
    """Corners of what is turned pale, ring after ring, each closed."""
    return next(patch for patch in ax.patches if patch.get_gid() == "beyond").get_path().vertices


def _turn(ring: Any) -> float:
    """Area of a closed ring in logarithms, below 0 where it turns right."""
    x, y = np.log(ring).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2


def _texts(ax: Any) -> list[str]:
    return [" ".join(text.get_text().split()) for text in ax.texts]


def test_fit_shows_every_run_where_it_was_observed_and_fitted() -> None:
    chart = made.fit()
    ax = draw_fit(chart)
    for name, which in (("fitted", ~chart.held), ("held-out", chart.held)):
        places = np.asarray(_collection(ax, name).get_offsets())
        assert places.tolist() == np.stack([chart.fitted, chart.observed], axis=1)[which].tolist()
    x, y = _line(ax, "identity").get_data()
    assert x.tolist() == y.tolist()
    low, high = (line.get_ydata()[0] / line.get_xdata()[0] for line in ax.lines if line.get_gid() == "near")
    assert (low, high) == pytest.approx((0.99, 1.01))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Fitted loss (nat/token)", "Observed loss (nat/token)")


def test_fit_has_residuals_by_tokens_beneath_with_forecast_bars() -> None:
    chart = made.fit()
    lower = draw_fit(chart).child_axes[0]
    places = np.asarray(_collection(lower, "held-out").get_offsets())
    assert places == pytest.approx(np.stack([chart.tokens, 100 * chart.residual], axis=1)[chart.held])
    bars = _collection(lower, "forecast").get_segments()
    assert [bar[:, 1].tolist() for bar in bars] == [pytest.approx([-1.5, 1.5])] * 2
    assert lower.get_xlabel() == "Pre-training tokens (token)"
    assert lower.get_ylabel() == "Residual (%)"
    (shade,) = [patch for patch in lower.patches if patch.get_gid() == "beyond"]
    assert shade.get_x() == pytest.approx(chart.tokens[~chart.held].max())


def test_fit_names_both_kinds_of_runs_and_colours_them_by_size() -> None:
    chart = made.fit()
    ax = draw_fit(chart)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["fitted, 8 runs", "held out, 2 runs"]
    assert _collection(ax, "fitted").get_array().tolist() == chart.params[~chart.held].tolist()
    assert "Model size (params)" in [child.get_ylabel() for child in ax.child_axes]
    alone = draw_fit(made.fit(held=0))
    assert alone.get_legend() is None
    assert not _has(alone.child_axes[0], "beyond")


def test_fit_of_a_law_alone_shows_its_coefficients() -> None:
    chart = made.coefficients()
    ax = draw_fit(chart)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["E", "A", "chance"]
    assert _line(ax, "A-interval").get_xdata().tolist() == [0.5, 2.0]
    assert not _has(ax, "chance-interval")
    assert _line(ax, "chance").get_markerfacecolor() == "white"
    assert {"1.8 nat/token", "480", "0 assumed"} <= set(_texts(ax))
    assert _line(ax, "E").get_markerfacecolor() == "black"


def test_numbers_of_ticks_do_not_touch_on_a_narrow_axis() -> None:
    """A range of eight decades beside long names leaves the axis a third of the page."""
    chart = made.coefficients()
    names = ("inference.selection_efficiency_of_mine", "rl.reference", "chance")
    wide = replace(chart, names=names, low=np.array([1.7, 5e-4, np.nan]), high=np.array([1.9, 5e4, np.nan]))
    ax = draw_fit(wide)
    ax.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
    assert len(boxes) >= 2
    assert all(before.x1 < after.x0 for before, after in pairwise(boxes))


def test_isoflop_shows_runs_parabolas_and_lowest_points() -> None:
    chart = made.isoflop()
    ax = draw_isoflop(chart)
    for item, name in zip(chart.profiles, ("1e18", "1e19", "1e20"), strict=True):
        assert _line(ax, f"runs-{name}").get_xdata().tolist() == item.params.tolist()
        assert _line(ax, f"curve-{name}").get_ydata().tolist() == item.curve_loss.tolist()
    lowest = [tuple(np.ravel(line.get_data())) for line in ax.lines if line.get_gid() == "lowest"]
    assert lowest == [(item.best_params, item.best_loss) for item in chart.profiles if item.used]
    assert _line(ax, "curve-1e20").get_linestyle() == "--"
    assert {"1e18 FLOP", "1e19 FLOP", "1e20 FLOP*"} <= set(_texts(ax))
    looks = {(line.get_marker(), str(line.get_color())) for line in ax.lines if str(line.get_gid()).startswith("runs-")}
    assert len(looks) == 3


def test_isoflop_has_the_optimum_beneath_solid_where_measured() -> None:
    chart = made.isoflop()
    lower = draw_isoflop(chart).child_axes[0]
    assert _line(lower, "optimum").get_ydata().tolist() == chart.optimum.tolist()
    assert _line(lower, "optimum").get_linestyle() == "--"
    measured = _line(lower, "optimum-measured")
    assert measured.get_linestyle() == "-"
    assert (measured.get_xdata()[0], measured.get_xdata()[-1]) == (1e18, 1e19)
    assert (lower.get_xlabel(), lower.get_ylabel()) == ("Training compute (FLOP)", "Best size (params)")
    assert _has(lower, "band")


def test_a_policy_has_only_its_optimum() -> None:
    chart = replace(made.isoflop(), profiles=(), measured=None)
    ax = draw_isoflop(chart)
    assert ax.child_axes == []
    assert _line(ax, "optimum").get_ydata().tolist() == chart.optimum.tolist()
    assert not _has(ax, "optimum-measured")


def test_contours_are_solid_within_the_hull_and_dashed_beyond() -> None:
    chart = made.contours()
    ax = draw_contours(chart)
    assert _collection(ax, "contours").levels.tolist() == chart.levels.tolist()
    border = next(patch for patch in ax.patches if patch.get_gid() == "hull")
    assert border.get_path().vertices[:-1].tolist() == chart.hull.tolist()
    assert _collection(ax, "contours-measured").get_clip_path() is not None
    dash = _collection(ax, "contours").get_linestyle()[0][1]
    solid = _collection(ax, "contours-measured").get_linestyle()[0][1]
    assert (dash is None, solid is None) == (False, True)
    assert _line(ax, "optimal").get_linestyle() == "--"
    assert _line(ax, "optimal-measured").get_linestyle() == "-"
    frame, hole = np.split(_veil(ax), [5])
    assert _turn(frame) == pytest.approx(np.log(1e4) ** 2)  # the whole map, less the hull: it turns the other way
    assert sorted(hole[:-1].tolist()) == sorted(chart.hull.tolist())
    assert _turn(hole) < 0


def test_contours_have_budgets_the_path_and_the_runs() -> None:
    chart = made.contours()
    ax = draw_contours(chart)
    x, y = _line(ax, "budget-1e20").get_data()
    assert 6 * x * y == pytest.approx([1e20, 1e20])
    assert np.stack(_line(ax, "optimal").get_data(), axis=1).tolist() == chart.path.tolist()
    assert np.stack(_line(ax, "runs").get_data(), axis=1).tolist() == chart.runs.tolist()
    levels = {text.get_text() for text in ax.texts if text.get_gid() == "level"}
    assert levels <= {f"{level:.6g}" for level in chart.levels}
    assert len(levels) >= 3
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Model size (params)", "Pre-training tokens (token)")


def test_contours_of_unknown_reach_are_pale_all_over() -> None:
    ax = draw_contours(made.contours(hull=False))
    assert _turn(_veil(ax)) == pytest.approx(np.log(1e4) ** 2)
    assert not _has(ax, "contours-measured")
    assert "measured" not in _texts(ax)


def test_rl_curve_holds_lines_runs_and_bands() -> None:
    chart = made.rl(held=2)
    ax = draw_rl_curve(chart)
    for curve in chart.curves:
        assert _line(ax, curve.label).get_ydata() == pytest.approx(100 * curve.success)
        assert _line(ax, curve.label).get_linestyle() == "--"
        measured = _line(ax, f"{curve.label}-measured").get_xdata()
        assert (measured[0], measured[-1]) == curve.measured
        assert _line(ax, f"{curve.label}-runs").get_ydata() == pytest.approx(100 * curve.seen[~curve.held])
        held = _line(ax, f"{curve.label}-held-out")
        assert held.get_xdata() == pytest.approx(curve.seen_x[curve.held])
        assert held.get_markerfacecolor() == "white"
        assert _has(ax, f"{curve.label}-band")
    assert {"1B", "8B", "held out"} <= set(_texts(ax))
    assert len({_line(ax, f"{label}-runs").get_marker() for label in ("1B", "8B")}) == 2


def test_rl_curve_shows_the_ceiling_only_where_it_was_not_seen() -> None:
    ax = draw_rl_curve(made.rl())
    assert _line(ax, "1B-ceiling").get_ydata() == pytest.approx([55.0, 75.0])
    assert not _has(ax, "8B-ceiling")
    low, high = ax.get_ylim()
    assert low < 55.0 < 75.0 < high


def test_runs_without_rl_stand_at_zero_apart_from_the_others() -> None:
    ax = draw_rl_curve(made.rl())
    first = float(_line(ax, "1B-runs").get_xdata()[0])
    boundary = float(_line(ax, "zero").get_xdata()[0])
    assert ax.get_xlim()[0] <= first < boundary < 1e8
    ax.figure.canvas.draw()
    tick = ax.get_xticklabels()[0]
    assert (tick.get_text(), tick.get_position()[0]) == ("0", pytest.approx(first))
    assert ax.get_xlabel() == "RL tokens (token)"


def test_pass_at_k_shows_points_with_bars_on_a_logarithmic_axis() -> None:
    chart = made.passes()
    ax = draw_pass_at_k(chart)
    (curve,) = chart.curves
    assert _line(ax, "gsm8k-runs").get_ydata() == pytest.approx(100 * curve.seen)
    bars = [bar[:, 1].tolist() for bar in _collection(ax, "gsm8k-runs-bars").get_segments()]
    ends = np.stack([100 * curve.seen_low, 100 * curve.seen_high], axis=1)
    assert np.array(bars) == pytest.approx(ends)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert _line(ax, "gsm8k-measured").get_xdata()[-1] == 100.0


def test_a_long_name_is_shortened_and_no_name_leaves_the_page() -> None:
    chart = made.rl()
    long = "monkeys-llama3-70b-codecontests"
    curves = (replace(chart.curves[0], label=long), replace(chart.curves[1], label=f"{long}-and-a-suffix-of-the-user"))
    ax = draw_rl_curve(replace(chart, curves=curves))
    ax.figure.canvas.draw()
    names = [text for text in ax.texts if text.get_gid() == "name"]
    assert all(text.get_window_extent().x1 <= ax.figure.bbox.width for text in names)
    told = [text.get_text() for text in names]
    assert len(set(told)) == 2
    assert told[0].startswith("monkeys-ll")
    assert told[0].endswith("contests")


def test_more_curves_than_can_be_told_apart_are_refused() -> None:
    many = replace(made.passes(), curves=made.passes().curves * (MOST_SERIES + 1))
    with pytest.raises(DataError, match=f"{MOST_SERIES + 1} curves.*--where"):
        draw_pass_at_k(many)


@pytest.mark.parametrize("kind", list(made.CHARTS))
def test_nothing_reaches_beyond_the_page_and_the_title_is_the_finding(kind: str) -> None:
    from budgetplan.plots import KINDS

    chart = made.CHARTS[kind]()
    ax = KINDS[kind](chart)
    assert " ".join(ax.get_title().split()) == chart.headline
    figure = ax.get_figure()
    figure.canvas.draw()
    tight, page = figure.get_tightbbox(), figure.get_size_inches()
    assert tight.x0 >= -0.01
    assert tight.y0 >= -0.01
    assert tight.x1 <= page[0] + 0.01
    assert tight.y1 <= page[1] + 0.01


@pytest.mark.parametrize("kind", list(made.CHARTS))
def test_given_axes_are_drawn_on(kind: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from budgetplan.plots import KINDS

    figure = Figure((6.0, 6.0))
    FigureCanvasAgg(figure)
    given = figure.add_subplot()
    assert KINDS[kind](made.CHARTS[kind](), given) is given


@pytest.mark.parametrize("kind", list(made.CHARTS))
def test_the_csv_is_the_charts_table(kind: str) -> None:
    chart = made.CHARTS[kind]()
    lines = render(kind, chart).csv.splitlines()
    frame = chart.to_frame()
    assert lines[0].split(",") == list(frame.columns)
    assert len(lines) == len(frame) + 1


@pytest.mark.parametrize(("low", "high", "most"), [(1e8, 2e13, 6), (2.05, 3.4, 8), (3.0, 40.0, 6), (0.9, 1.2, 5), (5e7, 2e8, 6)])
def test_ticks_are_few_inside_and_read_as_their_value(low: float, high: float, most: int) -> None:
    found = ticks(low, high, most)
    assert 2 <= len(found) <= most
    assert all(low * 0.999 <= value <= high * 1.001 for value in found)
    assert [float(written(value)) for value in found] == pytest.approx(found)
