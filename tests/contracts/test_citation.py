"""CITATION.cff says the version, the licence and the keywords that the package says, in version 1.2.0 of the format."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from budgetplan.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = {"cff-version", "message", "title", "authors"}
KNOWN = {"abstract", "type", "version", "license", "keywords", "date-released"}


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    return YAML(typ="safe", pure=True).load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_the_keys_are_those_of_the_format(told: dict[str, object]) -> None:
    assert REQUIRED <= told.keys() <= REQUIRED | KNOWN
    assert (told["cff-version"], told["type"]) == ("1.2.0", "software")
    assert told["authors"] == [{"name": "budgetplan contributors"}]


def test_it_says_what_the_package_says(told: dict[str, object]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert told["version"] == VERSION
    assert told["license"] == project["license"]
    assert told["keywords"] == project["keywords"]
    assert str(told["title"]).startswith(f"{project['name']}:")


def test_the_changelog_has_the_version() -> None:
    heads = [line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line.startswith("## ")]
    assert heads[0].split()[1] == VERSION
