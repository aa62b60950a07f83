"""Errors as a user sees them: sentences on stderr, or one JSON object there, and an exit code by class."""

from __future__ import annotations

import json
from collections.abc import Sequence

import typer

from budgetplan.cli.app import COMMANDS, PROGRAM
from budgetplan.errors import BudgetPlanError, suggest

USAGE = 2
"""Exit code of a command line that cannot be parsed."""


def report(error: BudgetPlanError, words: Sequence[str]) -> int:
    """Print an error of the package.

    Parameters
    ----------
    error : BudgetPlanError
        What went wrong.
    words : sequence of str
        The command line; `--format json` in it asks for JSON.

    Returns
    -------
    int
        The exit code of its class.
    """
    _print(error.code, error.message, error.hint, words)
    return error.exit_code


def report_usage(error: typer.TyperException, words: Sequence[str]) -> int:
    """Print an unknown command or option, a missing argument or value, a word that is not among the choices.

    Parameters
    ----------
    error : typer.TyperException
        As the parser raised it.
    words : sequence of str
        The command line.

    Returns
    -------
    int
        2.
    """
    unknown, known = getattr(error, "option_name", ""), getattr(error, "possibilities", None) or ()
    close = suggest(unknown, known, most=1)
    message = error.message if close else error.format_message()
    typed = [word for word in words if word in COMMANDS][:1]
    hint = f"Did you mean {close}?" if close else f"`{' '.join([PROGRAM, *typed])} --help` shows what there is."
    _print("usage", message, hint, words)
    return USAGE


def wants_json(words: Sequence[str]) -> bool:
    """Tell whether a command line asks for JSON, readable or not: the last `--format` holds.

    Parameters
    ----------
    words : sequence of str
        The command line.

    Examples
    --------
    >>> wants_json(["plan", "--format", "json"]), wants_json(["plan", "--format=csv"])
    (True, False)
    """
    found = ""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--":
            break
        if word == "--format":
            found = following
        elif word.startswith("--format="):
            found = word.partition("=")[2]
    return found == "json"


def _print(code: str, message: str, hint: str, words: Sequence[str]) -> None:
    if wants_json(words):
        text = json.dumps({"error": {"code": code, "message": message, "hint": hint}})
    else:
        lines = [f"error: {_shown(line)}" for line in message.splitlines()]
        text = "\n".join([*lines, f"hint: {_shown(hint)}"] if hint else lines)
    from budgetplan.cli.output import to_stderr  # 12 ms, which only a mistake pays

    to_stderr(text + "\n")


def _shown(text: str) -> str:
    r"""Text that a terminal prints and does not obey.

    Examples
    --------
    >>> _shown("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
