"""The split plot holds the study's numbers, each named with its unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from budgetplan.plots import draw_split
from budgetplan.plots.split import split_table

STAGES = ("pretraining", "rl", "inference")


def test_bars_are_the_compute_of_each_allocation(study: Any) -> None:
    ax = draw_split(study)
    items = [study.plan, *study.baselines.values()]
    assert [bar.get_width() for bar in ax.patches] == [item.flop[stage] for item in items for stage in STAGES]
    assert [bar.get_x() for bar in ax.patches] == [0.0] * 12


def test_each_bar_has_its_stage_name_colour_and_hatch(study: Any) -> None:
    ax = draw_split(study)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["pre-training", "RL", "inference"] * 4
    looks = [(bar.get_facecolor(), bar.get_hatch()) for bar in ax.patches]
    assert looks[:3] * 4 == looks
    assert len({look[0] for look in looks}) == 3
    assert len({look[1] for look in looks}) == 3
    centres = [bar.get_y() + bar.get_height() / 2 for bar in ax.patches]
    assert centres == pytest.approx(list(ax.get_yticks()))
    assert sorted(centres) == centres


def test_labels_behind_the_bars_state_share_and_tokens(study: Any) -> None:
    ax = draw_split(study)
    texts = [text.get_text() for text in ax.texts]
    assert "27 %, 4.6 T tokens" in texts  # 0.27e25/(6 x 98e9)
    assert "49 %, 3.6 T tokens" in texts  # 0.49e25/(14 x 98e9)
    assert "0 %, 0 tokens" in texts


def test_headings_state_params_price_and_waste(study: Any) -> None:
    texts = [text.get_text() for text in draw_split(study).texts]
    assert "98 B params, 7 M H100-hours, $18M" in texts
    assert "101 B params, wastes 4 %, $180k" in texts
    assert "250 B params, wastes over 99 %, $14M" in texts  # 99.96 % is not all
    assert [name for name in ("Optimum", "Equal thirds", "Equal tokens", "Chinchilla") if name not in texts] == []


def test_equal_shares_of_two_stages_are_no_thirds(study: Any) -> None:
    half = {"pretraining": 0.5, "rl": 0.5, "inference": 0.0}
    thirds = replace(study.baselines["equal-thirds"], share=half)
    texts = [text.get_text() for text in draw_split(replace(study, baselines={"equal-thirds": thirds})).texts]
    assert "Equal shares" in texts
    assert "Equal thirds" not in texts


def test_money_is_left_out_without_a_price(study: Any) -> None:
    free = replace(study, budget=replace(study.budget, usd=None))
    texts = [text.get_text() for text in draw_split(free).texts]
    assert "98 B params, 7 M H100-hours" in texts
    assert {row["cost_usd"] for row in split_table(free)} == {None}


def test_the_axis_names_its_unit_and_power(study: Any) -> None:
    ax = draw_split(study)
    assert ax.get_xlabel() == "Compute (1e24 FLOP, training-equivalent)"
    ax.figure.canvas.draw()
    shown = [float(label.get_text()) for label in ax.get_xticklabels()]
    assert [value * 1e24 for value in shown] == pytest.approx(list(ax.get_xticks()))


def test_the_title_is_the_finding_and_the_caption_is_whole(study: Any) -> None:
    ax = draw_split(study)
    assert " ".join(ax.get_title().split()) == study.headline.removesuffix(".")
    captions = [text.get_text() for text in ax.texts if text.get_gid() == "caption"]
    assert [" ".join(caption.split()) for caption in captions] == [study.caption]


def test_stages_that_nobody_spends_on_are_not_drawn(study: Any) -> None:
    none = {"flop": {**study.plan.flop, "rl": 0.0}}
    alone = replace(study, plan=replace(study.plan, **none), baselines={})
    ax = draw_split(alone)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["pre-training", "inference"]


def test_no_text_leaves_the_figure_or_covers_another(study: Any) -> None:
    figure = draw_split(study).figure
    figure.canvas.draw()
    ax = figure.axes[0]
    boxes = [text.get_window_extent() for text in [*ax.texts, ax.title, ax.xaxis.label, *ax.get_yticklabels()]]
    for box in boxes:
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width
        assert box.y0 >= 0
        assert box.y1 <= figure.bbox.height
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i] if a.overlaps(b)]
    assert [pair for pair in pairs if _depth(*pair) > 0.15 * pair[0].height] == []


def _depth(a: Any, b: Any) -> float:
    """How far two text boxes reach into each other; boxes include the line's leading, so a little is none."""
    return float(min(min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)))
