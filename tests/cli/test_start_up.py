"""The help is there before anything heavy is imported, and the module runs as a program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from budgetplan.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "scipy", "pandas", "pydantic", "matplotlib", "ruamel", "yaml", "jinja2")
SCRIPT = """
import sys
from budgetplan.cli import main
status = main(sys.argv[1:])
sys.stderr.write(" ".join(name for name in {heavy} if name in sys.modules))
sys.exit(status)
"""


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("plan", "--help"), ("laws", "--help")], ids=" ".join)
def test_help_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    # typer itself imports pydantic to name the types of a command's options
    heavy = HEAVY if len(words) == 1 else tuple(name for name in HEAVY if name != "pydantic")
    done = _run("-c", SCRIPT.format(heavy=heavy), *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_plan_imports_no_scipy_pandas_or_matplotlib() -> None:
    done = _run("-c", SCRIPT.format(heavy=("scipy", "pandas", "matplotlib", "rich")), "plan", "--budget", "1e25")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_module_is_the_program() -> None:
    done = _run("-m", "budgetplan", "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"budgetplan {VERSION}\n", "")
    assert _run("-m", "budgetplan", "plan", "--budget", "0").returncode == 2


def test_a_full_disk_is_told() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full on this system")
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "budgetplan", "convert", "21d", "--to", "h"],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("error: stdout cannot be written: No space left on device.")
