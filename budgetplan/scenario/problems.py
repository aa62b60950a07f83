"""A problem with a scenario: its place and its sentence; all of them are collected before one error is raised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from budgetplan.errors import BudgetPlanError, suggest

_MEANT = {
    "for": "duration",
    "time": "duration",
    "compute": "budget",
    "flop": "budget",
    "devices": "gpus",
    "money": "usd",
    "utilisation": "mfu",
    "utilization": "mfu",
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes
    ----------
    path : tuple of str
        The key, outermost first; empty for the scenario as a whole.
    sentence : str
        What is wrong and what would be right.
    """

    path: tuple[str, ...]
    sentence: str

    def inside(self, outer: Iterable[str]) -> Problem:
        """Return the same problem, seen from an enclosing key."""
        return Problem((*outer, *self.path), self.sentence)

    def described(self, source: str = "", line: int | None = None) -> str:
        """Return `source:line: key: sentence`, as far as these are known."""
        place = source if line is None else f"{source}:{line}"
        return ": ".join(part for part in (place, ".".join(self.path), self.sentence) if part)


class ProblemsFound(ValueError):
    """Carries several problems through pydantic, which takes one exception per field."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.described() for problem in self.problems))


def problems_of(error: ValidationError, known: Iterable[str]) -> list[Problem]:
    """Return the problems that a pydantic error holds.

    Parameters
    ----------
    error : ValidationError
        As raised by the scenario model.
    known : iterable of str
        The names of the fields, to suggest one for an unknown key.

    Returns
    -------
    list of Problem
        In the order of the fields.
    """
    names, found = tuple(known), list[Problem]()
    for item in error.errors(include_url=False):
        path = tuple(str(part) for part in item["loc"])
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, ProblemsFound):
            found.extend(problem.inside(path) for problem in cause.problems)
        elif isinstance(cause, BudgetPlanError):
            found.append(Problem(path, str(cause)))
        elif item["type"] == "extra_forbidden":
            found.append(Problem(path, unknown_key(path[-1], names)))
        else:
            found.append(Problem(path, f"{item['msg']}."))
    return found


def unknown_key(key: str, known: Iterable[str]) -> str:
    """Return the sentence about a key that does not exist.

    Examples
    --------
    >>> unknown_key("buget", ["budget", "law"])
    'there is no such key. Did you mean `budget`?'
    """
    names = tuple(known)
    meant = _MEANT.get(key.casefold())
    close = f"`{meant}`" if meant in names else suggest(key.replace("-", "_"), names)
    return "there is no such key. " + (f"Did you mean {close}?" if close else f"Keys: {', '.join(names)}.")
