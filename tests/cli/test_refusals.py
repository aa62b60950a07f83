"""A user's mistake: one clear sentence on stderr, nothing on stdout, the right exit code, and never a traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

MISTAKES = {
    "negative budget": ("plan --budget -1", 2, "scenario", "budget: `-1` is negative"),
    "budget not a number": ("plan --budget nan", 2, "scenario", "budget: `nan` is not a finite number"),
    "budget zero": ("plan --budget 0", 2, "scenario", "budget: `0` is zero"),
    "a rate as budget": ("plan --budget '1e15 FLOP/s'", 2, "scenario", "is a rate"),
    "budget empty": ("plan --budget ''", 2, "scenario", "budget: "),
    "no budget": ("plan", 2, "scenario", "There is no budget and no target."),
    "budget twice": ("plan --budget 1e25 --usd 2Musd", 2, "scenario", "given twice"),
    "unknown law": ("plan --budget 1e25 --law besirogul-2024", 2, "unknown-name", "no law `besirogul-2024`"),
    "unknown law in a list": ("plan --budget 1e25 --law kaplan-2020,kaplan-2021", 2, "unknown-name", "`kaplan-2021`"),
    "a list of no laws": ("plan --budget 1e25 --law ,", 2, "scenario", "names no law"),
    "unknown GPU": ("plan --gpus 8xH1000 --for 3d", 2, "unknown-name", "There is no GPU `H1000`."),
    "unknown method": ("plan --budget 1e25 --method grop", 2, "unknown-name", "`grop`"),
    "unknown limit": ("plan --budget 1e25 --fix rl_shares=3%", 2, "scenario", "fix.rl_shares"),
    "limit without value": ("plan --budget 1e25 --fix rl_share", 2, "scenario", "KEY=VALUE"),
    "set without value": ("plan --budget 1e25 --set budget", 2, "scenario", "PATH=VALUE"),
    "set of no field": ("plan --budget 1e25 --set bugdet=1", 2, "scenario", "bugdet"),
    "no such scenario": ("plan nowhere.yaml", 2, "scenario", "no such file"),
    "scenario is a folder": ("plan folder", 2, "scenario", "directory"),
    "target below the floor": ("plan --target-loss 0.5 --law besiroglu-2024", 3, "infeasible", "irreducible loss of 1.8"),
    "limits conflict": ("plan --budget 1e20 --min pretraining_tokens=1e20", 3, "infeasible", "No plan satisfies the limits"),
    "no split to score": ("score --budget 1e25", 2, "scenario", "no split to score"),
    "shares short of one": ("score --budget 1e25 --share rl=50%", 2, "scenario", "the shares sum to 0.5"),
    "shares over one": ("score --budget 1e25 --share rl=80%,inference=80%", 2, "scenario", "the shares sum to 1.6"),
    "unknown stage": ("score --budget 1e25 --share rL=100%", 2, "scenario", "rL"),
    "unknown unit": ("convert 1e25FLOP --to PFLOP-days-long", 2, "quantity", "There is no unit"),
    "other dimension": ("convert 1e25FLOP --to h", 2, "quantity", "compute"),
    "unit missing": ("convert 1e25FLOP", 2, "usage", "--to"),
    "unknown accelerator": ("hardware H1000", 2, "unknown-name", "`H1000`"),
    "unknown id of a law": ("laws chinchila", 2, "unknown-name", "`chinchila`"),
    "method at no speed": ("methods grpo --decode-utilisation 0", 2, "quantity", "decode_utilisation"),
    "unknown command": ("pln --budget 1e25", 2, "usage", "Did you mean 'plan'?"),
    "unknown option": ("plan --bugdet 1e25", 2, "usage", "--bugdet"),
    "option without value": ("plan --budget", 2, "usage", "'--budget' requires an argument"),
    "too many words": ("plan a.yaml b.yaml", 2, "usage", "b.yaml"),
    "value that is not there": ("plan --budget 1e25 --get plan.shares.rl", 2, "unknown-name", "`plan.shares.rl`"),
    "kind of no plot": ("plot blob --budget 1e25 -o blob.svg", 2, "unknown-name", "no plot `blob`"),
    "suffix of no figure": ("plot split --budget 1e25 -o split.xyz", 2, "output", "`.xyz`"),
    "no figure named": ("plot split --budget 1e25", 2, "usage", "--output"),
    "file in no folder": ("convert 21d --to h -o no/where.txt", 2, "output", "there is no folder `no`"),
    "file is a folder": ("convert 21d --to h -o folder", 2, "output", "it is a folder"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_words(mistake: str, call) -> None:
    line, status, _, sentence = MISTAKES[mistake]
    done = call(f"budgetplan {line}")
    assert done.status == status
    assert done.out == ""
    assert sentence in done.err
    lines = done.err.splitlines()
    assert lines[0].startswith("error: ")
    assert all(re.match(r"(error|hint): \S", line) for line in lines)
    assert "Traceback" not in done.err


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_json(mistake: str, call) -> None:
    line, status, code, sentence = MISTAKES[mistake]
    command, _, rest = line.partition(" ")
    done = call(f"budgetplan {command} --format json {rest}")  # before what may lack its value
    assert done.status == status
    assert done.out == ""
    assert set(done.error) == {"code", "message", "hint"}
    assert done.error["code"] == code
    assert sentence in done.error["message"]


def test_an_unknown_format_is_told_as_text(call) -> None:
    done = call("budgetplan plan --budget 1e25 --format xml")
    assert (done.status, done.out) == (2, "")
    assert done.err == "error: There is no format `xml`.\nhint: Known: table, json, csv, md.\n"


def test_a_misspelt_option_gets_a_suggestion(call) -> None:
    assert "hint: Did you mean `--budget`?" in call("budgetplan plan --bugdet 1e25").err


def test_three_mistakes_in_a_file_are_told_together_with_their_lines(tmp_path: Path, call) -> None:
    file = tmp_path / "three.yaml"
    file.write_text("budget: 1e15 FLOP/s\nlaww: default\nqueries: many\n", encoding="utf-8")
    done = call(f"budgetplan plan {file}")
    assert (done.status, done.out) == (2, "")
    errors = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert [line.split(":")[2] for line in errors] == ["1", "2", "3"]
    error = call(f"budgetplan plan {file} --format json").error
    assert error["message"].splitlines() == [line.removeprefix("error: ") for line in errors]


def test_strict_prints_the_result_and_fails(call) -> None:
    free, strict = call("budgetplan plan --budget 1e25"), call("budgetplan plan --budget 1e25 --strict")
    assert (free.status, strict.status) == (0, 5)
    assert strict.out == free.out.replace("--budget 1e25\n", "--budget 1e25 --strict\n")
    assert strict.err.startswith("error: `--strict` was given")
    done = call("budgetplan plan --budget 1e25 --strict --format json")
    assert done.status == 5
    assert done.data["warnings"]
    assert done.error["code"] == "strict"


def test_strict_without_a_warning_answers(call) -> None:
    done = call("budgetplan plan --budget 1e20 --law besiroglu-2024 --strict")
    assert (done.status, done.err) == (0, "")
    assert "beware" not in done.out


def test_no_words_show_the_help(call) -> None:
    assert call("budgetplan").out == call("budgetplan --help").out
