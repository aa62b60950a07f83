"""From the report alone: every coefficient and every cost leads to its source, and what is assumed says so and between what."""

from __future__ import annotations

import pytest

from budgetplan.report import as_html, as_markdown, document, examine
from budgetplan.report.document import Document, Sentences, Table
from budgetplan.report.numerals import percent
from budgetplan.scenario import scenario_from_fields

QUESTIONS = (
    {"budget": "1e24"},
    {"budget": "1e24", "law": "additive"},
    {"budget": "1e22", "law": "besiroglu-2024"},
    {"budget": "1e22", "law": "shen-2026-chess"},
    {"gpus": "256xH100", "duration": "21d", "mfu": "40%"},
    {"usd": "2Musd", "price": "2.5usd/h", "gpu": "H100"},
)


@pytest.fixture(scope="module", params=QUESTIONS, ids=lambda fields: " ".join(map(str, fields.values())))
def laid(request: pytest.FixtureRequest) -> Document:
    return document(examine(scenario_from_fields({**request.param, "draws": 0}), "budgetplan report", {}))


def _table(laid: Document, head: str) -> list[dict[str, str]]:
    found = [part for section in laid.sections for part in section.parts if isinstance(part, Table) and part.heads[0] == head]
    assert len(found) == 1, [part.heads for part in found]
    return [dict(zip(found[0].heads, row, strict=True)) for row in found[0].rows]


def test_every_coefficient_has_its_source(laid: Document) -> None:
    rows = _table(laid, "coefficient")
    assert rows
    for row in rows:
        assert row["kind"] in ("published", "fitted", "assumed"), row
        assert row["source"].strip(), row
        assert row["value"].strip(), row
        if row["kind"] == "assumed":
            assert " to " in row["range"], row


def test_every_cost_has_its_source(laid: Document) -> None:
    rows = _table(laid, "cost")
    assert {"RL method", "utilisation of decoding", "hardware", "MFU", "goodput"} <= {row["cost"] for row in rows}
    for row in rows:
        assert row["value"].strip(), row
        assert row["source"].strip(), row


def test_what_is_assumed_stands_among_the_assumptions(laid: Document) -> None:
    costs = {row["cost"]: row["source"] for row in _table(laid, "cost")}
    said = [
        line.lower()
        for section in laid.sections
        if section.title == "What it assumes"
        for part in section.parts
        if isinstance(part, Sentences)
        for line in part.lines
    ]
    for cost, word in (("MFU", "mfu"), ("utilisation of decoding", "utilisation")):
        if costs[cost] == "assumed":
            assert any(word in line for line in said), (cost, said)


def test_every_lever_of_the_why_is_listed_with_its_source(laid: Document) -> None:
    """What moves the optimum is a coefficient of the table, or a quantity that the report names elsewhere."""
    known = {row["coefficient"] for row in _table(laid, "coefficient")}
    sensitive = [
        part for section in laid.sections for part in section.parts if isinstance(part, Table) and part.heads[0] == "1 % more of it"
    ]
    for part in sensitive:
        for row in part.rows:
            dotted = "." in row[0]
            assert not dotted or row[0] in known, row[0]


def test_both_shapes_hold_every_source(laid: Document) -> None:
    html, markdown = as_html(laid), as_markdown(laid)
    for row in _table(laid, "coefficient"):
        assert row["coefficient"] in html
        assert row["coefficient"].replace("_", "\\_") in markdown
    assert len(html.encode()) < 2_000_000


def _told(fields: dict[str, str]) -> Document:
    return document(examine(scenario_from_fields({"draws": 0, **fields}), "budgetplan report", {}))


def test_a_robust_plan_says_what_it_wastes_under_the_law_as_it_stands() -> None:
    scenario = scenario_from_fields({"budget": "1e24", "law": "additive", "objective": "cvar10", "draws": 20})
    subject = examine(scenario, "budgetplan report", {})
    assert subject.study.plan.regret is not None
    wasted = subject.study.plan.regret.wasted_compute
    assert wasted > 0.001
    row = next(row for row in _table(document(subject), "") if row[""] == "compute wasted")
    assert row["this plan"] == percent(wasted)


def test_hours_follow_from_the_formula_beside_them() -> None:
    fields = {"budget": "1e24", "law": "besiroglu-2024", "gpu": "H100", "mfu": "40%", "goodput": "90%"}
    for precision, gain in (("", 1.0), ("fp8", 1.25)):
        rows = {row["cost"]: row for row in _table(_told({**fields, **({"precision": precision} if precision else {})}), "cost")}
        hours = rows["device-hours of the final run"]
        assert float(hours["value"]) == pytest.approx(1e24 / (989.4e12 * 0.4 * 0.9 * gain) / 3600, rel=1e-5)
        assert hours["source"] == f"compute / (peak x MFU{' x 1.25 for fp8' if precision else ''} x goodput)"


def test_a_deadline_is_answered_stage_by_stage() -> None:
    rows = _table(_told({"budget": "1e24", "law": "additive", "gpus": "256xH100", "deadline": "60d"}), "stage")
    assert [row["stage"] for row in rows] == ["pre-training", "RL rollouts", "RL updates", "inference"]
    assert {row["in time"] for row in rows} == {"yes", "no"}
    assert not any(section.title == "How long" for section in _told({"budget": "1e24", "law": "additive"}).sections)
