"""The report: one file that fetches nothing, the same bytes each time, with the plan's numbers, and no markup of a user's."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from budgetplan.cli import main
from budgetplan.report import as_html, as_markdown, document, examine
from budgetplan.scenario import scenario_from_fields

VOID = {"meta", "br", "hr", "img", "link", "input", "col", "path", "rect", "line", "use", "circle"}


class Balance(HTMLParser):
    """Every tag that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def subject() -> Any:
    return examine(scenario_from_fields({"budget": "1e24", "draws": 60}), "budgetplan report --budget 1e24", {})


def test_whole_balanced_and_alone(subject: Any) -> None:
    text = as_html(document(subject, "", ""))
    parser = Balance()
    parser.feed(text)
    assert parser.open == []
    assert all(source.startswith(("#", "data:")) for source in parser.sources)
    assert not re.search(r"@import|url\(\s*['\"]?http", text)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert len(text.encode()) < 2_000_000


def test_same_bytes_twice() -> None:
    scenario = scenario_from_fields({"budget": "1e24", "draws": 20})
    first, second = (as_html(document(examine(scenario, "again", {}), "", "")) for _ in range(2))
    assert first == second


def test_what_a_user_typed_is_no_markup(subject: Any) -> None:
    text = as_html(document(subject, "<script>alert(1)</script>", "A & B <b>"))
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
    assert "A &amp; B &lt;b&gt;" in text
    assert "`" not in text  # names stand in <code>


def test_both_shapes_have_the_plans_numbers(subject: Any) -> None:
    laid = document(subject, "", "")
    study = subject.study
    for text in (as_html(laid), as_markdown(laid)):
        for number in (f"{study.plan.loss:.6g}", f"{study.baselines['equal-thirds'].loss:.6g}", study.law.hash):
            assert number in text
        for stage in ("pretraining", "rl", "inference"):
            assert f"{100 * study.plan.share[stage]:.0f} %" in text
        assert "budgetplan report --budget 1e24" in text
        assert "arXiv:2404.10102" in text


@pytest.mark.parametrize(
    "words",
    [
        ["--budget", "1e22", "--law", "besiroglu-2024"],
        ["--budget", "1e22", "--law", "hoffmann-2022"],
        ["--budget", "1e23", "--law", "additive", "--draws", "20"],
        ["--target-success", "90%", "--draws", "20"],
        ["--budget", "1e24", "--max", "rl_share=20%", "--draws", "20"],
    ],
)
def test_every_kind_of_plan_has_a_report(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "report.md"
    assert main(["report", *words, "-o", str(target)]) == 0, capsys.readouterr().err
    assert target.read_text(encoding="utf-8").startswith("# ")
    assert [item.name for item in tmp_path.iterdir()] == ["report.md"]


def test_scenarios_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("budget: 1e23\nlaw: additive\n", encoding="utf-8")
    target = tmp_path / "report.html"
    assert main(["report", "--budget", "1e24", "--draws", "20", "--compare", str(other), "-o", str(target)]) == 0
    assert "other.yaml" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "says"), [(["-o", "r.pdf"], "names no format"), (["-o", "no/such/folder/r.html"], "cannot be written")]
)
def test_places_that_cannot_be_written(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--budget", "1e22", "--law", "besiroglu-2024", *words]) == 2
    assert says in capsys.readouterr().err
