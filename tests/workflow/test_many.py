"""Sweeps, what-ifs, laws side by side and figure data agree with single plans."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.datafiles import data_path
from budgetplan.errors import InfeasibleError, UnknownNameError
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow import compare_laws, regret_curve, ternary_map


def test_each_row_of_a_sweep_is_the_single_plan() -> None:
    table = bp.sweep(budget=[1e22, 1e24, 1e26], verifier=["none", "oracle"])
    assert len(table) == 6
    assert set(table["status"]) == {"optimal"}
    for row in table.to_dict("records"):
        study = bp.plan(budget=row["budget"], verifier=row["verifier"])
        assert row["loss"] == pytest.approx(study.plan.loss, rel=1e-10)
        wasted = study.baselines["equal-thirds"].regret.wasted_compute
        assert row["equal_thirds_wasted_compute"] == pytest.approx(wasted, abs=1e-8)


def test_a_cell_without_an_answer_does_not_stop_the_others() -> None:
    table = bp.sweep(scenario_from_fields({"min": {"rl_tokens": 1e12}}), budget=[1e16, 1e24])
    assert list(table["status"]) == ["infeasible", "optimal"]
    assert np.isnan(table["loss"][0])


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="field"):
        bp.sweep(budgets=[1e22, 1e23])


def test_what_if_says_the_change() -> None:
    answer = bp.what_if(budget=1e24, cases=[{"budget": 2e24}, {"max.rl_share": "5%"}])
    base = bp.plan(budget=1e24).plan
    doubled = answer.cases[0]
    assert doubled.change["loss"]["absolute"] == pytest.approx(doubled.study.plan.loss - base.loss)
    assert doubled.change["flop"]["relative"] == pytest.approx(1.0)
    assert answer.cases[1].change["loss"]["absolute"] > 0


def test_every_law_that_can_plan_does() -> None:
    compared = compare_laws(scenario_from_fields({"budget": 1e23}))
    assert compared.failed == ()
    assert {study.law.id for study in compared.studies} >= {
        "default",
        "additive",
        "besiroglu-2024",
        "shen-2026-chess",
        "llama3-2024",
    }


def test_links_apply_to_every_joint_law_of_links_and_to_no_other(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text((data_path("laws") / "default.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    scenario = scenario_from_fields({"budget": 1e23, "link": {"rl": "scalerl-8b"}})
    shipped, own, additive = compare_laws(scenario, f"default,{mine},additive").studies
    assert own.law.links["rl"] == shipped.law.links["rl"] == "scalerl-8b"
    assert own.plan.loss == shipped.plan.loss
    assert (additive.scenario.link, own.scenario.link) == ({}, {"rl": "scalerl-8b"})


def test_laws_without_an_answer_say_why_as_one_law_does() -> None:
    with pytest.raises(InfeasibleError, match="the best loss there is") as caught:
        compare_laws(scenario_from_fields({"target_loss": 1e-5}), "default,additive")
    assert caught.value.hint


def test_a_ternary_map_has_its_best_cell_next_to_the_optimum() -> None:
    map_ = ternary_map(scenario_from_fields({"budget": 1e25}))
    best = map_.shares[np.nanargmin(map_.loss)]
    assert np.abs(best - map_.optimum).max() <= 1.5 / 40
    assert np.nanmin(map_.wasted) >= -1e-8
    scored = bp.score(budget=1e25, share=dict(zip(map_.stages, (0.5, 0.25, 0.25), strict=True)))
    cell = np.flatnonzero(np.all(np.isclose(map_.shares, (0.5, 0.25, 0.25)), axis=1))[0]
    assert map_.loss[cell] == pytest.approx(scored.plan.loss, rel=1e-8)
    assert map_.wasted[cell] == pytest.approx(scored.plan.regret.wasted_compute, abs=1e-4)


def test_a_regret_curve_agrees_with_plans() -> None:
    curve = regret_curve(scenario_from_fields({"budget": 1e25}), points=3)
    for index, budget in enumerate(curve.budget):
        regret = bp.plan(budget=float(budget)).baselines["equal-thirds"].regret
        assert curve.baselines["equal-thirds"][index] == pytest.approx(regret.wasted_compute, abs=1e-8)
