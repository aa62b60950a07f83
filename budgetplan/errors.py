"""Everything that budgetplan raises on purpose, with the exit code each class stands for.

A message says what is wrong (with value, unit and place) and what would be right; the hint says what to do.
Exit codes: 1 internal, 2 malformed question, 3 no answer exists, 4 not converged or not certified, 5 strict and warned.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class BudgetPlanError(Exception):
    """Base of all errors that a user can cause or act on.

    Parameters
    ----------
    message : str
        What is wrong and what would be right.
    hint : str, optional
        What to do about it.

    Attributes
    ----------
    code : str
        Stable name of the kind of error, for machines.
    exit_code : int
        Exit status of the command line for this error.
    """

    code: str = "error"
    exit_code: int = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UnitError(BudgetPlanError, ValueError):
    """A quantity that cannot be read, or has the wrong unit or range."""

    code = "quantity"
    exit_code = 2


class ScenarioError(BudgetPlanError, ValueError):
    """A question that is malformed: keys, values or combinations of them; all problems together.

    Parameters
    ----------
    problems : sequence of str
        One sentence per problem, each beginning with its place (`file:line: key:`) where it has one.
    hint : str, optional
        What to do about it.
    """

    code = "scenario"
    exit_code = 2

    def __init__(self, problems: Sequence[str] | str, hint: str = "") -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems), hint)


class UnknownNameError(BudgetPlanError, ValueError):
    """A law, GPU, method, link or key that does not exist; close misspellings are suggested.

    Parameters
    ----------
    kind : str
        What the name should have named, for example `law`.
    name : str
        The name as given.
    known : iterable of str
        The names that exist.
    """

    code = "unknown-name"
    exit_code = 2

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        close = suggest(name, self.known)
        hint = f"Did you mean {close}?" if close else f"Known: {', '.join(self.known)}."
        super().__init__(f"There is no {kind} `{name}`.", hint)


class DataError(BudgetPlanError, ValueError):
    """A file whose contents cannot be used: a law, runs, hardware or methods."""

    code = "data"
    exit_code = 2


class OutputError(BudgetPlanError, OSError):
    """A file that cannot be written."""

    code = "output"
    exit_code = 2


class MissingExtraError(BudgetPlanError, ImportError):
    """An optional part that is not installed.

    Parameters
    ----------
    feature : str
        What was asked for.
    extra : str
        The extra that brings it.
    """

    code = "missing-extra"
    exit_code = 2

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs the extra `{extra}`.", f"Install it: pip install 'budgetplan[{extra}]'.")


class InfeasibleError(BudgetPlanError):
    """No allocation satisfies the limits, or no budget reaches the target.

    Parameters
    ----------
    message : str
        Which limits conflict, with their amounts.
    hint : str, optional
        Which of them to relax.
    limits : sequence of str
        Names of the conflicting limits.
    """

    code = "infeasible"
    exit_code = 3

    def __init__(self, message: str, hint: str = "", limits: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        self.limits = tuple(limits)


class SolverError(BudgetPlanError):
    """The solver did not converge, or its certificate failed.

    Parameters
    ----------
    message : str
        What was reached and what was required.
    hint : str, optional
        What to do about it.
    status : str
        The status the solver returned.
    """

    code = "not-certified"
    exit_code = 4

    def __init__(self, message: str, hint: str = "", status: str = "stalled") -> None:
        super().__init__(message, hint)
        self.status = status


class FitError(BudgetPlanError):
    """A fit that was asked for correctly and still has no answer."""

    code = "fit"
    exit_code = 3


class StrictError(BudgetPlanError):
    """A warning was raised and `--strict` was given."""

    code = "strict"
    exit_code = 5


def suggest(name: str, known: Iterable[str], most: int = 2) -> str:
    """Names that `name` may be a misspelling of, quoted and joined by "or"; empty where none is close.

    Parameters
    ----------
    name : str
        The name as given.
    known : iterable of str
        The names that exist.
    most : int
        How many to suggest at most.

    Returns
    -------
    str
        For example ``"`h100` or `h200`"``.

    Examples
    --------
    >>> suggest("besirogul-2024", ["besiroglu-2024", "kaplan-2020"])
    '`besiroglu-2024`'
    """
    folded = {item.lower(): item for item in known}
    close = difflib.get_close_matches(name.lower(), list(folded), n=most, cutoff=0.6)
    return " or ".join(f"`{folded[item]}`" for item in close)
