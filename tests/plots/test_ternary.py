"""The ternary map shows each cell's wasted compute where its shares are, on mpltern's axes and on plain ones alike."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from budgetplan.plots import draw_ternary
from budgetplan.plots.ternary import LEVELS, ternary_table
from budgetplan.plots.triangle import to_plane


@pytest.fixture(params=["mpltern", "plain"])
def where(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run with mpltern, and as if it were not installed."""
    if request.param == "mpltern":
        pytest.importorskip("mpltern")
    else:
        found = importlib.util.find_spec
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "mpltern" else found(name))
    return str(request.param)


def _filled(ax: Any) -> Any:
    return next(item for item in ax.collections if getattr(item, "filled", False))


def _one(ax: Any, gid: str) -> Any:
    return next(item for item in [*ax.collections, *ax.lines] if item.get_gid() == gid)


def test_the_axes_are_the_ones_expected(study: Any, where: str) -> None:
    assert draw_ternary(study).name == ("ternary" if where == "mpltern" else "rectilinear")


def test_every_cell_lies_in_the_band_of_its_wasted_compute(study: Any, where: str) -> None:
    bands = _filled(draw_ternary(study))
    assert tuple(bands.levels) == LEVELS
    paths, points, checked = bands.get_paths(), to_plane(study.map.shares), 0
    for point, wasted in zip(points, study.map.wasted, strict=True):
        band = int(np.searchsorted(LEVELS, wasted)) - 1
        low, high = LEVELS[band], LEVELS[band + 1]
        if min(wasted - low, high - wasted) < 0.02 * (high - low):
            continue  # on a border between bands either is right
        hit = paths[band].contains_point(point, radius=1e-9) or paths[band].contains_point(point, radius=-1e-9)
        checked += bool(hit)
        assert hit, (point, wasted)
    assert checked > 300


def test_darker_is_worse_also_in_grey(study: Any) -> None:
    colours = np.array([_filled(draw_ternary(study)).cmap(band) for band in range(len(LEVELS) - 1)])
    grey = colours[:, :3] @ [0.299, 0.587, 0.114]
    assert (np.diff(grey) < -0.04).all()


def test_marks_lie_at_optimum_and_thirds(study: Any, where: str) -> None:
    ax = draw_ternary(study)
    for gid, shares in (("optimum", study.map.optimum), ("equal-thirds", study.map.thirds)):
        assert np.ravel(_one(ax, gid).get_data()) == pytest.approx(to_plane(shares), abs=1e-12)
        assert gid.replace("-", " ") in [text.get_text() for text in ax.texts]


def test_the_outline_holds_the_near_optimal_cells_and_no_others(bowl: Callable[..., Any], where: str) -> None:
    chart = bowl((0.45, 0.3, 0.25), steepness=0.5)
    ax = draw_ternary(chart)
    (path,) = _one(ax, "region").get_paths()
    inside = path.contains_points(to_plane(chart.shares))
    sure = np.abs(chart.wasted - chart.tolerance) > 5e-4  # the outline is straight between cells
    assert inside[sure].tolist() == chart.region[sure].tolist()
    assert inside.sum() > 10
    assert "wastes < 1 %" in [text.get_text() for text in ax.texts]


def test_a_region_smaller_than_a_cell_is_still_outlined(bowl: Callable[..., Any]) -> None:
    chart = bowl((0.345, 0.335, 0.32), steps=10, steepness=6.0)
    assert not chart.region.any()
    (path,) = _one(draw_ternary(chart), "region").get_paths()
    assert path.contains_point(to_plane(chart.optimum))


def test_infeasible_splits_stay_white(bowl: Callable[..., Any], where: str) -> None:
    chart = bowl((0.6, 0.2, 0.2), hole=0.3)
    lost = to_plane(chart.shares[np.isnan(chart.wasted)])
    paths = _filled(draw_ternary(chart)).get_paths()
    assert len(lost) > 50
    assert not any(path.contains_points(lost).any() for path in paths if len(path.vertices))


def test_a_map_without_feasible_cells_shows_its_marks(bowl: Callable[..., Any]) -> None:
    ax = draw_ternary(bowl((0.6, 0.2, 0.2), hole=2.0))
    assert not ax.collections
    assert "equal thirds waste" not in ax.get_title()
    assert _one(ax, "optimum")


def test_corners_and_sides_are_named_with_units(study: Any, where: str) -> None:
    ax = draw_ternary(study)
    texts = [text.get_text() for text in ax.texts]
    assert [name for name in ("all pre-training", "all RL", "all inference") if name not in texts] == []
    if where == "mpltern":
        texts += [ax.get_tlabel(), ax.get_llabel(), ax.get_rlabel()]
    sides = ("Pre-training (% of compute)", "RL (% of compute)", "Inference (% of compute)")
    assert [name for name in sides if name not in texts] == []
    (bar,) = ax.child_axes
    assert bar.get_xlabel() == "Wasted compute (% of budget)"
    assert [label.get_text() for label in bar.get_xticklabels()] == ["0", "0.1", "0.3", "1", "3", "10", "30", "100"]


def test_tick_labels_of_the_plain_frame_lie_where_their_stage_has_that_share(study: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "mpltern" else found(name))
    ticks = [text for text in draw_ternary(study).texts if text.get_text() in ("20", "40", "60", "80")]
    solve = np.linalg.inv(np.vstack([to_plane(np.eye(3)).T, np.ones(3)]))
    for number, text in enumerate(ticks):
        shares = solve @ [*text.xy, 1.0]
        assert shares[number // 4] == pytest.approx(float(text.get_text()) / 100)
        assert abs(shares).min() == pytest.approx(0.0, abs=1e-12)
    assert len(ticks) == 12


def test_the_title_says_where_the_optimum_is_and_whether_thirds_are_as_good(bowl: Callable[..., Any]) -> None:
    steep, flat = bowl((0.27, 0.49, 0.24)), bowl((0.27, 0.49, 0.24), steepness=0.1)
    title = " ".join(draw_ternary(steep).get_title().split())
    assert title == "Best: 27 % pre-training, 49 % RL, 24 % inference; equal thirds waste more than 1 %"
    assert "waste less than 1 %" in " ".join(draw_ternary(flat).get_title().split())


def test_names_keep_clear_of_each_other(bowl: Callable[..., Any], where: str) -> None:
    for optimum in ((0.27, 0.49, 0.24), (0.34, 0.33, 0.33), (0.1, 0.1, 0.8), (0.8, 0.1, 0.1)):
        ax = draw_ternary(bowl(optimum))
        ax.figure.canvas.draw()
        named = [t for t in ax.texts if t.get_text() in ("optimum", "equal thirds", "wastes < 1 %")]
        boxes = [text.get_window_extent().padded(-1.5) for text in named]
        assert len(boxes) == 3
        assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i]), optimum


@pytest.mark.parametrize("optimum", [(0.25, 0.17, 0.58), (0.3, 0.2, 0.5), (0.45, 0.35, 0.2), (0.2, 0.5, 0.3)])
def test_no_other_name_touches_equal_thirds(bowl: Callable[..., Any], where: str, optimum: tuple[float, float, float]) -> None:
    """`wastes < 1 %` beside the dot would read as what equal thirds waste."""
    ax = draw_ternary(bowl(optimum, steepness=2.5))
    ax.figure.canvas.draw()
    x, y = ax.transData.transform(to_plane(np.full(3, 1 / 3)))
    near = 6.0 * ax.figure.dpi / 72.0
    boxes = {text.get_text(): text.get_window_extent().padded(near) for text in ax.texts if text.get_gid() == "name"}
    assert boxes.keys() == {"optimum", "equal thirds", "wastes < 1 %"}
    assert [name for name, box in boxes.items() if box.contains(x, y)] == ["equal thirds"]


def test_axes_that_are_given_are_drawn_on(study: Any) -> None:
    given = Figure().add_subplot()
    assert draw_ternary(study, given) is given
    assert _filled(given)


def test_the_table_holds_every_cell_and_both_marks(study: Any) -> None:
    rows = ternary_table(study.map)
    cells = [row for row in rows if row["mark"] == "cell"]
    assert [row["wasted_compute"] for row in cells] == study.map.wasted.tolist()
    assert [row["task_loss_nat_per_task"] for row in cells] == study.map.loss.tolist()
    assert [[row[f"{stage}_share"] for stage in study.map.stages] for row in cells] == study.map.shares.tolist()
    assert [row["near_optimal"] for row in cells] == study.map.region.tolist()
    assert [row["mark"] for row in rows[len(cells) :]] == ["optimum", "equal-thirds"]
