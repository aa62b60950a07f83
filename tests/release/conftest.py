"""The two archives of a release, and virtual environments that hold them beside what they declare and nothing else.

An environment borrows the declared dependencies, and theirs, from the one that the tests run in: a link for each folder and file
that a distribution put into `site-packages`. So it is made without a download in a second, and an import that is not declared
fails in it as it would for a user.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


def _done(*words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        list(map(str, words)), cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@dataclass(frozen=True)
class Archives:
    """What is uploaded, and the wheel that a user builds from the source archive."""

    wheel: Path
    sdist: Path
    rebuilt: Path


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    if find_spec("hatchling") is None:
        pytest.fail("hatchling, which builds the archives, is missing: pip install -e '.[dev]'")
    made = tmp_path_factory.mktemp("archives")
    _done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", made, folder=ROOT)
    (wheel,), (sdist,) = made.glob("*.whl"), made.glob("*.tar.gz")
    unpacked = made / "unpacked"
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    (source,) = unpacked.iterdir()
    _done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", made / "again", folder=source)
    (rebuilt,) = (made / "again").glob("*.whl")
    return Archives(wheel, sdist, rebuilt)


def declared() -> Iterator[str]:
    """Distributions that an install without extras brings, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    seen: set[str] = set()
    due: list[str] = list(project["dependencies"])
    while due:
        wanted = Requirement(due.pop())
        key = canonicalize_name(wanted.name)
        if key not in seen and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            seen.add(key)
            due += distribution(key).requires or ()
            yield key


@dataclass(frozen=True)
class Installed:
    """A fresh environment with one wheel in it."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        return self.folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"

    def run(self, *words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run the installed script, with nothing in the environment that could lead to the source tree."""
        return self._run(self.folder / "bin" / "budgetplan", *words, folder=folder)

    def execute(self, code: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run Python code."""
        return self._run(self.python, "-c", code, folder=folder)

    def _run(self, *words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "BUDGETPLAN"))}
        return subprocess.run(
            list(map(str, words)), cwd=folder, env={**environment, "COLUMNS": "120"}, capture_output=True, text=True,
            encoding="utf-8", timeout=300, check=False,
        )  # fmt: skip


def _environment(folder: Path, wheel: Path) -> Installed:
    _done(sys.executable, "-m", "venv", "--without-pip", folder, folder=ROOT)
    made = Installed(folder)
    for name in declared():
        found = distribution(name)
        for top in {path.parts[0] for path in found.files or ()} - {"..", "__pycache__"}:
            (made.packages / top).symlink_to(found.locate_file(top))
    pip = (sys.executable, "-m", "pip", "--python", made.python, "--disable-pip-version-check")
    _done(*pip, "install", "--quiet", "--no-deps", "--no-index", "--no-compile", wheel, folder=ROOT)
    return made


@pytest.fixture(scope="session")
def installed(archives: Archives, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, without extras."""
    return _environment(tmp_path_factory.mktemp("wheel") / "venv", archives.wheel)


@pytest.fixture(scope="session")
def installed_from_source(archives: Archives, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel that was built from the source archive, without extras."""
    return _environment(tmp_path_factory.mktemp("sdist") / "venv", archives.rebuilt)


@pytest.fixture
def answers(installed: Installed, tmp_path: Path) -> Callable[..., str]:
    """Run a command of the installed wheel in an empty folder, and return what it wrote."""

    def run(*words: str) -> str:
        done = installed.run(*words, folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run
