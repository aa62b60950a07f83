"""Every JSON output and every JSON error validates against the schema that ships for its command."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from budgetplan.cli.app import COMMANDS, GROUPS
from budgetplan.datafiles import data_path
from scripts.draft_schemas import collect
from tests.schemas.obeys import problems

# the lab trains, and its tests hold its answers against its schemas; `explore` serves a page until it is stopped
SILENT = {*GROUPS, *collect.SERVERS}
LINES = {shlex.join(words): words for words in collect.lines()}
MISTAKES = (
    "plan",
    "plan --budget nan",
    "plan --budget 1e25 --law besirogul",
    "plan --budget 1e20 --queries 1e22",
    "plan --budgt 1e25",
    "plan --budget 1e25 --law additive --strict",
    "compare missing.yaml one.yaml",
    "laws missing",
    "fit missing.csv --form chinchilla",
    "init /missing/folder/file.yaml",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    collect.write_files(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in SILENT])
def test_every_command_has_a_schema(command: str) -> None:
    schema = json.loads(data_path("schemas", f"{command}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert {"$schema", "title", "description"} <= set(schema)


@pytest.mark.parametrize("line", LINES)
def test_an_answer_validates(line: str, folder: Path) -> None:
    words = LINES[line]
    if "-o" in words and words[0] not in ("plot", "report"):
        words = words[: words.index("-o")]  # the answer is to come to stdout
    status, out, err = collect.answer(collect.asked_json(words))
    if status:
        assert not out
        assert problems("error", json.loads(err)) == []
        return
    assert problems("config" if "--explain-config" in words else words[0], json.loads(out)) == []


@pytest.mark.parametrize("line", MISTAKES)
def test_an_error_validates(line: str, folder: Path) -> None:
    status, _, err = collect.answer([*shlex.split(line), "--format", "json"])
    assert status in (2, 3, 4, 5)
    assert problems("error", json.loads(err)) == []


def test_a_schema_refuses_what_is_not_its_own() -> None:
    assert problems("plan", {"schema": "budgetplan/study/1"}) != []
    assert problems("error", {"error": {"code": "odd", "message": "x", "hint": ""}}) != []
    assert problems("convert", {"value": 1.0, "unit": "h", "more": 1}) != []
