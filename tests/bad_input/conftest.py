"""A folder of odd places, and a command line that is run in this process."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from budgetplan.cli import main

NOBODY = 65534


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with links in circles, dead links, pipes and what may not be touched, which is the current one."""
    for name in ("folder", "folder.yaml", "closed"):
        (tmp_path / name).mkdir()
    for name in ("file.yaml", "secret.yaml", "secret.csv"):
        (tmp_path / name).write_text("budget: 1e22\n", encoding="utf-8")
    for suffix in ("yaml", "csv", "txt"):
        (tmp_path / f"loop.{suffix}").symlink_to(tmp_path / f"loop.{suffix}")
        (tmp_path / f"dead.{suffix}").symlink_to(tmp_path / "nothing" / "here")
    for suffix in ("yaml", "csv"):
        os.mkfifo(tmp_path / f"pipe.{suffix}")
        (tmp_path / f"secret.{suffix}").chmod(0)
    (tmp_path / "closed").chmod(0o500)
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@contextmanager
def without_privileges() -> Iterator[None]:
    """As a user whom permissions bind: root reads everything, so root becomes nobody meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    try:
        os.seteuid(NOBODY)
    except OSError as error:
        pytest.skip(f"root cannot become another user here, and root reads everything: {error}")
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[[str], Done]:
    """Run a command line, as a shell would split it."""

    def run(line: str) -> Done:
        words = shlex.split(line)
        capsys.readouterr()
        status = main(words)
        return Done(status, *capsys.readouterr())

    return run
