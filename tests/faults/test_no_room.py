"""A full disk, a protected target, a stdout that takes nothing: a sentence, exit code 2, the old file as it was."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from budgetplan.errors import OutputError
from budgetplan.parallel.whole_file import whole_file, write_all
from tests.faults.commands import OLD, WRITING, Writing, environment, program

NOBODY = 65534
BY_NAME = {writing.name: writing for writing in WRITING}
QUICK = Writing("convert", "convert 21d --to h -o hours.txt", ("hours.txt",))


def run(words: list[str], folder: Path, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    words, more = program(words), {"capture_output": True, "text": True, "encoding": "utf-8", "check": False}
    return subprocess.run(words, cwd=folder, env=environment(), preexec_fn=before, **more)


def small_files() -> None:
    """Let no file grow over 512 bytes, as a full disk or a quota would."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))


def check_refused(done: subprocess.CompletedProcess[str], folder: Path, writing: Writing, why: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert why in done.stderr
    assert f"`{writing.files[0]}` cannot be written" in done.stderr
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "part" not in done.stderr
    assert {name: (folder / name).read_bytes() for name in writing.files} == dict.fromkeys(writing.files, OLD)
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("name", ["fit", "sweep", "plot", "plan", "report"])
def test_a_file_that_may_not_grow_is_refused(tmp_path: Path, name: str) -> None:
    writing = BY_NAME[name]
    writing.prepare(tmp_path)
    for file in writing.files:
        (tmp_path / file).write_bytes(OLD)
    check_refused(run(writing.words, tmp_path, small_files), tmp_path, writing, "File too large")


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB with 4 KiB left."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a small file system can be mounted only by root, in a container that allows it")
    try:
        (place / "filler").write_bytes(bytes(56 * 1024))
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("name", ["sweep", "plot"])
def test_a_full_disk_is_refused(full_disk: Path, name: str) -> None:
    writing = BY_NAME[name]
    for file in writing.files:
        (full_disk / file).write_bytes(OLD)
    check_refused(run(writing.words, full_disk), full_disk, writing, "No space left on device")


@pytest.mark.parametrize("protected", ["file", "folder"])
def test_a_write_protected_target_is_refused(tmp_path: Path, protected: str) -> None:
    folder = tmp_path / "place"
    folder.mkdir()
    target = folder / "hours.txt"
    target.write_bytes(OLD)
    as_root = os.geteuid() == 0
    if as_root:
        os.chown(folder, NOBODY, NOBODY)
        os.chown(target, NOBODY, NOBODY)
        for above in (tmp_path, *tmp_path.parents[:3]):
            above.chmod(above.stat().st_mode | 0o711)
    (target if protected == "file" else folder).chmod(0o444 if protected == "file" else 0o555)
    try:
        # Root may write everything, so the process gives that up, once it has loaded what only root may read.
        become = f"os.setgid({NOBODY}); os.setuid({NOBODY}); " if as_root else ""
        code = f"import os; from budgetplan.cli.output import write_file; {become}write_file('hours.txt', 'new')"
        words = [sys.executable, "-c", code]
        done = subprocess.run(words, cwd=folder, env=environment(), capture_output=True, text=True, encoding="utf-8", check=False)
        why = "it is write-protected" if protected == "file" else "Permission denied"
        assert f"OutputError: `hours.txt` cannot be written: {why}." in done.stderr
    finally:
        folder.chmod(0o755)
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("hours.txt", OLD)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("line", ["convert 21d --to h", "--help", "convert --help"])
def test_a_full_stdout_is_told(tmp_path: Path, line: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            program(line.split()), cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("error: stdout cannot be written: No space left on device.\nhint: ")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_stderr_changes_no_exit_code(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        words = program(["convert", "21d", "--to", "nonsense"])
        done = subprocess.run(words, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=full, check=False)
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.parametrize(("closed", "code"), [(1, 2), (2, 0)])
def test_a_closed_stream_is_no_internal_error(tmp_path: Path, closed: int, code: int) -> None:
    done = run(["convert", "21d", "--to", "h"], tmp_path, lambda: os.close(closed))
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    if closed == 1:
        assert done.stderr.startswith("error: stdout is closed.")


def test_a_pipe_by_its_name_is_written_as_it_is(tmp_path: Path) -> None:
    assert run(["convert", "21d", "--to", "h", "-o", "/dev/stdout"], tmp_path).stdout == "504 h\n"


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch(mode=0o600)
    write_all({tmp_path / "a.txt": b"new"})
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o600


def test_what_a_killed_process_left_is_not_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(OutputError), whole_file(tmp_path / "a.txt") as part:
        raise OutputError("killed")
    part.write_bytes(b"half")  # as a kill would have left it
    write_all({tmp_path / "a.txt": b"new"})
    assert (tmp_path / "a.txt").read_bytes() == b"new"
    assert part.exists()


def test_a_name_as_long_as_the_system_allows_is_written(tmp_path: Path) -> None:
    name = "é" * 125 + ".txt"
    write_all({tmp_path / name: b"new"})
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_of_several_files_none_is_written_where_one_cannot(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a").write_bytes(OLD)
    with pytest.raises(IsADirectoryError):
        write_all({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    assert (tmp_path / "a").read_bytes() == OLD
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
