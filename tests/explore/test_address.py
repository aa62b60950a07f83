"""The pure part of the page: scenario to query and back, controls to scenario, files, and text that is no markup."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from budgetplan.errors import MissingExtraError, OutputError, ScenarioError
from budgetplan.explore import answer, serve
from budgetplan.explore.address import link, query_of, scenario_of
from budgetplan.explore.controls import GIVEN, IMPERFECT, ORACLE, budgets, controls_of, laws, moved, parts
from budgetplan.explore.keep import keep
from budgetplan.scenario import Scenario, load_scenario, scenario_from_fields

QUESTIONS = [
    {"budget": "1e25"},
    {"budget": 1.2345678901234567e24, "law": "a b&c=d?#%.yaml", "min": {"rl_share": 0.05}, "max": {"params": "70B"}},
    {"gpus": "256xH100", "duration": "21d", "mfu": "40%", "queries": "1B", "verifier": 0.125},
    {"usd": "2Musd", "price": "2.5usd/h", "gpu": "H100", "decode_utilisation": 0.3, "method": "ppo"},
    {"target_success": 0.9, "checkpoint": "8B,15T", "link": {"rl": "scalerl-8b"}, "draws": 10, "seed": 7, "certify": True},
    {"budget": 1e24, "share": {"pretraining": 0.6, "rl": 0.2, "inference": 0.2}, "fix": {"samples_per_query": 4}},
    {"budget": 1e24, "law": "<script>alert(1)</script>"},
]


@pytest.mark.parametrize("fields", QUESTIONS, ids=lambda fields: "-".join(fields))
def test_a_link_says_what_the_scenario_says(fields: dict[str, object]) -> None:
    scenario = scenario_from_fields(fields)
    query = parse_qs(urlsplit(link(scenario, "http://127.0.0.1:1/", "secret")).query)
    assert query.pop("access_token") == ["secret"]
    assert scenario_of(query).model_dump() == scenario.model_dump()
    assert scenario_of(query_of(scenario)).model_dump() == scenario.model_dump()


def test_a_query_is_checked_as_a_file_is() -> None:
    with pytest.raises(ScenarioError, match="banana") as found:
        scenario_of({"banana": "1", "budget": "yellow", "access_token": "x", "view-as": "present"})
    assert len(found.value.problems) == 2
    with pytest.raises(ScenarioError, match="rl_shre"):
        scenario_of({"budget": "1e24", "min.rl_shre": "5%"})
    assert scenario_of({"budget": ["1e24", "1e25"]}).budget == 1e25


@pytest.mark.parametrize("fields", QUESTIONS, ids=lambda fields: "-".join(fields))
def test_controls_that_nobody_moved_change_nothing(fields: dict[str, object]) -> None:
    scenario = scenario_from_fields(fields)
    start = controls_of(scenario, 5e23)
    assert moved(scenario, start, start) is scenario
    assert start.budget in budgets(start.budget)
    assert start.law in laws(start.law)
    assert set(start.rl_share) <= set(parts(*start.rl_share))


def test_a_control_that_moves_changes_its_field_alone() -> None:
    base = scenario_from_fields({"budget": 1e24, "max": {"params": 7e10}, "fix": {"rl_share": 0.2}, "link": {"rl": "scalerl-8b"}})
    start = controls_of(base)
    assert start.rl_share == (0.2, 0.2)
    cases = [
        ({"budget": 1e25}, {"budget": 1e25}),
        ({"queries": 5.0}, {}),
        ({"demand": GIVEN, "queries": 1e6}, {"queries": 1e6}),
        ({"verifier": ORACLE}, {"verifier": "oracle"}),
        ({"verifier": IMPERFECT, "accepts": 0.3}, {"verifier": 0.3}),
        ({"accepts": 0.3}, {}),
        ({"law": "additive"}, {"law": "additive", "link": {}}),
        ({"rl_share": (0.05, 0.4)}, {"fix": {}, "min": {"rl_share": 0.05}, "max": {"params": 7e10, "rl_share": 0.4}}),
        ({"rl_share": (0.0, 1.0)}, {"fix": {}}),
        ({"rl_share": (0.3, 0.3)}, {"fix": {"rl_share": 0.3}}),
    ]
    for change, expected in cases:
        assert moved(base, start, replace(start, **change)).model_dump() == base.model_dump() | expected


def test_money_becomes_flop_where_the_budget_moves() -> None:
    base = scenario_from_fields({"usd": "2Musd", "price": "2.5usd/h", "gpu": "H100"})
    start = controls_of(base, 1.1e24)
    assert start.budget == 1.1e24
    after = moved(base, start, replace(start, budget=2e24))
    assert (after.budget, after.usd) == (2e24, None)


def test_a_file_is_written_once_and_replaced_only_when_asked(tmp_path: Path) -> None:
    file, scenario = tmp_path / "mine.yaml", Scenario(budget=1e24)
    assert load_scenario(keep(scenario, str(file))) == scenario
    with pytest.raises(FileExistsError):
        keep(Scenario(budget=2e24), str(file))
    assert load_scenario(file) == scenario
    keep(Scenario(budget=2e24), str(file), replace=True)
    assert load_scenario(file).budget == 2e24
    assert [item.name for item in tmp_path.iterdir()] == ["mine.yaml"]


@pytest.mark.parametrize(("name", "says"), [("x.txt", "does not end"), ("no/folder/x.yaml", "cannot be written"), ("", "does not")])
@pytest.mark.parametrize("replace", [False, True])
def test_a_file_that_cannot_be_written(
    name: str, says: str, replace: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match=says):
        keep(Scenario(budget=1e24), name, replace)
    assert list(tmp_path.iterdir()) == []


def test_no_text_is_markup() -> None:
    text = answer.refusal(ScenarioError("There is no law `<img src=x onerror=alert(1)>`.", "Did you mean <b>?"))
    assert "<img" not in text.replace(answer.STYLE, "")
    assert "<b>" not in text
    assert "&lt;img src=x" in answer.asked(scenario_from_fields({"budget": 1e24, "law": "<img src=x>"}))
    assert answer.note("`<i>`").endswith("<code>&lt;i&gt;</code></div>")


def test_a_taken_port_is_told_and_the_usual_one_gives_way() -> None:
    with serve.listen(0) as held:
        port = held.getsockname()[1]
        assert held.getsockname()[0] == "127.0.0.1"
        with pytest.raises(OutputError, match=f"Port {port} cannot be used: it is taken"):
            serve.listen(port)
    with serve.listen() as first, serve.listen() as second:
        assert first.getsockname()[1] != second.getsockname()[1]


def test_without_marimo_a_sentence_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match="pip install 'budgetplan\\[explore\\]'") as found:
        serve.serve(Scenario(budget=1e24))
    assert found.value.exit_code == 2
