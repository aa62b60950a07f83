"""Whole questions at the edge, as they are asked: every number of an answer is finite, everything else is refused in words.

The commands run in processes of their own with every warning an error, so that a warning that an answer hides shows here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest

import budgetplan as bp
from budgetplan.cli import main
from budgetplan.errors import BudgetPlanError, InfeasibleError, ScenarioError

BATCH = """
import contextlib, io, json, sys
from budgetplan.cli import main
out = []
for words in json.load(sys.stdin):
    said, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(told):
        status = main([*words, "--format", "json"])
    out.append([status, said.getvalue(), told.getvalue()])
json.dump(out, sys.stdout)
"""
LINES = {
    "plan --budget 1e15": 0,
    "plan --budget 1e32": 0,
    "plan --budget 1e32 --verifier oracle": 0,
    "plan --budget 1e15 --law lab": 0,
    "plan --budget 1e32 --law additive": 0,
    "plan --budget 1e15 --law besiroglu-2024 --serve 1e9": 0,
    "plan --budget 1e32 --law kaplan-2020": 0,
    "plan --budget 1e15 --law llama3-2024": 0,
    "plan --budget 1e32 --law muennighoff-2023 --unique-tokens 1": 0,
    "plan --budget 1e25 --serve 1e20": 0,
    "plan --budget 1e25 --serve 1e21": 3,
    "plan --budget 1e25 --queries 1e30": 3,
    "plan --budget 1e25 --queries 1 --serve 1e15": 2,
    "plan --budget 1e24 --min rl_share=5%": 0,
    "plan --budget 1e24 --max rl_share=0 --max samples_per_query=1": 0,
    "plan --budget 1e24 --max rl_share=0 --law additive": 3,
    "plan --budget 1e15 --checkpoint 405B,15T": 3,
    "plan --budget 1e32 --checkpoint 1M,1B": 0,
    "plan --budget 1e9": 2,
    "plan --budget 1e300": 2,
    "plan --gpus 8xH100 --for 1e30d": 2,
    "score --budget 1e32 --share pretraining=60%,rl=20%,inference=20%": 0,
    "what-if --budget 1e15 --case budget=1e32 --case verifier=oracle": 0,
    "sweep --over budget=1e15..1e32:4 --over serve=1e6..1e26:3": 0,
}


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[int, str, str]]:
    """What each line answers, in one process that takes no warning lightly."""
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    asked = json.dumps([line.split() for line in LINES])
    done = subprocess.run(
        [sys.executable, "-c", BATCH], input=asked, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(LINES, map(tuple, json.loads(done.stdout)), strict=True))


def numbers(data: Any) -> list[float]:
    """Every number in nested data."""
    if isinstance(data, dict):
        return [number for item in data.values() for number in numbers(item)]
    if isinstance(data, list):
        return [number for item in data for number in numbers(item)]
    return [data] if isinstance(data, float) else []


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_answered_or_refused(line: str, answers: dict[str, tuple[int, str, str]]) -> None:
    status, out, err = answers[line]
    assert status == LINES[line], err
    assert "Traceback" not in err
    assert "Warning" not in err
    if status:
        error = json.loads(err.splitlines()[-1])["error"]
        assert out == ""
        assert error["message"]
        assert error["hint"]
        assert "nan" not in error["message"]
        return
    data = json.loads(out)
    assert np.all(np.isfinite(numbers(data)))
    for plan in [data.get("plan"), data.get("base"), *data.get("baselines", {}).values()] if isinstance(data, dict) else []:
        if plan is not None and "llama3" not in line and "kaplan" not in line:
            told = any("no finite loss" in reason for reason in data.get("reasons", ()))
            assert plan["loss"] is not None or (told and plan is data["baselines"]["chinchilla"])
            assert None not in (plan["params"], *plan["tokens"].values(), *plan["share"].values())


def test_a_warning_in_a_command_of_its_own_is_an_error() -> None:
    """The setting that the batch runs under does what it is taken for."""
    code = "import numpy as np; np.log(np.zeros(1))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONWARNINGS": "error"}, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"RuntimeWarning" in done.stderr


@pytest.mark.parametrize(
    ("fields", "error", "says"),
    [
        ({"budget": 1e300}, ScenarioError, r"`budget` is 1e\+300, outside 1e\+10 to 1e\+40"),
        ({"gpus": "8xH100", "duration": "1e30d"}, ScenarioError, "`duration` is 2.74e\\+27 years, and at most 1000"),
        ({"budget": 1e25, "duration": "1e30d"}, ScenarioError, "at most 1000 are planned for"),
        ({"budget": 1e25, "gpus": "8xH100", "deadline": "1e30d"}, ScenarioError, "`deadline` is 2.74e\\+27 years"),
        ({"gpus": "1e30xH100", "duration": "21d"}, ScenarioError, "has `1e30` devices; a whole number"),
        ({"usd": "1e60usd"}, ScenarioError, "`usd` come to .* FLOP, outside"),
        ({"gpus": "1xH100", "duration": "1e-9s"}, ScenarioError, "`gpus` and `duration` come to .* FLOP, outside"),
    ],
)
def test_absurd_amounts_are_refused_in_words(fields: dict[str, Any], error: type[BudgetPlanError], says: str) -> None:
    with pytest.raises(error, match=says) as found:
        bp.plan(**fields)
    assert found.value.exit_code == 2
    assert re.search("Check|Write", str(found.value))


@pytest.mark.parametrize("budget", [1e15, 1e25, 1e32])
def test_a_rule_that_has_no_finite_loss_says_so_and_is_the_best_of_the_terms_that_can_fall(
    budget: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """`chinchilla` does no RL, and the additive law's G/R^gamma is infinite there: N and D are those of pre-training alone."""
    study = bp.plan(budget=budget, law="additive", queries=1.0, tokens_per_sample=1.0)
    rule = study.baselines["chinchilla"]
    assert (rule.loss, rule.regret.wasted_compute, rule.tokens["rl"]) == (None, 1.0, 0.0)
    alone = bp.plan(budget=budget, law="besiroglu-2024").plan  # whose terms of N and D the additive law has
    assert rule.params == pytest.approx(alone.params, rel=1e-6)
    assert rule.tokens["pretraining"] == pytest.approx(alone.tokens["pretraining"], rel=1e-6)
    told = study.to_dict()
    assert told["baselines"]["chinchilla"]["loss"] is None
    reason = "`chinchilla` has no finite loss: without RL the loss of the law `additive` is infinite"
    assert reason in told["reasons"]
    assert main(["plan", "--budget", str(budget), "--law", "additive"]) == 0
    assert reason in " ".join(capsys.readouterr().out.split())


def test_other_laws_keep_the_rule() -> None:
    study = bp.plan(budget=1e25)
    assert "chinchilla" in study.baselines
    assert not any("chinchilla" in reason for reason in study.reasons)


def test_a_law_without_a_finite_loss_under_the_limits_has_no_plan() -> None:
    with pytest.raises(InfeasibleError, match="without RL the loss of the law `additive` is infinite"):
        bp.plan(budget=1e25, law="additive", max={"rl_share": 0})


def test_warnings_are_errors_here() -> None:
    with pytest.raises(UserWarning, match="as an error"):
        warnings.warn("as an error", UserWarning, stacklevel=1)
