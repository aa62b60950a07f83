"""Run command lines with `--format json` and keep what they answer, for drafting and checking the schemas.

python -m scripts.draft_schemas.collect FOLDER [COMMAND ...]
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from budgetplan.cli import main
from budgetplan.cli.app import COMMANDS, GROUPS

QUESTIONS = Path(__file__).resolve().parents[2] / "tests" / "schemas" / "questions.txt"
SERVERS = ("explore",)


def lines() -> Iterator[list[str]]:
    """The examples of every help and the lines of the file."""
    for command in COMMANDS:
        if command in GROUPS or command in SERVERS:
            continue
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            main([command, "--help"])
        for line in shown.getvalue().rpartition("Examples:")[2].splitlines():
            if line.strip() and "--get" not in line:  # one value has no shape
                yield shlex.split(line)[1:]
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield shlex.split(line)


def write_files(folder: Path) -> None:
    """The files that the lines name."""
    (folder / "one.yaml").write_text("budget: 1e25\n", encoding="utf-8")
    (folder / "two.yaml").write_text("budget: 2e25\nmax:\n  rl_share: 20%\n", encoding="utf-8")
    (folder / "llama.yaml").write_text("budget: 1e25\nlaw: llama3-2024\n", encoding="utf-8")
    (folder / "none.yaml").write_text("budget: 1e22\nqueries: 1e22\n", encoding="utf-8")
    draw = np.random.default_rng(0)
    params = np.geomspace(5e7, 5e9, 60)
    tokens = params * np.exp(draw.uniform(1, 5, 60))
    loss = (1.8 + 480 / params**0.35 + 2000 / tokens**0.37) * np.exp(0.002 * draw.standard_normal(60))
    pd.DataFrame({"params": params, "tokens": tokens, "loss": loss}).to_csv(folder / "runs.csv", index=False)
    x = np.tile(np.geomspace(1e8, 1e11, 15), 2)
    success = 0.2 + 0.4 / (1 + (2e9 / x) ** 1.5) + 0.003 * draw.standard_normal(30)
    table = pd.DataFrame({"rl_tokens": x, "success": success, "model": ["1B"] * 15 + ["8B"] * 15})
    table.to_csv(folder / "curves.csv", index=False)


def asked_json(words: list[str]) -> list[str]:
    """The line with JSON as its format, whatever it said."""
    kept = [word for index, word in enumerate(words) if word != "--format" and (index == 0 or words[index - 1] != "--format")]
    return [*kept, "--format", "json"]


def answer(words: list[str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a line."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words)
    return status, out.getvalue(), err.getvalue()


if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    write_files(folder)
    os.chdir(folder)
    with (folder / "answers.jsonl").open("a", encoding="utf-8") as file:
        for words in lines():
            if sys.argv[2:] and words[0] not in sys.argv[2:]:
                continue
            if "-o" in words and words[0] not in ("plot", "report"):
                continue
            status, out, err = answer(asked_json(words))
            told = json.loads(out) if status == 0 and out else None
            error = json.loads(err) if status and err.startswith("{") else None
            file.write(json.dumps({"words": words, "status": status, "data": told, "error": error}) + "\n")
            file.flush()
            print(status, shlex.join(words), flush=True)
