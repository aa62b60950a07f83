"""Imports go down the floors: the contracts in pyproject.toml hold, and each of them can be broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECK = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the package in a folder, which comes first on the path there."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"}
    command = [sys.executable, "-P", "-c", CHECK]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


def test_the_floors_hold() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("units/convert.py", "import budgetplan.planning.problem", "Imports go down"),
        ("errors.py", "import budgetplan.units", "Imports go down"),
        ("costs/money.py", "import budgetplan.scenario", "Imports go down"),
        ("costs/money.py", "import pydantic", "pydantic only in scenario"),
        ("planning/solver.py", "import matplotlib.pyplot", "matplotlib only in plots"),
        ("scenario/load.py", "import rich.table", "typer and rich only in cli"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, file: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "budgetplan", tmp_path / "budgetplan", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    changed = tmp_path / "budgetplan" / file
    with changed.open("a", encoding="utf-8") as end:
        end.write(f"\n\n{line}\n")
    done = _lint(tmp_path)
    broken = [row for row in done.stdout.splitlines() if row.startswith(contract) and "BROKEN" in row]
    assert done.returncode != 0
    assert len(broken) == 1, done.stdout + done.stderr


def test_a_package_without_a_floor_is_found(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "budgetplan", tmp_path / "budgetplan", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "budgetplan" / "attic.py").write_text("", encoding="utf-8")
    done = _lint(tmp_path)
    assert done.returncode != 0
    assert "attic" in done.stdout + done.stderr
