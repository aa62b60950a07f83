"""A command line that is run in this process, with its exit code and both streams."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from budgetplan.cli import main


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        (key,) = json.loads(self.err)
        assert key == "error"
        return json.loads(self.err)["error"]


Call = Callable[[str], Done]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command line, as a shell would split it, at 120 columns unless the test says otherwise."""
    monkeypatch.setenv("COLUMNS", "120")

    def run(line: str) -> Done:
        words = shlex.split(line)
        assert words[0] == "budgetplan"
        capsys.readouterr()
        status = main(words[1:])
        return Done(status, *capsys.readouterr())

    return run
