"""One target under atheris, in a process of its own: `python -m tests.fuzz.search TARGET SECONDS CORPUS FINDINGS`.

With a target and a file only, it says whether that input hangs.

The search goes on after a finding: each place in the code that lets an exception through is kept once, with the shortest input.
What the process does not survive (a hang, memory) is left as a file by libFuzzer, and the search is begun again outside.

References
----------
.. [1] libFuzzer, llvm.org/docs/LibFuzzer.html: `-timeout`, `-rss_limit_mb`, `-max_total_time`, `-dict`, `-artifact_prefix`.
"""

from __future__ import annotations

import contextlib
import hashlib
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

MEMORY = 1 << 30
"""What an input may add to the memory of a process that is warm. [byte]"""
HANGS = 2.0
"""Longest that one input may take. [s of processor time]"""
WATCHING = 5.0
"""How much slower a reader may be while its branches are watched; what takes so long is tried again without. [1]"""
PATIENCE = 30
"""After so long libFuzzer ends a process that hangs where Python cannot interrupt it; the machine may be busy. [s]"""
_YAML = ["ruamel.yaml.reader", "ruamel.yaml.scanner", "ruamel.yaml.parser"]
WATCHED = {
    "quantity": ["budgetplan.units"],
    "conversion": ["budgetplan.units"],
    "devices": ["budgetplan.units"],
    "condition": ["budgetplan.units", "budgetplan.workflow.questions.condition"],
    "path": ["budgetplan.cli.result"],
    "options": ["budgetplan.units", "budgetplan.scenario"],
    "changes": ["budgetplan.units", "budgetplan.scenario", "budgetplan.cli.commands.what_if"],
    "scenario": ["budgetplan.units", "budgetplan.scenario", *_YAML],
    "law": ["budgetplan.laws", *_YAML, "ruamel.yaml.composer", "ruamel.yaml.constructor", "ruamel.yaml.resolver"],
    "runs": ["budgetplan.fitting"],
}
"""Modules whose branches guide the search of each target: its readers. Watching all of the package would take long to begin."""
LONGEST = 4096
"""Bytes of an input; the size limits are tested on their own."""


def main(name: str, seconds: str, corpus: str, findings: str) -> None:
    """Search until the time is over; libFuzzer ends the process."""
    import atheris

    signal.signal(signal.SIGPROF, _interrupt)
    with atheris.instrument_imports(include=WATCHED[name]):
        from tests.fuzz.seeds import seeds, vocabulary
        from tests.fuzz.targets import TARGETS, refused

        target, kept = TARGETS[name], Path(findings)
        for data in seeds(name):  # what a function imports when it is called is imported now, and watched
            attempt(refused, target, data, kept)
            (Path(corpus) / f"seed-{hashlib.sha256(data).hexdigest()[:12]}").write_bytes(data)

    words = kept / "words.txt"
    words.write_text("".join(f'"{_quoted(word)}"\n' for word in vocabulary(name)), encoding="ascii")
    size, resident = (int(part) * resource.getpagesize() for part in Path("/proc/self/statm").read_text().split()[:2])
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    flags = [
        f"-max_total_time={seconds}",
        f"-timeout={PATIENCE}",
        f"-rss_limit_mb={(resident + MEMORY) >> 20}",
        f"-max_len={LONGEST}",
    ]
    flags += [f"-dict={words}", f"-artifact_prefix={kept}/", "-print_final_stats=1", "-verbosity=1"]
    atheris.Setup([sys.argv[0], *flags, corpus], lambda data: attempt(refused, target, data, kept))
    atheris.Fuzz()


def hangs(name: str, file: str) -> None:
    """Exit with 1, or be ended, where an input takes longer than it may without being watched."""
    from tests.fuzz.targets import TARGETS, refused

    before = time.process_time()
    longest = int(before + HANGS) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (longest, longest))
    with contextlib.suppress(Exception):  # another finding, if any
        refused(TARGETS[name], Path(file).read_bytes())
    sys.exit(time.process_time() - before > HANGS)


class TookTooLong(BaseException):
    """Ends an input that takes longer than it may, past every `except Exception`."""


def _interrupt(*_: object) -> None:
    raise TookTooLong("interrupted")


def attempt(refused: object, target: object, data: bytes, kept: Path) -> None:
    """Run one input; keep it where it is a finding that has not been seen, or a shorter one."""
    try:
        signal.setitimer(signal.ITIMER_PROF, HANGS * WATCHING)
        try:
            refused(target, data)  # type: ignore[operator]
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except (Exception, TookTooLong) as problem:  # whatever it is, it is what is looked for
        _keep(_place(problem), "".join(traceback.format_exception(problem)), data, kept)


def _place(problem: BaseException) -> str:
    """Type and place of an exception: what makes two findings the same."""
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if "/budgetplan/" in frame.filename]
    last = frames[-1] if frames else traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__} at {Path(last.filename).name}:{last.lineno}"


def _keep(place: str, told: str, data: bytes, kept: Path) -> None:
    name = hashlib.sha256(place.encode()).hexdigest()[:12]
    held = kept / f"{name}.input"
    if not held.exists() or len(held.read_bytes()) > len(data):
        held.write_bytes(data)
        (kept / f"{name}.txt").write_text(f"{place}\n\n{told}", encoding="utf-8", errors="backslashreplace")


def _quoted(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


if __name__ == "__main__":
    (hangs if len(sys.argv) == 3 else main)(*sys.argv[1:])
