"""Processes that write the same file at the same time: it is the answer of one of them, whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.commands import environment, program, simulated_runs

WRITERS, TURNS, SIZE = 4, 60, 400_000
MANY = """
import sys
from pathlib import Path
from budgetplan.parallel.whole_file import write_all
letter, turns, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for _ in range(turns):
    write_all({Path("same.txt"): (letter * size).encode()})
"""


def test_a_reader_sees_one_writers_file_at_any_moment(tmp_path: Path) -> None:
    wholes = {(letter * SIZE).encode() for letter in "abcd"[:WRITERS]}
    words = [[sys.executable, "-c", MANY, letter, str(TURNS), str(SIZE)] for letter in "abcd"[:WRITERS]]
    running = [subprocess.Popen(line, cwd=tmp_path, env=environment()) for line in words]
    seen, file = 0, tmp_path / "same.txt"
    while any(process.poll() is None for process in running):
        if file.exists():
            assert file.read_bytes() in wholes
            seen += 1
    assert [process.returncode for process in running] == [0] * WRITERS
    assert seen > 0
    assert file.read_bytes() in wholes
    assert [path.name for path in tmp_path.iterdir()] == ["same.txt"]


@pytest.mark.parametrize(
    ("lines", "files"),
    [
        (
            ["fit runs.csv --form chinchilla -o law.yaml", "fit runs.csv --form chinchilla --tied -o law.yaml"],
            ["law.yaml"],
        ),
        (
            [
                "sweep --law additive --over budget=1e20..1e27:40 -o t.csv",
                "sweep --law additive --over budget=1e20..1e26:40 -o t.csv",
            ],
            ["t.csv"],
        ),
        (["plot split --budget 1e25 -o s.svg", "plot split --budget 1e24 -o s.svg"], ["s.svg", "s.svg.csv"]),
    ],
    ids=["fit", "sweep", "plot"],
)
def test_two_commands_with_one_output_leave_one_whole_answer(tmp_path: Path, lines: list[str], files: list[str]) -> None:
    answers: list[dict[str, bytes]] = []
    for at, line in enumerate(lines):
        alone = tmp_path / str(at)
        alone.mkdir()
        simulated_runs(alone)
        subprocess.run(program(line.split()), cwd=alone, env=environment(), check=True, capture_output=True)
        answers.append({name: (alone / name).read_bytes() for name in files})
    assert answers[0] != answers[1]
    both = tmp_path / "both"
    both.mkdir()
    simulated_runs(both)
    running = [
        subprocess.Popen(program(line.split()), cwd=both, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for line in lines
    ]
    errors = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], errors
    for name in files:
        assert (both / name).read_bytes() in {answer[name] for answer in answers}
    assert sorted(path.name for path in both.iterdir()) == sorted(["runs.csv", *files])
