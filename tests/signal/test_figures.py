"""The shipped figures carry their sources, and tables that cannot be used say why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, UnknownNameError
from budgetplan.signal import measured
from budgetplan.signal.figures import load_figures
from budgetplan.signal.measured import COLUMNS, measured_claims

HEAD = f"{','.join(COLUMNS)}\n"

SHIPPED = load_figures()


@pytest.mark.parametrize("name", SHIPPED.figures)
def test_a_figure_has_a_range_and_a_source(name: str) -> None:
    figure = SHIPPED[name]
    assert figure.low <= figure.value <= figure.high
    assert len(figure.source) > 10 or figure.source == "same"
    assert figure.kind != "assumed" or figure.low < figure.high


def test_the_bound_on_the_entropy_is_the_one_that_its_source_implies() -> None:
    """A fifth of the tokens above 0.672 nat."""
    assert SHIPPED["teacher_entropy"].low == pytest.approx(0.2 * 0.672, abs=0.005)


def test_the_works_are_listed() -> None:
    assert len(SHIPPED.sources) >= 6
    assert any("Pope" in source for source in SHIPPED.sources)


def test_an_unknown_figure() -> None:
    with pytest.raises(UnknownNameError, match="`teacher_k`"):
        SHIPPED["teacher_k"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("value: 0.3", "value: -0.3", r"figures\[0\]: `value` is -0.3, and a finite number above 0 \[nat/token\]"),
        ("value: 0.3", "value: true", r"figures\[0\]: `value` is True"),
        ("value: 0.3", "value: 0.9", r"`value` 0.9 lies outside `low` 0.13 to `high` 0.6"),
        ("kind: assumed", "kind: guessed", r"`kind` is `guessed`"),
        ("unit: nat/token", "unit: 3", r"`unit` is 3, and text is due"),
        ("id: teacher_kl", "id: teacher_entropy", r"an `id` is given twice"),
        ("figures:", "figure:", r"the list `figures` is due"),
        ("figures:", "figures: [", r"cannot be read as YAML"),
    ],
)
def test_a_bad_table_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = data_path("signal.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "signal.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_figures(path)


def test_entries_that_are_no_mappings(tmp_path: Path) -> None:
    path = tmp_path / "signal.yaml"
    path.write_text("figures:\n  - 3\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"figures\[0\]: 3 is no mapping"):
        load_figures(path)


def test_claims_are_read_where_there_are_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lab").mkdir()
    monkeypatch.setattr(measured, "data_path", lambda: tmp_path)
    assert measured_claims() == []
    (tmp_path / "lab" / "signal.csv").write_text(HEAD + '"RL forgets less, per KL",b,holds,0.4,0.1,,nat,,5,a difference,again\n')
    (claim,) = measured_claims()
    assert claim["claim"] == "RL forgets less, per KL"
    assert [claim[name] for name in ("value", "low", "high", "formula", "seeds")] == [0.4, 0.1, None, None, 5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("what,measured\na,1\n", ":2: the column `claim` is missing or empty"),
        (HEAD + ",b,holds,1,,,1,,5,,\n", ":2: the column `claim` is missing or empty"),
        (HEAD + "a,b,holds,many,,,1,,5,,\n", ":2: could not convert string to float: 'many'"),
        (HEAD + "a,b,holds,nan,,,1,,5,,\n", ":2: `value` is nan, which is no finite number"),
        (HEAD + "a,b,holds,1,,,1,,,,\n", ":2: invalid literal for int"),
        ("claim,measured\na,1\n", ":2: the column `part` is missing or empty"),
        ("claim,measured\na,1,2\n", ":2: the row has another number of fields"),
        ("claim,measured\na\n", ":2: the row has another number of fields"),
        ('claim,measured\n"a" b,1\n', "cannot be read as CSV"),
    ],
)
def test_a_table_without_claims_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "signal.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=re.escape(str(path)) + ".*" + message):
        measured_claims(path)
