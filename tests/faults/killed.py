"""Kill -9 at random moments, and count what stands under the final names afterwards.

The processes come from a fork server that has imported everything already, so that the moments fall into the work and not into
loading it. Writing takes a thousandth of that, so every second kill is aimed: the process ends itself, by the same signal, at a
random one of the calls that open, rename or remove the temporary file.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.faults.commands import OLD, Writing

PRELOAD = ["tests.faults.warm"]
"""Modules that the fork server imports; to be set before the first process."""
CALLS = 4
"""Calls on one temporary file: it is made, written, renamed, and looked for in the end."""


@dataclass
class Tally:
    """What was found after the kills of one command."""

    command: str
    kills: int = 0
    while_writing: int = 0
    ended_before: int = 0
    absent: int = 0
    old: int = 0
    new: int = 0
    half: int = 0
    hidden_parts: int = 0
    begun_again: int = 0


def run_here(words: list[str], folder: str, call: int | None) -> None:
    """Run a command line in this process, which is a forked one, and end with its exit code or at a call on a `.part`."""
    from budgetplan.cli import main

    os.chdir(folder)
    if call is not None:
        sys.addaudithook(_ending_at(call))
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        sys.exit(main(words))


def _ending_at(call: int) -> Callable[[str, tuple[object, ...]], None]:
    """A hook that kills this process just before a call on a temporary file, counted from 0."""
    left = [call]

    def heard(event: str, words: tuple[object, ...]) -> None:
        if event in ("open", "os.chmod", "os.rename", "os.remove") and str(words[0]).endswith(".part"):
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1

    return heard


def started(words: list[str], folder: Path, call: int | None = None) -> BaseProcess:
    """A process that runs a command line in a folder, and ends itself at a call on a `.part` if one is given."""
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    process = context.Process(target=run_here, args=(words, str(folder), call))
    process.start()
    return process


def answered(writing: Writing, folder: Path) -> tuple[dict[str, bytes], float]:
    """The files of an undisturbed run, and its seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    writing.prepare(folder)
    begun = time.monotonic()
    process = started(writing.words, folder)
    process.join(300)
    assert process.exitcode == 0, f"{writing.line}: exit code {process.exitcode}"
    return {name: (folder / name).read_bytes() for name in writing.files}, time.monotonic() - begun


def killed(writing: Writing, folder: Path, kills: int, seed: int = 0, again: int = 10) -> Tally:
    """Kill a command again and again, and look after each kill.

    Every second one finds an old file in its place; after every `again`-th the command is begun again and has to answer.
    """
    draw, found = random.Random(seed), Tally(writing.name)
    whole, _ = answered(writing, folder / "first")  # which waits for the fork server
    second, seconds = answered(writing, folder / "second")
    assert whole == second
    for number in range(kills):
        place = folder / str(number)
        place.mkdir()
        writing.prepare(place)
        if number % 4 < 2:
            for name in writing.files:
                (place / name).write_bytes(OLD)
        aimed = number % 2 == 1
        process = started(writing.words, place, draw.randrange(CALLS) if aimed else None)
        process.join(None if aimed else draw.uniform(0.0, seconds))
        process.kill()
        process.join()
        found.ended_before += process.exitcode != -signal.SIGKILL
        found.kills += 1
        parts = [path for path in place.iterdir() if path.name.startswith(".")]
        found.hidden_parts += len(parts)
        found.while_writing += bool(parts)
        for name in writing.files:
            state = _state(place / name, whole[name])
            setattr(found, state, getattr(found, state) + 1)
        if number % again == 0:
            found.begun_again += answered(writing, place)[0] == whole
    return found


def _state(path: Path, whole: bytes) -> str:
    """Which of the allowed contents a file has: nothing, the old one, the new one; or "half"."""
    if not path.exists():
        return "absent"
    return {OLD: "old", whole: "new"}.get(path.read_bytes(), "half")
