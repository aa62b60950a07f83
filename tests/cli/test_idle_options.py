"""Options that a command takes and cannot use are told, and refused where they ask for another answer than is given."""

from __future__ import annotations

import pytest

SWEEP = "budgetplan sweep --law additive --over budget=1e23,1e24"
REFUSED = [
    ("budgetplan thirds --law additive --target-loss 2.1", "asked of budgets"),
    ("budgetplan crossover --when params>70B --target-success 90%", "asked of budgets"),
    ("budgetplan max-params --latency 0.01s --gpu H100 --target-loss 2", "asks for the least compute"),
    ("budgetplan rl-run --budget 1e24 --task-sets ,", "names no number"),
]


@pytest.mark.parametrize(("line", "says"), REFUSED)
def test_what_asks_for_another_answer_is_refused(call, line: str, says: str) -> None:
    done = call(line)
    assert (done.status, done.out) == (2, "")
    assert says in done.err


def test_cells_without_an_answer_are_a_warning(call) -> None:
    line = "budgetplan sweep --law additive --over budget=1e23,x"
    assert call(f"{line} --format csv").err == "warning: 1 of 2 cells have no answer: scenario\n"
    assert (call(line).status, call(f"{line} --strict").status) == (0, 5)


def test_what_changes_nothing_is_told_beside_the_same_answer(call) -> None:
    plain, told = call(f"{SWEEP} --format json"), call(f"{SWEEP} --format json --draws 50 --certify")
    assert told.out == plain.out
    assert told.err == "note: --draws and --certify change nothing here\n"
    assert call(f"{SWEEP} --format json --draws 50 -q").err == ""


def test_a_file_serves_several_commands_in_silence(call, tmp_path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("budget: 1e24\nlaw: additive\ndraws: 50\n", encoding="utf-8")
    assert call(f"budgetplan trades {file}").err == ""
    assert call(f"budgetplan trades {file} --certify").err == "note: --certify changes nothing here\n"


def test_draws_that_are_used_are_not_told(call) -> None:
    assert call("budgetplan pilot --budget 1e24 --law besiroglu-2024 --pilot 1e21 --runs 2 --draws 20").err == ""


def test_what_the_law_makes_nothing_of_is_told(call) -> None:
    plan = "budgetplan plan --budget 1e24 --format json"
    assert (
        call(f"{plan} --law besiroglu-2024 --verifier oracle --method ppo").err
        == "note: --method and --verifier change nothing here\n"
    )
    assert call(f"{plan} --law porian-2024 --verifier oracle").err.startswith("note: --verifier changes nothing here\n")
    assert call(f"{plan} --link rl=none --method ppo --verifier oracle").err.startswith("note: --method changes nothing here\n")
    assert "nothing here" not in call(f"{plan} --verifier oracle --method ppo").err
    assert "nothing here" not in call("budgetplan plan --budget 1e24 --law besiroglu-2024,default --verifier oracle").err


def test_warnings_of_the_cases_count_as_those_of_the_base(call) -> None:
    line = "budgetplan what-if --law besiroglu-2024 --budget 1e21 --case budget=1e25"
    assert "1 of these 2 plans come with warnings" in " ".join(call(line).out.split())
    assert "budget=1e25: `besiroglu-2024` was measured up to" in call(f"{line} --format csv").err
    assert call(f"{line} --strict").status == 5
    assert call(f"{line.replace('1e25', '1.1e21')} --strict").status == 0


def test_losses_of_two_kinds_are_not_compared(call) -> None:
    out = call("budgetplan what-if --budget 1e24 --case law=besiroglu-2024 --case budget=2e24").out
    assert [line.endswith("%") for line in out.splitlines() if line.startswith(("law=", "budget="))][:2] == [False, True]


def test_a_page_without_an_amount_begins_at_the_usual_one_with_what_was_given(call, monkeypatch) -> None:
    from budgetplan.explore import serve

    seen = []
    monkeypatch.setattr(serve, "serve", lambda scenario, *_: seen.append(scenario) or "http://127.0.0.1:1/")
    assert call("budgetplan explore --law additive --max rl_share=20%").status == 0
    assert call("budgetplan explore --budget 1e23").status == 0
    assert [(item.budget, item.law, item.max) for item in seen] == [(1e25, "additive", {"rl_share": 0.2}), (1e23, "default", {})]
    assert call("budgetplan explore --gpus 8xH100").status == 2
