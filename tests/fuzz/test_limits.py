"""Files and texts that are made to be large inside: each is refused in under 2 s and 1 GB, with its sentence and exit code.

A process first refuses something ordinary, and then what is hostile: what is counted is processor time, without the start of Python
and whatever else the machine does; and the memory that may be taken from then on is 1 GB.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LONGEST = 2.0
"""Processor time. [s]"""
LAW = "id: x\nlink: pretraining\nform: chinchilla\ncoefficients: {E: 1.7, A: 400, B: 400, alpha: 0.3, beta: 0.3}\n"
CHILD = """
import contextlib, io, json, os, resource, sys, time
from budgetplan.cli import main

def timed(folder, words):
    os.chdir(folder)
    out, err = io.StringIO(), io.StringIO()
    before = time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words)
    took, said = time.process_time() - before, err.getvalue()
    return {"status": status, "took": took, "out": out.getvalue()[:5000], "err": said[:2500] + said[-2500:]}

calls = json.load(sys.stdin)
ordinary = calls.pop("ordinary")
first = [timed(*ordinary) for _ in range(2)][-1]  # the first time imports what the second uses
assert first["status"] == 2, first
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 30), used + (1 << 30)))
for name, call in calls.items():
    sys.stdout.write(json.dumps([name, {**timed(*call), "ordinary": first["took"]}]) + chr(10))
    sys.stdout.flush()
"""


def laughs(last: str) -> str:
    lines = ["a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for before, name in zip("abcdefghi", "bcdefghij", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    return "\n".join([*lines, f"{last}: *j"]) + "\n"


def sparse(path: Path, head: str, size: int) -> None:
    """A file of one line: what it begins with, and zeros that take no room on the disk."""
    with path.open("wb") as file:
        file.write(head.encode())
        file.truncate(size)


def run(calls: dict[str, tuple[str, list[str]]]) -> dict[str, dict[str, Any]]:
    """What each call came to, by name; a process that ends early leaves the rest out."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=json.dumps(calls).encode(),
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        check=False,
    )
    return dict(json.loads(line) for line in done.stdout.splitlines())


PLAN = ["plan", "a.yaml"]
LAWS = ["laws", "./a.yaml"]
FIT = ["fit", "a.csv", "--form", "chinchilla"]
FILES = {
    "laughing scenario": (PLAN, laughs("budget"), "is an anchor or alias"),
    "laughing law": (LAWS, LAW + laughs("caveats"), "is an alias of a list or mapping"),
    "laughing keys of a law": (LAWS, LAW + "a: &a {x: 1}\nb: {<<: *a, y: 2}\n", "is an alias of a list or mapping"),
    "deep JSON as a scenario": (PLAN, '{"a":' * 30_000 + "1" + "}" * 30_000, "nested deeper than 4 levels"),
    "deep JSON as a law": (LAWS, LAW + "box: " + '{"a":' * 30_000 + "1" + "}" * 30_000, "nested deeper than 12 levels"),
    "deep lists as a law": (LAWS, LAW + "box:\n" + "".join(f"{' ' * n}-\n" for n in range(600)), "nested deeper than 12 levels"),
    "many unknown keys": (PLAN, "".join(f"k{n}: 1\n" for n in range(20_000)), "2000 keys and values end here"),
    "as many limits": (PLAN, "budget: 1e25\nmax: {" + ", ".join(f"k{n}: 1" for n in range(900)) + "}\n", "there is no such key"),
    "many coefficients": (
        LAWS,
        LAW[:-2] + "".join(f", c{n}: 1" for n in range(15_000)) + "}\n",
        "more than 10,000 values",
    ),
    "a law of much prose": (LAWS, LAW + "title: |\n" + "  a\n" * 200_000, "more than 250,000 characters"),
    "a law of many draws": (LAWS, LAW + "draws:\n" + "- [1.7, 400, 400, 0.3, 0.3]\n" * 300_000, "rows are more than 100,000"),
    "a million rows, the last of which is bad": (
        FIT,
        "params,tokens,loss\n" + "1e8,2e9,3\n" * 999_999 + "1e8,2e9,x\n",
        "row 1000000: `loss`",
    ),
    "a million columns": (FIT, "params,tokens,loss" + ",a" * 999_997 + "\n1,2,3\n", "1000 are the most"),
    "a million fields under three names": (
        FIT,
        "params,tokens,loss\n" + ",".join(["1"] * 1_000_000) + "\n",
        "line 2 has 1000000 fields",
    ),
    "a million lines of nothing": (FIT, "params,tokens,loss\n" + "\n" * 1_000_000, "0 runs cannot determine"),
    "a field of 50 MB": (FIT, "params,tokens,loss\n1e8,2e9," + "x" * 50_000_000 + "\n", "row 1: `loss`"),
}
"""Command line, file, sentence."""


LONG = {
    "a scenario of one line of 200 MB": (PLAN, "more than 1 MB"),
    "a law of one line of 200 MB": (LAWS, "larger than 10 MB"),
    "a table of one line of 200 MB": (FIT, "larger than 100 MB"),
}
"""Command line, sentence."""
TEXTS = {
    "a huge exponent": (["convert", "1e" + "9" * 190, "--to", "FLOP"], "larger than a number can be here"),
    "a huge negative exponent": (["plan", "--budget", "1e-" + "9" * 190], "is zero"),
    "a number of ten thousand digits": (["plan", "--budget", "9" * 10_000], "has 10000 characters"),
    "a fraction of a hundred digits": (
        ["plan", "--budget", "1e25", "--mfu", "9" * 99 + "/" + "1" + "0" * 98],
        "above the largest allowed",
    ),
    "units of time without end": (["plan", "--gpus", "8xH100", "--for", "1h" * 99 + "!"], "duration"),
    "spaces without end": (["plan", "--budget", "1" + " " * 100_000 + "x"], "characters"),
    "per per per": (["plan", "--budget", "1e25", "--price", "1" + " per" * 48, "--gpu", "H100"], "price"),
    "underlines": (["plan", "--budget", "1" + "_1" * 99 + "_"], "budget"),
    "devices without end": (["plan", "--for", "1d", "--gpus", "A " * 99 + ":"], "gpus"),
    "a condition of letters": (["crossover", "--when", "a" * 60_000 + " " * 60_000], "is not of the form KEY>VALUE"),
    "a case of commas": (["what-if", "--budget", "1e25", "--case", "budget=1" + "," * 100_000], "budget"),
    "quotes of a query": ([*FIT, "--where", "'" * 999], "`where`"),
    "dots of a query": ([*FIT, "--where", "loss" + ".abs()" * 160 + " > 1"], "1 run cannot determine"),
    "brackets of a query": ([*FIT, "--where", "(" * 499 + "loss" + ")" * 490], "`where`"),
    "numbers of a query": ([*FIT, "--where", "1" * 990 + "." + "_"], "`where`"),
    "a name like all others": (["plan", "--budget", "1e25", "--law", "besiroglu-" * 400], "law"),
}
"""Command line, sentence."""


CASES = {**{name: (call, says) for name, (call, _, says) in FILES.items()}, **LONG, **TEXTS}


@pytest.fixture(scope="module", params=[("plan", "convert", "what-if", "crossover"), ("laws",), ("fit",)], ids=" ".join)
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What all calls of some commands came to, in one process."""
    calls = {}
    base = tmp_path_factory.mktemp("large")
    for number, (name, (words, _)) in enumerate(CASES.items()):
        if words[0] in request.param:
            folder = base / str(number)
            folder.mkdir()
            prepare(name, words, folder)
            calls[name] = (str(folder), words)
    ordinary = {
        "plan": (PLAN, "x: [\n"), "laws": (LAWS, "x: [\n"), "fit": ([*FIT, "--where", "loss >"], "params,loss\n1e8,x\n")
    }  # fmt: skip
    words, text = ordinary[request.param[0]]
    for name in ("a.yaml", "a.csv"):
        (base / name).write_text(text, encoding="utf-8")
    made = run({"ordinary": (str(base), words), **calls})
    shutil.rmtree(base)
    assert list(made) == list(calls), "the call after the last one ended the process"
    return made


def prepare(name: str, words: list[str], folder: Path) -> None:
    """The file that a call reads."""
    path = folder / ("a.csv" if words[0] == "fit" else "a.yaml")
    if name in LONG:
        sparse(path, "params,tokens,loss" if words[0] == "fit" else "id: x", 200_000_000)
    else:
        path.write_text(FILES[name][1] if name in FILES else "params,tokens,loss\n1e8,2e9,3\n", encoding="utf-8")


def test_each_is_refused_in_time(answers: dict[str, dict[str, Any]], subtests: pytest.Subtests) -> None:
    for name, found in answers.items():
        with subtests.test(name):
            says = CASES[name][1]
            assert says in found["err"], found
            assert (found["status"], found["out"]) == (3 if "cannot determine" in says else 2, "")
            assert "MemoryError" not in found["err"]
            assert found["took"] - found["ordinary"] < LONGEST, found
