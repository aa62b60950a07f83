"""Completion in a shell: the protocol that its script speaks, and the names that are completed.

Names are taken from the shipped files line by line: a key press must not wait for numpy.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import typer
import typer.completion

from budgetplan.datafiles import data_path
from budgetplan.errors import UnknownNameError

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_BUDGETPLAN_COMPLETE"
"""Environment variable by which a shell asks."""
_LISTED = {name: f"{name}.yaml" for name in ("hardware", "methods", "models", "datasets", "architectures")}
_ID = re.compile(r"^ {0,2}- id: (\S+) *$", re.MULTILINE)


def script(shell: str, program: str) -> str:
    """Return what a shell has to read so that it completes.

    Parameters
    ----------
    shell : str
        bash, zsh or fish.
    program : str
        Name of the command.

    Raises
    ------
    UnknownNameError
        If it is another shell.
    """
    if shell not in SHELLS:
        raise UnknownNameError("shell with completion", shell, SHELLS)
    make: Callable[..., str] = typer.completion.get_completion_script  # type: ignore[attr-defined]  # typer names it without listing it
    return make(prog_name=program, complete_var=VARIABLE, shell=shell)


def typed_words() -> list[str]:
    """Return the words after the program's name in the line that is being completed."""
    return (os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")).split()[1:]


def answer(app: typer.Typer, program: str, instruction: str) -> int:
    """Write the completions that a shell asks for to stdout.

    Parameters
    ----------
    app : typer.Typer
        With the command that is typed.
    program : str
        Its name.
    instruction : str
        Such as `complete_bash`.

    Returns
    -------
    int
        The exit code: 0, or 1 where the shell is unknown; fish also asks by it whether there is anything.
    """
    typer.completion.completion_init()  # type: ignore[attr-defined]  # typer names it without listing it
    return typer.completion.shell_complete(typer.main.get_command(app), {}, program, VARIABLE, instruction)


def names(kind: str) -> list[str]:
    """Return the names of one kind that are shipped.

    Parameters
    ----------
    kind : {"laws", "hardware", "methods", "models", "datasets", "architectures"}

    Examples
    --------
    >>> "H100" in names("hardware"), "grpo" in names("methods"), "default" in names("laws")
    (True, True, True)
    """
    if kind == "laws":
        return sorted(path.stem for path in data_path("laws").glob("*.yaml"))
    return _ID.findall(data_path(_LISTED[kind]).read_text(encoding="utf-8"))


def completes(kind: str, more: tuple[str, ...] = (), after: str = "") -> Callable[[str], list[str]]:
    """Return the completer of an option or argument.

    Parameters
    ----------
    kind : str
        As for `names`; empty for only `more`.
    more : tuple of str
        Further words.
    after : str
        Pattern of what may stand before the name and is kept: `256x`, `rl=`.

    Returns
    -------
    callable
        Of the word as far as it is typed.
    """

    def complete(incomplete: str) -> list[str]:
        found = re.match(after, incomplete) if after else None
        kept = found[0] if found else ""
        return [kept + name for name in (*more, *(names(kind) if kind else ())) if name.startswith(incomplete[len(kept) :])]

    return complete


COMPLETERS: dict[str, Callable[[str], list[str]]] = {
    "law": completes("laws", ("all",), r"(?:[^,]*,)*"),
    "link": completes("laws", (), r"[a-z]+="),
    "gpu": completes("hardware"),
    "gpus": completes("hardware", (), r"[0-9]+x"),
    "method": completes("methods"),
    "architecture": completes("architectures"),
    "precision": completes("", ("bf16", "fp8")),
    "checkpoint": completes("models"),
    "verifier": completes("", ("none", "oracle")),
    "count": completes("", ("training-equivalent", "operations")),
    "objective": completes("", ("law", "expected", "cvar10", "minimax-law")),
}
"""By the name of a scenario option."""
