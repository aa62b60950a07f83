"""Pages: nothing is lost and nothing is wider than asked for, as long as no single word is."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from budgetplan.cli.layout import Grid, Lines, Page, command_lines

WORD = st.text("abcdefghij-%$|", min_size=1, max_size=8)
TEXT = st.lists(WORD, max_size=12).map(" ".join)


@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.tuples(*[TEXT] * n), min_size=1, max_size=6)), st.integers(60, 140))
def test_a_table_keeps_its_words_and_the_width(rows: list[tuple[str, ...]], width: int) -> None:
    text = Page("", "", (Grid(rows[0], tuple(rows[1:])),)).text(width)
    assert sorted(text.split()) == sorted(word for row in rows for cell in row for word in cell.split())
    assert max(map(len, text.splitlines()), default=0) <= width


@given(st.lists(st.tuples(WORD, TEXT), min_size=1, max_size=5), st.integers(40, 140))
def test_lines_keep_their_words_and_the_width(entries: list[tuple[str, str]], width: int) -> None:
    text = Page("", "", (Lines(tuple(entries)),)).text(width)
    assert text.split() == [word for label, sentence in entries for word in (label, *sentence.split())]
    assert max(map(len, text.splitlines())) <= width


@given(st.lists(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=12), min_size=1, max_size=8), st.integers(10, 100))
def test_a_wrapped_command_is_the_same_command(words: list[str], width: int) -> None:
    lines = command_lines(shlex.join(words), width)
    assert all(line.endswith(" \\") for line in lines[:-1])
    joined = "\n".join([*(line.removesuffix("\\") for line in lines[:-1]), lines[-1]])
    assert shlex.split(joined) == words


def test_names_are_not_broken_at_their_hyphens() -> None:
    text = Page("", "", (Lines((("law", "x " * 16 + "hoffmann-2022-approach1"),)),)).text(40)
    assert "hoffmann-2022-approach1" in text


def test_a_number_stays_beside_its_unit_where_there_is_room() -> None:
    grid = Grid(("size", "what"), (("22.2 B", "a model of many words that has to be wrapped"), ("0.067 %", "share")))
    assert "22.2 B   " in Page("", "", (grid,)).text(40)
    assert "0.067 %" in Page("", "", (grid,)).text(40)
    text = Page("", "", (Lines((("x", "word " * 7 + "12 % of it"),)),)).text(40)
    assert "12 % of it" in text
    crowded = Grid(("a" * 18, "b" * 15), (("22.2 B", "989.4 TFLOP/s"), ("1 B", "2 PFLOP/s")))
    assert max(map(len, Page("", "", (crowded,)).text(40).splitlines())) <= 40


def test_a_bar_in_a_cell_is_escaped_in_markdown() -> None:
    table = Page("", "", (Grid(("a|b",), (("c",),)),)).markdown()
    assert table == "| a\\|b |\n| --- |\n| c |\n"


def test_the_aside_stands_at_the_right() -> None:
    assert Page("Title", "aside").text(40) == f"Title{'aside':>35}\n"
    assert Page("T " * 19, "aside").text(40).splitlines()[-1] == f"{'aside':>40}"
