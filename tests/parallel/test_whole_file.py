"""What a killed writer leaves is removed by the next writer of the same file, and what a living one holds is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from budgetplan.parallel.whole_file import LEFT, whole_file

BEGUN = """
import sys
from budgetplan.parallel.whole_file import whole_file
with whole_file(sys.argv[1]) as part:
    part.write_text("a part of it")
    print("begun", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "table [1].csv"


def begun(target: Path) -> subprocess.Popen[bytes]:
    """A process that has written a part, which is as old as one from yesterday."""
    line = [sys.executable, "-c", BEGUN, str(target)]
    process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    for part in parts(target):
        os.utime(part, (part.stat().st_atime, part.stat().st_mtime - 10 * LEFT))
    return process


def parts(target: Path) -> list[Path]:
    return [path for path in target.parent.iterdir() if path.suffix == ".part"]


def written(target: Path) -> None:
    with whole_file(target) as part:
        part.write_text("all of it")


def test_a_killed_writers_part_is_removed_by_the_next(target: Path) -> None:
    process = begun(target)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(parts(target)) == 1
    written(target)
    assert (parts(target), target.read_text()) == ([], "all of it")


def test_a_living_writers_part_stays_and_takes_the_name_at_last(target: Path) -> None:
    process = begun(target)
    written(target)
    assert len(parts(target)) == 1
    process.communicate(b"")
    assert (process.returncode, parts(target), target.read_text()) == (0, [], "a part of it")


def test_a_young_part_and_another_files_part_stay(target: Path) -> None:
    young = target.with_name(f".{target.name}.{'0' * 12}.part")
    other = target.with_name(f".another.csv.{'0' * 12}.part")
    for path in (young, other):
        path.touch()
    os.utime(other, (0.0, 0.0))
    written(target)
    assert sorted(parts(target)) == sorted([young, other])
