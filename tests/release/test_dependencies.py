"""Every third-party import of the package is declared: as a dependency, or by the extra that the code around it names."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "budgetplan"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OPTIONAL = {
    "torch": "lab",
    "distributed": "cluster",
    "marimo": "explore",
    "uvicorn": "explore",
    "zmq": "explore",
    "pyarrow": "parquet",
    "mpltern": "ternary",
}
"""Imports that a base install lacks, and the extra that brings each."""
LAZY = {"find_spec", "import_module"}


def _names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


BASE = _names(PROJECT["dependencies"])
EXTRAS = {name: _names(texts) for name, texts in PROJECT["optional-dependencies"].items()}


def _imports(path: Path) -> set[str]:
    """Top-level names that a file imports, also those that it names to `importlib`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in LAZY:
                found.add(str(node.args[0].value))
    return {name.partition(".")[0] for name in found} - set(sys.stdlib_module_names) - {"budgetplan"}


@cache
def _all_imports() -> dict[str, set[str]]:
    """Third-party name -> files that import it."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for name in _imports(path):
            found.setdefault(name, set()).add(path.relative_to(PACKAGE).as_posix())
    return found


def _distributions(name: str) -> set[str]:
    """What is installed to import a name; a namespace has several."""
    return {canonicalize_name(item) for item in _installed().get(name, ())}


@cache
def _installed() -> Mapping[str, list[str]]:
    """Top-level name -> distributions, read once: it opens a file of each."""
    return packages_distributions()


@pytest.mark.parametrize("name", sorted(set(_all_imports()) - set(OPTIONAL)))
def test_a_plain_import_is_a_dependency(name: str) -> None:
    assert _distributions(name) & BASE, f"{name} is imported in {sorted(_all_imports()[name])} and not declared"


@pytest.mark.parametrize(("name", "extra"), OPTIONAL.items())
def test_an_optional_import_is_brought_by_its_extra(name: str, extra: str) -> None:
    assert _all_imports().get(name), f"nothing imports {name} any more: take it out of the table"
    declared = {"zmq": "pyzmq"}.get(name, name)
    assert declared in EXTRAS[extra]
    assert declared not in BASE


@pytest.mark.parametrize("dependency", sorted(BASE))
def test_a_dependency_is_imported(dependency: str) -> None:
    assert [name for name in _all_imports() if dependency in _distributions(name)], f"nothing imports {dependency}"


def test_only_the_lab_and_the_page_import_an_extra_where_a_module_begins() -> None:
    """Elsewhere it is imported in the function that needs it, after a check that names the extra."""
    early = set()
    for path in PACKAGE.rglob("*.py"):
        top = ast.Module(
            [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.Import | ast.ImportFrom)], []
        )
        names = {alias.name.partition(".")[0] for node in ast.walk(top) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module.partition(".")[0] for node in ast.walk(top) if isinstance(node, ast.ImportFrom) and node.module}
        if names & set(OPTIONAL):
            early.add(path.relative_to(PACKAGE).parts[0])
    assert early == {"lab", "explore"}
