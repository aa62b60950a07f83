"""The pilot as it is asked for: worth more than an IsoFLOP grid, the committed table, the command, its refusals."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from budgetplan.cli import app, main
from budgetplan.errors import ScenarioError
from budgetplan.scenario import Scenario
from budgetplan.workflow.questions.pilot_study import pilot_study

TABLE = Path(__file__).resolve().parents[2] / "docs" / "pilot.csv"


def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_table_shows_the_pilot_ahead_of_the_grid_on_most_laws() -> None:
    ahead: dict[str, list[float]] = defaultdict(list)
    errors: dict[str, list[float]] = defaultdict(list)
    for row in _rows():
        if row["runs"] == "8":
            ahead[row["law"]].append(float(row["difference"]))
            errors[row["law"]].append(float(row["difference_standard_error"]))
            assert float(row["pilot_flop"]) <= float(row["isoflop_flop"]) * 1.001
    assert len(ahead) >= 4
    pooled = {law: np.mean(item) / (np.sqrt(np.sum(np.square(errors[law]))) / len(item)) for law, item in ahead.items()}
    assert sum(ratio < -2 for ratio in pooled.values()) >= 3


def test_table_is_what_the_study_finds() -> None:
    row = next(row for row in _rows() if (row["law"], row["runs"], row["seed"]) == ("besiroglu-2024", "8", "0"))
    study = pilot_study(Scenario(law="besiroglu-2024", budget=1e25, seed=0, draws=200), 1e22, 8)
    for name, value in (("before", study.before), ("after_pilot", study.after), ("after_isoflop", study.after_grid)):
        assert value.expected == pytest.approx(float(row[name]), rel=0.02)


def test_default_law_gains_from_runs_with_rl() -> None:
    study = pilot_study(Scenario(budget=1e25, draws=40), 1e22, 6)
    assert study.after.expected < 0.5 * study.after_grid.expected
    assert study.after.expected == pytest.approx(study.predicted["pilot"], rel=0.6)
    data = study.to_dict()
    assert any(run["rl_tokens"] > 0 for run in data["pilot"]["runs"])
    assert sum(run["flop"] for run in data["pilot"]["runs"]) <= 1e22 * (1 + 1e-9)
    assert json.dumps(data) == json.dumps(pilot_study(Scenario(budget=1e25, draws=40), 1e22, 6).to_dict())


def test_fixed_size_and_limits_are_those_of_the_main_plan() -> None:
    free = pilot_study(Scenario(law="additive", budget=1e25, draws=40), 1e21, 4)
    fixed = pilot_study(Scenario(law="additive", budget=1e25, params=1e11, draws=40), 1e21, 4)
    assert fixed.before.expected != free.before.expected
    assert fixed.after.expected < fixed.before.expected


def test_doubts_are_said() -> None:
    little = pilot_study(Scenario(law="muennighoff-2023", budget=1e24, unique_tokens=1e12, draws=20), 1e21, 3)
    assert [caution.code for caution in little.warnings] == ["no-spread"] * bool(little.warnings[1:]) + ["little-at-stake"]
    rough = pilot_study(Scenario(budget=1e25, verifier="oracle", draws=30), 1e24 * 3, 3)
    assert [caution.code for caution in rough.warnings] == ["large-pilot", "far-from-linear"]


@pytest.mark.parametrize(
    ("scenario", "pilot", "sentence"),
    [
        (Scenario(budget=1e25, law="hoffmann-2022"), 1e22, "states no spread"),
        (Scenario(law="besiroglu-2024", target_loss=2.0), 1e22, "target"),
        (Scenario(law="besiroglu-2024"), 1e22, "no budget"),
        (Scenario(budget=1e25, law="besiroglu-2024"), 0.0, "--pilot 1e22"),
        (Scenario(budget=1e25, law="besiroglu-2024"), 1e11, "takes more"),
        (Scenario(budget=1e25, law="besiroglu-2024", architecture="llama-3.1-8b", context=65536), 1e22, "attention takes more"),
        (Scenario(budget=1e25, law="besiroglu-2024", params=1e10, architecture="llama-3.1-8b", context=8192), 1e22, "--context"),
    ],
)
def test_refusals_say_what_to_do(scenario: Scenario, pilot: float, sentence: str) -> None:
    with pytest.raises(ScenarioError, match=sentence):
        pilot_study(scenario, pilot)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    """Run `pilot` with options; the list of commands may not have it yet."""
    monkeypatch.setitem(app.COMMANDS, "pilot", app.COMMANDS.get("pilot", "Say which runs to do next."))
    monkeypatch.setenv("COLUMNS", "120")

    def run(options: str) -> tuple[int, str, str]:
        status = main(["pilot", *options.split()])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_command_shows_runs_and_both_regrets(command) -> None:  # type: ignore[no-untyped-def]
    status, out, err = command("--budget 1e25 --law besiroglu-2024 --pilot 1e22 --draws 50")
    assert (status, err) == (0, "")
    assert "8 runs lower the plan's expected waste" in out
    assert "IsoFLOP grid" in out
    assert "the pilot takes" in out
    assert "again" in out
    status, out, _ = command("--budget 1e25 --law besiroglu-2024 --pilot 1e22 --draws 50 --runs 5 --format json")
    data = json.loads(out)
    assert data["schema"] == "budgetplan/pilot/1"
    assert len(data["pilot"]["runs"]) <= 5
    assert len(data["isoflop"]["runs"]) == 15
    status, out, _ = command("--budget 1e25 --law besiroglu-2024 --pilot 1e22 --draws 50 --format csv")
    assert out.splitlines()[0].startswith("design,params,pretraining_tokens,rl_tokens")


@pytest.mark.parametrize("options", ["--budget 1e25", "--budget 1e25 --pilot 1e22FLOP/s", "--budget 1e25 --pilot 1e22 --noise 0"])
def test_command_refuses_with_code_2(options: str, command) -> None:  # type: ignore[no-untyped-def]
    assert command(options)[0] == 2
