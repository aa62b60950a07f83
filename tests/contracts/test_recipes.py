"""Each recipe of CONTRIBUTING.md, followed to the letter in a copy of the repository, gives what it promises."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.contracts.recipes import Recipe, copied, recipes

RECIPES = recipes()


def test_there_is_a_recipe_for_each() -> None:
    assert [recipe.name for recipe in RECIPES] == ["a law", "a training method", "a plot"]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_instruction_is_read(recipe: Recipe) -> None:
    said = len(re.findall(r"\badd:|\bput\s+`|\b[Ww]rite\s+`", recipe.text))
    assert len(recipe.steps) == said
    assert len(re.findall(r"^```\w", recipe.text, re.MULTILINE)) == 1 + sum(not step["inside"] for step in recipe.steps)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_recipe_gives_what_it_promises(recipe: Recipe, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    recipe.follow(folder)
    for command in recipe.commands:
        program, *words = shlex.split(command)
        if program == "pytest":
            words += ["-p", "no:cacheprovider"]
        done = _run(folder, program, *words)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert f"{folder}{os.sep}" in _run(folder, "budgetplan.datafiles", code=True).stdout, "the copy is not what was asked"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_what_a_recipe_writes_is_in_the_houses_style(recipe: Recipe, tmp_path: Path) -> None:
    if find_spec("ruff") is None:
        pytest.skip("ruff is not installed")
    folder = copied(tmp_path)
    recipe.follow(folder)
    files = sorted({name for name in recipe.files() if name.endswith(".py")})
    laid = _run(folder, "ruff", "format", "--no-cache", *files)
    done = _run(folder, "ruff", "check", "--no-cache", *files)
    assert (laid.returncode, done.returncode) == (0, 0), laid.stderr + done.stdout


def _run(folder: Path, program: str, *words: str, code: bool = False) -> subprocess.CompletedProcess[str]:
    asked = ["-c", f"import {program}; print({program}.__file__)"] if code else ["-m", program, *words]
    env = {key: value for key, value in os.environ.items() if key != "PYTEST_ADDOPTS"} | {"PYTHONPATH": str(folder)}
    return subprocess.run([sys.executable, *asked], cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
