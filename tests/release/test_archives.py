"""What is in the wheel and in the source archive: everything that is needed and nothing else."""

from __future__ import annotations

import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

from budgetplan.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
INFO = f"budgetplan-{VERSION}.dist-info"
LARGEST = 2_000_000
"""Of the wheel [byte]: half of it is the lab's table and the laws' joint draws."""


def _shipped(folder: str, name: str) -> set[str]:
    """Files below a folder of the source tree, under the name that the wheel gives it."""
    here = ROOT / folder
    return {
        f"{name}/{path.relative_to(here).as_posix()}"
        for path in here.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }


def _contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(archives) -> None:
    info = {f"{INFO}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    assert set(_contents(archives.wheel)) == _shipped("budgetplan", "budgetplan") | _shipped("data", "budgetplan/_data") | info


def test_the_wheel_holds_no_stray_kind_of_file(archives) -> None:
    kinds = {Path(name).suffix for name in _contents(archives.wheel) if not name.startswith(INFO)}
    assert kinds == {".py", ".typed", ".yaml", ".csv", ".json", ".md", *_more_kinds()}
    assert archives.wheel.stat().st_size < LARGEST


def _more_kinds() -> set[str]:
    """Kinds of files that stand beside the code on purpose: the report's template and style."""
    return {path.suffix for path in (ROOT / "budgetplan" / "report").iterdir() if path.is_file()} - {".py"}


def test_the_wheel_suits_every_python_and_system(archives) -> None:
    assert archives.wheel.name == f"budgetplan-{VERSION}-py3-none-any.whl"


def test_the_source_archive_builds_the_same_wheel(archives) -> None:
    direct, rebuilt = _contents(archives.wheel), _contents(archives.rebuilt)
    assert set(direct) == set(rebuilt)
    assert {name for name in direct if direct[name] != rebuilt[name]} == set()


def test_the_source_archive_can_be_tested(archives) -> None:
    with tarfile.open(archives.sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive if member.isfile()}
    needed = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "conftest.py", "tests/conftest.py"}
    assert needed <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc") or ".venv" in name]
    assert not [name for name in names if name.startswith(("shared/", "lab/", "dist/", "build/"))]


def test_the_metadata_say_who_may_use_it_and_what_it_needs(archives) -> None:
    told = Parser().parsestr(_contents(archives.wheel)[f"{INFO}/METADATA"].decode())
    assert (told["Name"], told["Version"], told["License-Expression"]) == ("budgetplan", VERSION, "Apache-2.0")
    assert told["Requires-Python"] == ">=3.11"
    assert set(told.get_all("Provides-Extra", [])) >= {"lab", "cluster", "explore", "parquet"}
    assert told.get_payload().startswith("# budgetplan")
