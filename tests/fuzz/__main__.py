"""Search every reader for inputs that break it: `python -m tests.fuzz [--seconds N] [--target NAME] [--corpus DIR]`.

Each target has a process of its own, one after the other. What its row says was done already is not done again, unless it is named;
the corpus of one search is where the next one begins. atheris is needed, and no test needs it.
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import gettempdir

from budgetplan.parallel.whole_file import write_all
from budgetplan.version import VERSION
from tests.fuzz.rows import row
from tests.fuzz.targets import TARGETS

TABLE = Path(__file__).resolve().parents[2] / "docs" / "fuzz.csv"
_PROGRESS = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+)", re.MULTILINE)
_TOOK = re.compile(r"^Done \d+ runs in (\d+) second", re.MULTILINE)


@dataclass
class Searched:
    """What a search of one target did.

    Attributes
    ----------
    target : str
    seconds : int
        Of searching, without the start of a process. [s]
    processor_seconds : int
        That the processes were given, with their start: less where the machine had other work. [s]
    executions : int
        Inputs that were tried.
    edges, features : int
        Branches taken in the modules that are watched, and those with how often.
    findings : int
        Places that let an exception through, hung or filled the memory.
    open : int
        Those of them that the last search still found.
    version : str
        Of this package.
    """

    target: str
    seconds: int
    processor_seconds: int
    executions: int
    edges: int
    features: int
    findings: int
    open: int
    version: str = VERSION


def search(name: str, seconds: int, corpus: Path) -> Searched:
    """Search one target, in as many processes as it takes: what hangs or fills the memory ends one."""
    inputs, kept = corpus / name, corpus / f"{name}-findings"
    inputs.mkdir(parents=True, exist_ok=True)
    kept.mkdir(exist_ok=True)
    for old in kept.iterdir():
        old.unlink()
    done = Searched(name, 0, 0, 0, 0, 0, 0, 0)
    before = getrusage(RUSAGE_CHILDREN).ru_utime
    while done.seconds < seconds:
        words = [sys.executable, "-m", "tests.fuzz.search", name, str(seconds - done.seconds), str(inputs), str(kept)]
        begun = time.monotonic()
        said = subprocess.run(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, check=False)
        text = said.stderr.decode(errors="replace")
        seen = _PROGRESS.findall(text)
        if not seen:
            raise SystemExit(f"The search of `{name}` did not begin:\n{text[-2000:]}")
        count, edges, features = map(int, seen[-1])
        done.executions += count
        done.edges, done.features = max(done.edges, edges), max(done.features, features)
        took = _TOOK.search(text)
        done.seconds += int(took[1]) if took else round(time.monotonic() - begun)
        if took or said.returncode == 0:
            break
    done.processor_seconds = round(getrusage(RUSAGE_CHILDREN).ru_utime - before)
    done.findings = done.open = len(_found(name, kept))
    return done


def together(old: dict[str, str] | None, new: Searched) -> dict[str, str]:
    """The row of all searches of a target: what was mended in between was found all the same."""
    row = {key: str(value) for key, value in asdict(new).items()}
    if old and old["version"] == new.version:
        row |= {key: str(int(old[key]) + int(row[key])) for key in ("seconds", "processor_seconds", "executions", "findings")}
        row |= {key: str(max(int(old[key]), int(row[key]))) for key in ("edges", "features")}
    return row


def _found(name: str, kept: Path) -> list[Path]:
    """Inputs that are findings: those that the process survived, and those that ended it; hangs where they hang unwatched too."""
    ends = ("crash-", "timeout-", "oom-")
    left = [path for path in sorted(kept.iterdir()) if path.suffix == ".input" or path.name.startswith(ends)]
    for path in list(left):
        if "timeout" in path.name or _told(path).startswith("TookTooLong"):
            words = [sys.executable, "-m", "tests.fuzz.search", name, str(path)]
            if subprocess.run(words, check=False).returncode == 0:
                path.unlink()
                left.remove(path)
    return left


def _told(path: Path) -> str:
    """What is known of a finding, in a line."""
    told = path.with_suffix(".txt")
    return told.read_text(encoding="utf-8").splitlines()[0] if told.exists() else path.name


def main(words: list[str] | None = None) -> None:
    """Search, print the table and every finding, write the table."""
    if find_spec("atheris") is None:
        raise SystemExit("The search needs atheris, a coverage-guided fuzzer: pip install atheris")
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=360, help="of each target")
    parser.add_argument("--target", action="append", choices=list(TARGETS), help="repeatable; default: those without a row")
    parser.add_argument("--corpus", type=Path, default=Path(gettempdir()) / "budgetplan-fuzz", help="inputs that are worth keeping")
    asked = parser.parse_args(words)
    rows = _read()
    for name in asked.target or TARGETS:
        old = rows.get(name)
        had = int(old["seconds"]) if old and old["version"] == VERSION and asked.target is None else 0
        if had >= asked.seconds:
            continue
        rows[name] = together(old, search(name, asked.seconds - had, asked.corpus))
        _write(rows)
        sys.stdout.write(f"{', '.join(f'{key} {value}' for key, value in rows[name].items())}\n")
        for path in _found(name, asked.corpus / f"{name}-findings"):
            sys.stdout.write(f"  {_told(path)}\n  {row(name, path.read_bytes())}\n")
        sys.stdout.flush()


def _read() -> dict[str, dict[str, str]]:
    if not TABLE.exists():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {item["target"]: item for item in csv.DictReader(file)}


def _write(rows: dict[str, dict[str, str]]) -> None:
    text = StringIO()
    writer = csv.DictWriter(text, list(next(iter(rows.values()))), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[name] for name in TARGETS if name in rows)
    write_all({TABLE: text.getvalue().encode()})


if __name__ == "__main__":
    main()
