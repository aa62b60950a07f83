"""Every question of `docs/questions.md` has a command that runs and answers it, or a reason why none does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "questions.md"
ASKED = 37
"""Questions on the list."""


def _rows() -> list[tuple[str, str, str, str]]:
    """Number, question, command, and words of the answer."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if re.match(r"\|\s*\d", line):
            assert len(cells) == 4, line
            found.append((cells[0], cells[1], cells[2], cells[3]))
    return found


ROWS = _rows()
ANSWERED = [row for row in ROWS if row[2] != "out of scope"]


def test_every_question_is_there_once() -> None:
    numbers = [int(number) for number, *_ in ROWS if number.isdigit()]
    assert sorted(numbers) == list(range(1, ASKED + 1))
    assert len(ANSWERED) > len(ROWS) - 6


def test_what_is_out_of_scope_has_a_reason() -> None:
    assert all(len(row[3].split()) > 8 for row in ROWS if row not in ANSWERED)


@pytest.mark.parametrize("row", ANSWERED, ids=lambda row: row[0])
def test_the_command_answers(row: tuple[str, str, str, str], call) -> None:
    _, _, command, words = row
    done = call(command.strip("`"))
    assert done.status == 0, done.err
    assert words.strip("`") in " ".join(done.out.split())
