"""Every bad input is refused in words, with its exit code, in time, and nothing of it is run."""

from __future__ import annotations

import contextlib
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bad_input.conftest import Done, without_privileges
from tests.bad_input.table import read_cases

BAD = read_cases()
LONGEST = 2.0
"""Processor time that one refusal may take. [s]"""
HANGS = 30
"""Time after which a call that waits for something is interrupted. [s]"""


class WaitedTooLong(BaseException):
    """Past every `except`: an OSError, as TimeoutError is, would be told as a file that cannot be read."""


def test_the_table_is_as_long_as_it_says() -> None:
    assert len(BAD) >= 150


@pytest.fixture(autouse=True)
def _interrupted() -> Iterator[None]:
    """A call that waits for ever, for a pipe's other end say, fails its test instead."""

    def stop(*_: object) -> None:
        raise WaitedTooLong(f"no answer after {HANGS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANGS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


CASES = [
    pytest.param(name, marks=[pytest.mark.xfail(reason=bad.open, strict=True)] if bad.open else []) for name, bad in BAD.items()
]


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_in_words(name: str, places: Path, call: Callable[[str], Done]) -> None:
    bad = BAD[name]
    if bad.file:
        (places / bad.file).write_bytes(bad.content)
    before = time.process_time()
    with without_privileges() if bad.needs == "permissions" else contextlib.nullcontext():
        done = call(bad.call)
    took = time.process_time() - before
    assert bad.says in done.err, done.err
    assert (done.status, done.out) == (bad.status, "")
    lines = done.err.splitlines()
    assert lines[0].startswith("error: ")
    assert all(re.match(r"(error|hint): \S", line) for line in lines), done.err
    assert not [character for character in done.err if not character.isprintable() and character != "\n"]
    assert max(map(len, lines)) < 1000
    assert took < LONGEST
    assert not (places / "executed").exists()
