"""Which law the data support: each candidate wins on its own data, and the chain says what it lacks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from budgetplan.errors import FitError
from budgetplan.fitting.joint.compare import compare_joint
from budgetplan.fitting.joint.fit_joint import fit_joint
from budgetplan.fitting.joint.folds import largest
from budgetplan.fitting.joint.sentences import undecided

Maker = Callable[..., dict[str, np.ndarray]]
CHAINS = ("log", "saturating", "approach", "drifting", "log-log")
LAWS = {**dict.fromkeys(CHAINS, "chain"), "additive": "additive", "multiplicative": "multiplicative"}


@pytest.mark.parametrize("name", list(LAWS))
def test_each_law_wins_on_its_own_data(name: str, joint_table: Maker) -> None:
    scores = compare_joint(joint_table(name, 7))
    best = scores[0]
    assert best.law == LAWS[name]
    assert best.rms == min(score.rms for score in scores)
    others = [score for score in scores if score.law != best.law]
    assert best.rms < 0.95 * min(score.rms for score in others)
    assert {score.law for score in scores} == {"chain", "additive", "multiplicative"}
    assert set(best.folds) == {"params", "tokens", "rl_tokens", "params+tokens"}


def test_the_true_laws_forecast_interval_holds(joint_table: Maker) -> None:
    """Over six tables, 90 % intervals of the left-out largest N and D hold nine of ten rows, as far as few checkpoints can show."""
    inside = [next(s for s in compare_joint(joint_table("log", 20 + seed)) if s.gain == "log").coverage for seed in range(6)]
    assert 0.80 < np.mean(inside) < 0.98


def test_left_out_rows_are_those_of_the_largest(joint_table: Maker) -> None:
    table = joint_table("log")
    assert largest(table, ["params"]).sum() == 300
    assert largest(table, ["params", "tokens"]).sum() == 480


def test_nothing_to_leave_out_is_refused(joint_table: Maker) -> None:
    table = joint_table("log")
    spare = {"params": 2, "tokens": 2, "rl_tokens": 3}
    few = np.all([np.isin(table[axis], np.unique(table[axis])[:least]) for axis, least in spare.items()], axis=0)
    with pytest.raises(FitError, match="Nothing can be left out"):
        compare_joint({name: column[few] for name, column in table.items()})


def test_forms_that_forecast_alike_are_named_whatever_link_they_differ_in() -> None:
    (said,) = undecided({"log": 0.1, "log, drifting tail": 0.1005, "saturating": 0.2}, 1.02)
    assert said.endswith("are log 0.1 and log, drifting tail 0.101.")
    assert "RL link" not in said
    assert undecided({"log": 0.1, "saturating": 0.2}, 1.02) == ()


def test_a_gain_that_grows_with_params_is_asked_for(joint_table: Maker) -> None:
    """Planted at .08 per e-fold of params; without it nothing is asked for."""
    found = fit_joint(joint_table("log", 1, tilt=0.08), gain="log")
    ask = found.diagnostics["asks"]["gain_by_params"]
    assert ask["estimate"] == pytest.approx(0.08, abs=4 * ask["standard_error"])
    assert ask["estimate"] > 4 * ask["standard_error"]
    assert any("`gain_by_params`" in said for said in found.warnings)
    assert not any("ask for" in said for said in fit_joint(joint_table("log", 1), gain="log").warnings)
