"""From the words typed to an exit code: the only place that turns errors into text."""

from __future__ import annotations

import errno
import os
import shlex
import sys
from collections.abc import Sequence

import typer

from budgetplan.cli import completion
from budgetplan.cli.app import PROGRAM, build_app
from budgetplan.cli.failures import report, report_usage
from budgetplan.errors import BudgetPlanError, OutputError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where a file may not grow."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after the program's name; default: those of this process. None at all show the help.

    Returns
    -------
    int
        0 answered, 2 malformed question, 3 no answer exists, 4 not certified, 5 `--strict` and warned. Anything that is
        not a user's mistake is raised, so that the interpreter shows its traceback and exits with 1.
    """
    # no plugin has a say in what a scenario is, and looking for them takes 20 ms of every start
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if argv is None and (instruction := os.environ.get(completion.VARIABLE)):
        # a shell asks what could come next; the line is in the environment, not in the arguments
        return completion.answer(build_app(completion.typed_words()), PROGRAM, instruction)
    words = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    try:
        status = _run(words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BudgetPlanError as error:
        return report(error, words)
    except typer.TyperException as error:
        return report_usage(error, words)
    except (KeyboardInterrupt, typer.Abort):
        return 130  # as a shell reports a process that was interrupted
    except BrokenPipeError:
        # The reader (`| head`) has seen enough. Python would complain once more when it flushes on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno not in FULL:
            raise
        # An answer's own writer says so itself; this is the help's.
        return report(OutputError(f"stdout cannot be written: {error.strerror}.", "Write to a disk with room left."), words)
    return status


def _run(words: list[str]) -> int:
    """Parse and call, without the handlers of `typer.Typer.__call__`, which print errors in their own way."""
    command = typer.main.get_command(build_app(words))
    try:
        with command.make_context(PROGRAM, list(words), obj=shlex.join([PROGRAM, *words])) as context:
            command.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    return 0
