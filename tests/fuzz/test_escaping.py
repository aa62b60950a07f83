"""What a user wrote stands in every answer as text: no element, no attribute, no command to a terminal, no formula."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

import budgetplan as bp
from budgetplan.cli import main
from budgetplan.fitting.fit import fit_law
from budgetplan.laws.law_text import legible
from budgetplan.report import as_html, as_markdown, document, examine
from budgetplan.scenario import load_scenario, scenario_from_fields
from tests.fuzz.hostile import ALL, HOSTILE, OBEYED, Page, law_file

FILE = "<b>'&amp;{{7*191}}.yaml"
"""A name that a file can have."""
OWN = {"html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "main", "section", "ul", "li", "div", "table"}
OWN |= {"caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "pre", "code", "b"}
OWN |= {"svg", "defs", "g", "path", "use", "text", "tspan", "rect", "clippath"}
"""Elements that the package writes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hostile")
    (place / "plain.yaml").write_text(law_file("plain"), encoding="utf-8")
    (place / FILE).write_text(law_file(ALL), encoding="utf-8")
    (place / f"asked {FILE}").write_text(f'budget: 1e22\nlaw: "{place / FILE}"\n', encoding="utf-8")
    return place


def page(law: Path, title: str, author: str, other: Path) -> Any:
    asked = scenario_from_fields({"budget": "1e22", "law": str(law), "draws": 0})
    return document(examine(asked, f"budgetplan report --title '{title}'", {str(other): load_scenario(other)}), title, author)


def test_a_report_has_the_same_elements_whatever_it_says(folder: Path) -> None:
    (folder / "other.yaml").write_text(f"budget: 1e22\nlaw: {folder / 'plain.yaml'}\n", encoding="utf-8")
    plain = Page(as_html(page(folder / "plain.yaml", "title", "author", folder / "other.yaml")))
    text = as_html(page(folder / FILE, ALL, ALL, folder / f"asked {FILE}"))
    hostile = Page(text)
    code = ("code", "/code")  # names in backticks are code, and the hostile text has some
    assert [tag for tag in hostile.tags if tag not in code] == [tag for tag in plain.tags if tag not in code]
    assert {tag.strip("/") for tag in hostile.tags} <= OWN
    assert not [name for name in hostile.attributes if name.startswith("on") or name in ("src", "srcdoc", "action")]
    assert set(hostile.attributes) == set(plain.attributes)
    assert text.lower().count("<script") == 0
    assert "1337" not in hostile.text  # 7 * 191: no template language reads it again
    assert "<script>alert(1)</script>" in hostile.text


def test_a_report_in_markdown_is_no_html(folder: Path) -> None:
    text = as_markdown(page(folder / FILE, ALL, ALL, folder / f"asked {FILE}"))
    fenced = re.sub(r"(?ms)^(`{3,})\n.*?\n\1$", "", text)
    bare = re.sub(r"`[^`\n]*`", "", re.sub(r"\\[\\*_\[\]<>|#&`]", "", fenced))
    assert not re.search(r"<[a-z/!]", bare, re.IGNORECASE)
    assert "](" not in bare
    assert "1337" not in text


@pytest.mark.parametrize("aim", HOSTILE)
def test_results_in_notebooks_show_it_as_text(aim: str, tmp_path: Path) -> None:
    said = HOSTILE[aim]
    place = tmp_path / "law.yaml"
    place.write_text(law_file(said), encoding="utf-8")
    law = bp.load_law(str(place))
    study = bp.plan(budget="1e22", law=str(place))
    table = bp.sweep(law=str(place), budget=[1e21, 1e22])
    table[said] = said
    for shown in (law._repr_html_(), study._repr_html_(), replace(study, headline=said)._repr_html_(), table._repr_html_()):
        found = Page(shown)
        assert {tag.strip("/") for tag in found.tags} <= {"div", "p", "b", "code", "table", "thead", "tbody", "tr", "th", "td"}
        assert set(found.attributes) <= {"style", "scope"}
    shown = Page(law._repr_html_()).text
    assert legible(said).replace("`", "") in shown.replace("`", "")


def test_a_fit_shows_its_columns_and_groups_as_text(tmp_path: Path) -> None:
    said = HOSTILE["script"] + HOSTILE["attribute"]
    table = pd.DataFrame({f"{said}n": [1e8, 1e8, 2e8, 4e8] * 4, "tokens": [1e9, 4e9, 2e9, 8e9] * 4, "g": [said] * 8 + ["b"] * 8})
    table["rl_compute"] = [1.0, 10.0, 100.0, 1000.0] * 4
    table["success"] = [0.1, 0.3, 0.5, 0.55] * 4
    fit = fit_law(table, "rl-sigmoid", columns={"params": f"{said}n", "group": "g"})
    found = Page(fit._repr_html_())
    assert said in found.text
    assert {tag.strip("/") for tag in found.tags} <= {"div", "p", "b", "code", "table", "thead", "tbody", "tr", "th", "td"}
    assert set(found.attributes) <= {"style", "scope"}


@pytest.mark.parametrize("kind", ["split", "tornado", "marginal"])
def test_a_figure_shows_it_as_text(kind: str, folder: Path) -> None:
    counted = []
    for law in ("plain.yaml", FILE):
        target = folder / f"{kind}-{law[:2].strip('<')}.svg"
        assert main(["plot", kind, "--budget", "1e22", "--law", str(folder / law), "-o", str(target)]) == 0
        drawn = target.read_text(encoding="utf-8")
        assert law == "plain.yaml" or "&lt;script&gt;" in drawn, "the name of the law stands in the figure"
        root = ElementTree.fromstring(drawn)
        tags = [element.tag.rpartition("}")[2] for element in root.iter()]
        counted.append({"script", "img", "image", "foreignObject", "a", "b"} & set(tags))
        names = [name for element in root.iter() for name in element.attrib]
        assert not [name for name in names if name.startswith("on")]
    assert counted == [set(), set()]


@pytest.mark.parametrize(
    "words",
    [
        ["laws", "LAW"],
        ["laws", "LAW", "--format", "md"],
        ["plan", "--budget", "1e22", "--law", "LAW"],
        ["plan", "--budget", "1e22", "--law", "LAW", "-q"],
        ["plan", "--budget", "1e22", "--law", "LAW", "--get", "law.id"],
        ["plan", "ASKED", "--explain-config"],
        ["compare", "ASKED", "PLAIN"],
        ["sweep", "--law", "LAW", "--over", "budget=1e21,1e22"],
        ["fit", "RUNS", "--form", "chinchilla", "--column", "params=LAW"],
    ],
    ids=lambda words: " ".join(words),
)
def test_a_terminal_is_given_no_commands(words: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = folder / "runs.csv"
    runs.write_bytes(f'"{ALL}"'.replace(",", "").encode() + b",tokens,loss\n1e8,2e9,\x1b[31m\n")
    (folder / "again.yaml").write_text("budget: 1e22\nlaw: besiroglu-2024\n", encoding="utf-8")
    given = {
        "PLAIN": str(folder / "again.yaml"),
        "LAW": str(folder / FILE),
        "ASKED": str(folder / f"asked {FILE}"),
        "RUNS": str(runs),
    }
    status = main([given.get(word, word) for word in words])
    out, err = capsys.readouterr()
    assert status == (2 if words[0] == "fit" else 0), err
    silent = {"--explain-config", "-q"} & set(words)
    assert words[0] not in ("laws", "plan") or silent or "script" in out, "what is hostile is shown at all"
    assert not sorted(OBEYED & set(out + err))
    assert "1337" not in out + err
