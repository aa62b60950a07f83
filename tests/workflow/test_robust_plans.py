"""`objective`: plans that lose least over draws or laws, told beside the optimum of the law."""

from __future__ import annotations

import pytest

import budgetplan as bp


def test_expected_and_worst_tenth_are_no_worse_than_the_optimum() -> None:
    for objective, key in (("expected", "expected"), ("cvar10", "worst_tenth")):
        study = bp.plan(budget="1e24", law="additive", objective=objective)
        assert study.robust is not None
        values = study.robust["values"]
        assert values["robust"] <= values["plan"] * (1 + 1e-9)
        assert study.certificate.kkt_residual <= 1e-6
        assert study.plan.regret is not None
        assert study.plan.regret.wasted_compute > 0  # it is not the optimum of the law as it stands
        assert key in study.robust["regret"]["robust"]
        assert sum(study.plan.flop[stage] for stage in ("pretraining", "rl", "inference")) == pytest.approx(1e24, rel=1e-9)


def test_one_law_has_no_greatest_regret() -> None:
    with pytest.raises(bp.errors.ScenarioError, match="compares laws"):
        bp.plan(budget="1e24", objective="minimax-law")
