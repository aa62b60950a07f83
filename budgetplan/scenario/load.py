"""A scenario file to a scenario, with every problem as `file:line: key: sentence`."""

from __future__ import annotations

import os
import time
from pathlib import Path

from budgetplan.errors import ScenarioError, suggest
from budgetplan.scenario.build import build
from budgetplan.scenario.model import Scenario
from budgetplan.scenario.source import Source, UnreadableYaml, read_yaml

LARGEST = 1_000_000
"""Bytes of a scenario file at most."""
PATIENCE = 1.0
"""How long a pipe may stay without anybody who writes to it. [s]"""
_INIT = "Write a new one with `budgetplan init FILE`."


def load_scenario(path: str | os.PathLike[str]) -> Scenario:
    """Return the scenario that a YAML file describes.

    Parameters
    ----------
    path : str or path
        A YAML file of at most 200,000 characters.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        Where the file cannot be read, or with every problem in it, in the order of the lines.
    """
    return load_with_source(path)[0]


def load_with_source(path: str | os.PathLike[str]) -> tuple[Scenario, Source]:
    """Return the scenario of a file and what the file says word by word, with the lines.

    Parameters
    ----------
    path : str or path
        As for `load_scenario`.

    Returns
    -------
    scenario : Scenario
    source : Source

    Raises
    ------
    ScenarioError
        As for `load_scenario`.
    """
    text = _text(Path(path))
    try:
        source = read_yaml(text)
    except UnreadableYaml as error:
        raise ScenarioError(f"{path}:{error.line}: {error.sentence}") from None
    if not source.values:
        raise ScenarioError(f"{path}: the file is empty; a scenario has at least one line, `budget: 1e25`.", _INIT)
    scenario, problems = build(source.values)
    located = [*source.problems, *((source.line(problem.path), problem) for problem in problems)]
    if scenario is None or located:
        located.sort(key=lambda item: item[0])
        raise ScenarioError([problem.described(str(path), line) for line, problem in located])
    return scenario, source


def _text(path: Path) -> str:
    """Return a file's text, or say why there is none."""
    try:
        if path.is_dir():
            raise ScenarioError(f"{path}: this is a directory, and a scenario is a file.", _inside(path))
        data = _piped(path) if path.is_fifo() else _stored(path)
    except FileNotFoundError:
        close = suggest(path.name, _names(path.parent))
        hint = f"Did you mean {close}?" if close else _INIT
        raise ScenarioError(f"{path}: there is no such file.", hint) from None
    except ScenarioError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        why = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(f"{path}: the file cannot be read: {why}.", "Check its name and permissions.") from None
    if len(data) > LARGEST:
        raise ScenarioError(f"{path}: the file has more than 1 MB, and a scenario has a few lines.", _INIT)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScenarioError(f"{path}:{line}: byte {error.start} is not UTF-8.", "Save the file as UTF-8.") from None


def _stored(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _piped(path: Path) -> bytes:
    """Return what comes through a pipe, `plan <(...)`; one that nobody writes to would be waited for without end."""
    pipe, until = os.open(path, os.O_RDONLY | os.O_NONBLOCK), time.monotonic() + PATIENCE
    with os.fdopen(pipe, "rb") as file:
        try:
            while not (data := os.read(pipe, LARGEST + 1)):
                if time.monotonic() > until:
                    raise ScenarioError(f"{path}: this is a pipe, and nobody writes to it.", "Name a scenario file.")
                time.sleep(PATIENCE / 100)
        except BlockingIOError:  # somebody is about to write
            data = b""
        os.set_blocking(pipe, True)
        return data + file.read(LARGEST + 1 - len(data))


def _names(folder: Path) -> list[str]:
    """Return the names of the YAML files beside a missing one."""
    try:
        return sorted(item.name for item in folder.iterdir() if item.suffix in (".yaml", ".yml"))
    except OSError:
        return []


def _inside(folder: Path) -> str:
    names = _names(folder)
    return f"It holds {', '.join(f'`{name}`' for name in names[:3])}." if names else _INIT
