"""Words that fit, labels that stay apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.plots.placement import Box, beside
from budgetplan.plots.words import broken, spread, width_of


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=20), st.floats(20.0, 200.0))
def test_broken_lines_fit_and_no_word_is_lost(words: list[str], width: float) -> None:
    lines = broken(" ".join(words), width, 8.0).split("\n")
    assert " ".join(lines).split() == words
    assert all(width_of(line, 8.0) <= width or " " not in line for line in lines)


def test_a_number_keeps_its_unit() -> None:
    for width in range(20, 120, 5):
        assert not any(
            line.startswith(("%", "FLOP", "B "))
            for line in broken("at 1e25 FLOP the 98 B model wastes 1 %", width, 8.0).split("\n")
        )


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9))
def test_spread_labels_are_apart_in_order_and_inside(places: list[float]) -> None:
    found = spread(places, 0.1, 0.0, 1.0)
    order = sorted(range(len(places)), key=lambda i: places[i])
    assert all(found[b] - found[a] >= 0.1 - 1e-9 for a, b in pairwise(order))
    assert all(-1e-9 <= place <= 1.0 + 1e-9 for place in found)


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread([0.8, 0.2, 0.5], 0.1, 0.0, 1.0) == [0.8, 0.2, 0.5]


@pytest.mark.parametrize("blocked", [Box(-40, -40, 40, 0), Box(-40, 0, 40, 40), Box(0, -40, 40, 40), Box(-40, -40, 0, 40)])
def test_a_name_goes_where_nothing_is(blocked: Box) -> None:
    mark = Box.around(0.0, 0.0, 4.0, 4.0)
    box = beside(mark, 20.0, 8.0, [blocked, mark], lambda x, y: True)
    assert box.overlap(blocked) == 0.0
    assert box.overlap(mark) == 0.0


def test_a_name_stays_in_what_is_allowed() -> None:
    box = beside(Box.around(0.0, 0.0, 4.0, 4.0), 20.0, 8.0, [], lambda x, y: x <= 3.0)
    assert box.right <= 3.0
