"""One answer in four formats: the same numbers, parsed from a pipe whatever the terminal claims to be."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAN = "budgetplan plan --budget 1e25"


def _piped(line: str) -> subprocess.CompletedProcess[str]:
    """Run in a pipe, with a terminal that invites colour and no width."""
    environment = {**os.environ, "TERM": "dumb", "FORCE_COLOR": "1", "COLUMNS": "20"}
    return subprocess.run(
        [sys.executable, "-m", *line.split()],
        cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


def test_json_and_csv_parse_in_a_hostile_terminal() -> None:
    as_json, as_csv = _piped(f"{PLAN} --format json"), _piped(f"{PLAN} --format csv")
    assert (as_json.returncode, as_csv.returncode) == (0, 0)
    study = json.loads(as_json.stdout)
    rows = {row["allocation"]: row for row in csv.DictReader(io.StringIO(as_csv.stdout))}
    assert list(rows) == ["plan", *study["baselines"]]
    for name, row in rows.items():
        allocation = study["plan"] if name == "plan" else study["baselines"][name]
        assert float(row["rl_tokens"]) == pytest.approx(allocation["tokens"]["rl"], rel=1e-9)
        assert float(row["loss"]) == pytest.approx(allocation["loss"], rel=1e-9)
    assert rows["plan"]["wasted_compute"] == ""
    assert float(rows["equal-thirds"]["wasted_compute"]) > 0
    assert "\x1b" not in as_json.stdout + as_csv.stdout + as_csv.stderr


def test_an_error_in_a_hostile_terminal_is_json() -> None:
    done = _piped("budgetplan plan --budget --format json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert set(json.loads(done.stderr)["error"]) == {"code", "message", "hint"}


def test_a_reader_that_leaves_early_is_no_failure() -> None:
    line = f"{sys.executable} -m {PLAN} --format json | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "{", "")


def test_the_study_has_the_agreed_keys(call) -> None:
    study = call(f"{PLAN} --format json").data
    assert study["schema"] == "budgetplan/study/1"
    assert {"law", "budget", "plan", "baselines", "certificate", "intervals", "warnings", "provenance"} <= set(study)
    assert study["budget"]["flop"] == 1e25
    assert study["certificate"]["status"] == "optimal"
    assert sum(study["plan"]["share"].values()) == pytest.approx(1, abs=1e-9)
    assert study["provenance"]["command"] == f"{PLAN} --format json"


def test_warnings_go_to_stderr_where_the_result_has_no_place_for_them(call) -> None:
    told = [item["message"] for item in call(f"{PLAN} --format json").data["warnings"]]
    assert call(f"{PLAN} --format json").err == call(PLAN).err == ""
    for name in ("csv", "md"):
        assert call(f"{PLAN} --format {name}").err.splitlines() == [f"warning: {message}" for message in told]
        assert call(f"{PLAN} --format {name} -q").err == ""


def test_markdown_has_the_table_and_the_lines(call) -> None:
    lines = call(f"{PLAN} --format md").out.splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert {line.count("|") for line in table} == {7}
    assert table[1].replace(" ", "") == "|---|---|---|---|---|---|"
    assert any(line.startswith("- **proof**: optimal") for line in lines)


def test_get_prints_one_value(call) -> None:
    share = call(f"{PLAN} --format json").data["plan"]["share"]["rl"]
    assert call(f"{PLAN} --get plan.share.rl").out == f"plan.share.rl {share!r}\n"
    assert float(call(f"{PLAN} --get plan.share.rl -q").out) == share
    assert call(f"{PLAN} --get plan.share.rl --format json").data == {"plan.share.rl": share}
    assert call("budgetplan laws besiroglu-2024 --get coefficients.E.kind -q").out == "published\n"
    names = call("budgetplan laws default --format json").data["coefficients"]
    dotted = next(name for name in names if "." in name)
    value = call(f"budgetplan laws default --get coefficients.{dotted}.value -q").out
    assert float(value) == names[dotted]["value"]
    assert call("budgetplan hardware --get 0.id -q").out == "A100-40GB\n"


def test_quiet_prints_the_finding_alone(call) -> None:
    done = call(f"{PLAN} -q")
    assert done.out == call(f"{PLAN} --get headline -q").out
    assert len(done.out.splitlines()) == 1


@pytest.mark.parametrize(
    "command", ["laws", "laws default", "hardware", "hardware H100", "methods", "methods ppo", "convert 21d --to h"]
)
def test_every_answer_has_every_format(command: str, call) -> None:
    shown = {name: call(f"budgetplan {command} --format {name}") for name in ("table", "json", "csv", "md")}
    assert {done.status for done in shown.values()} == {0}
    assert shown["json"].data
    assert len(list(csv.reader(io.StringIO(shown["csv"].out)))) > 1
    assert len({done.out for done in shown.values()}) == 4
