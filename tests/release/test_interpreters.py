"""The wheel installs with its dependencies and answers on every Python from 3.11 on that this machine has."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

NAMES = ("python3.11", "python3.12", "python3.13", "python3.14")
OURS = sys.version_info[:2]


def _pythons() -> list[Path]:
    """One interpreter per version other than ours: on the path, and where pyenv keeps them."""
    folders = [Path(item) for item in os.environ.get("PATH", "").split(os.pathsep) if item]
    folders += sorted(Path.home().glob(".pyenv/versions/*/bin"))
    found: dict[str, Path] = {}
    for name in NAMES:
        if name != f"python{OURS[0]}.{OURS[1]}":
            for path in (folder / name for folder in folders):
                if os.access(path, os.X_OK) and _answers(path, name):
                    found.setdefault(name, path)
    return list(found.values())


def _answers(path: Path, name: str) -> bool:
    """Whether it is that Python: a shim of a version manager may stand in its place and refuse."""
    done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode == 0 and re.match(rf"Python {re.escape(name.removeprefix('python'))}\.", done.stdout) is not None


PYTHONS = _pythons()


@pytest.mark.slow
@pytest.mark.parametrize(
    "python", PYTHONS or [pytest.param(None, marks=pytest.mark.skip(reason="there is no other Python here"))], ids=str
)
def test_it_answers_as_here(archives, tmp_path: Path, python: Path) -> None:
    """Downloads the dependencies, since wheels of NumPy and others are made for one version each."""
    subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True, timeout=120)
    own = tmp_path / "venv" / "bin" / "python"
    subprocess.run([own, "-m", "pip", "install", "--quiet", "--no-compile", archives.wheel], check=True, timeout=900)
    (tmp_path / "empty").mkdir()
    plan = ("plan", "--budget", "1e25", "--draws", "100", "--format", "json")
    here, there = (_asked(own_or_ours, plan, tmp_path / "empty") for own_or_ours in (sys.executable, own))
    for name, share in here["plan"]["share"].items():
        assert there["plan"]["share"][name] == pytest.approx(share, rel=1e-6)
    for name, part in here["intervals"].items():
        if part is not None:
            assert there["intervals"][name] == pytest.approx(part, rel=1e-6)
    words = (own, "-W", "error::DeprecationWarning:budgetplan", "-m", "budgetplan", "plot", "split", "--budget", "1e25")
    figure = subprocess.run(
        [*words, "-o", "split.svg"], cwd=tmp_path / "empty", capture_output=True, text=True, timeout=300, check=False
    )
    assert (figure.returncode, figure.stderr) == (0, "")


def _asked(python: str | Path, words: tuple[str, ...], folder: Path) -> dict:
    done = subprocess.run(
        [python, "-m", "budgetplan", *words], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
