"""Equal thirds by budget: the same figures as single plans, conditions that come true, and words for what cannot be asked."""

from __future__ import annotations

import json

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.cli import app, main
from budgetplan.errors import InfeasibleError, ScenarioError
from budgetplan.laws.additive import AdditiveLoss
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow.questions.thirds_study import NOTHING_LEFT, thirds_condition

BUDGETS = (1e22, 1e25)


@pytest.mark.parametrize("law", ["default", "additive"])
@pytest.mark.parametrize(("by", "rule"), [("compute", "equal-thirds"), ("tokens", "equal-tokens")])
def test_each_budget_is_the_single_plan(law: str, by: str, rule: str) -> None:
    answer = thirds_condition(scenario_from_fields({"law": law}), BUDGETS, by, coefficients=())
    for row in answer.rows:
        study = bp.plan(budget=row.budget, law=law)
        assert row.wasted_compute == pytest.approx(study.baselines[rule].regret.wasted_compute, abs=1e-7)
        assert row.loss == pytest.approx(study.baselines[rule].loss, rel=1e-9)
        assert row.optimal_loss == pytest.approx(study.plan.loss, rel=1e-9)
        assert row.share == pytest.approx(dict(study.plan.share), abs=1e-6)
        assert row.within == (row.wasted_compute <= 0.01)


def test_what_would_have_to_be_true_makes_it_true(tmp_path: object) -> None:
    """The nearest interval's coefficient, put into the law, makes equal thirds as good as they were said to become."""
    answer = thirds_condition(scenario_from_fields({"verifier": "none"}), [1e26])
    (row,) = answer.rows
    assert not row.within
    (found,) = [item for item in row.intervals if item.coefficient == "inference.selection_efficiency"]
    assert f"`{found.coefficient}`" in row.condition
    text = (bp.load_law("default").record, bp.load_law("default").parts["inference"])
    assert text[1].values["selection_efficiency"] == found.value
    middle = 0.5 * (found.low + found.high)
    for value, yes in ((middle, True), (found.low * 0.99, False), (found.high * 1.01, False)):
        file = _with_efficiency(tmp_path, value)
        study = bp.plan(budget=1e26, link={"inference": file})
        assert (study.baselines["equal-thirds"].regret.wasted_compute <= 0.01) == yes


def _with_efficiency(folder: object, value: float) -> str:
    from pathlib import Path

    from budgetplan.datafiles import data_path

    lines = (data_path("laws") / "beta.yaml").read_text(encoding="utf-8").splitlines()
    at = lines.index("  selection_efficiency:")
    assert lines[at + 1].strip().startswith("value:")
    lines[at + 1] = f"    value: {value!r}"
    file = Path(str(folder)) / "beta.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


def test_an_additive_law_says_the_sizes_that_would_be_exactly_right() -> None:
    answer = thirds_condition(scenario_from_fields({"law": "additive"}), [1e24], coefficients=("gamma",))
    (row,) = answer.rows
    law = bp.load_law("additive").model
    assert isinstance(law, AdditiveLoss)
    assert row.exact is not None
    assert f"`G` were {row.exact.G:.3g} (now 1)" in row.condition
    assert row.exact.G_growth == pytest.approx(law.alpha * (law.gamma - law.beta) / (law.alpha + law.beta))


def test_thirds_that_are_right_say_what_has_to_stay() -> None:
    answer = thirds_condition(scenario_from_fields({"law": "shen-2026-chess"}), [1e22])
    (row,) = answer.rows
    assert row.within
    assert row.condition.startswith("as long as `")
    assert all(item.inside for item in row.intervals)


def test_a_loss_at_its_floor_says_so() -> None:
    answer = thirds_condition(scenario_from_fields({"law": "shen-2026-chess"}), [1e26], coefficients=("f_slope",))
    assert answer.rows[0].condition == NOTHING_LEFT


def test_the_table_has_a_row_per_budget_and_coefficient() -> None:
    answer = thirds_condition(scenario_from_fields({"law": "additive"}), BUDGETS)
    table = answer.to_frame()
    assert list(table["budget"].unique()) == list(BUDGETS)
    assert set(table["coefficient"]) == {"A", "alpha", "B", "beta", "G", "gamma", "H", "delta"}
    assert np.all(table["low"].isna() == table["high"].isna())
    json.dumps(answer.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("fields", "arguments", "message"),
    [
        ({}, {"by": "money"}, "compute"),
        ({}, {"tolerance": 0.0}, "between 0 and 1"),
        ({}, {"coefficients": ("rl.gains",)}, "no coefficient"),
        ({"law": "besiroglu-2024"}, {}, "one stage"),
        ({"law": "llama3-2024"}, {}, "policy"),
    ],
)
def test_what_cannot_be_asked_is_refused(fields: dict[str, str], arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        thirds_condition(scenario_from_fields(fields), [1e24], **arguments)


def test_a_demand_that_a_budget_cannot_serve_is_told() -> None:
    with pytest.raises(InfeasibleError):
        thirds_condition(scenario_from_fields({"queries": 1e15}), [1e20])


@pytest.mark.parametrize("form", ["table", "json", "csv", "md"])
def test_the_command_answers_in_every_format(
    form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.COMMANDS, "thirds", "Say whether equal thirds are right.")
    status = main(["thirds", "--law", "additive", "--budgets", "1e22,1e24FLOP", "--by", "tokens", "--format", form])
    out = capsys.readouterr().out
    assert status == 0
    if form == "json":
        assert [row["budget"] for row in json.loads(out)["rows"]] == [1e22, 1e24]
    elif form == "csv":
        assert out.splitlines()[0].startswith("budget,coefficient,unit,value,low,high")
    else:
        assert "Equal tokens are not within 1 %" in out


def test_the_command_takes_the_budget_of_the_question(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.COMMANDS, "thirds", "Say whether equal thirds are right.")
    assert main(["thirds", "--law", "additive", "--budget", "1e23", "--tolerance", "30%", "--get", "rows.0.within", "-q"]) == 0
    assert capsys.readouterr().out == "true\n"
    assert main(["thirds", "--law", "additive", "--budgets", " , "]) == 2
