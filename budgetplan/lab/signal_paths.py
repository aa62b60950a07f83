"""Paths of training as numbers: where a method first reaches a success, and what it had spent and changed by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import Any

from budgetplan.lab.paired import Estimate, estimate, paired

Mark = Mapping[str, Any]


@dataclass(frozen=True)
class Paths:
    """Measured paths.

    Attributes
    ----------
    marks : mapping of (str, int) to sequence of mapping
        By method and seed, in the order of FLOP, the first before any training.
    """

    marks: Mapping[tuple[str, int], Sequence[Mark]]

    def seeds(self, *methods: str) -> list[int]:
        """Seeds on which all of the methods were run."""
        each = [{seed for name, seed in self.marks if name == method} for method in methods]
        return sorted(set.intersection(*each)) if each else []

    def matched(self, first: str, second: str, name: str) -> dict[int, tuple[float, float]]:
        """A measure of two methods at the same success, by seed.

        The success is the most that both reach. Seeds on which one of them never gains are left out, and so are those on
        which the measure is not defined.
        """
        found = {}
        for seed in self.seeds(first, second):
            one, other = self.marks[first, seed], self.marks[second, seed]
            goal = min(best(one), best(other))
            values = at_success(one, goal, name), at_success(other, goal, name)
            if values[0] is not None and values[1] is not None:
                found[seed] = values[0], values[1]
        return found

    def ratio(self, first: str, second: str, name: str) -> Estimate:
        """Geometric mean over seeds of a measure's ratio, first over second, at matched success."""
        pairs = self.matched(first, second, name)
        return log_ratio({s: a for s, (a, _) in pairs.items()}, {s: b for s, (_, b) in pairs.items()})

    def difference(self, first: str, second: str, name: str) -> Estimate:
        """Mean over seeds of a measure's difference at matched success; both start alike, so that a start cancels."""
        pairs = self.matched(first, second, name)
        return paired({s: a for s, (a, _) in pairs.items()}, {s: b for s, (_, b) in pairs.items()})

    def ends(self, method: str, name: str) -> dict[int, float]:
        """A measure after all FLOP, by seed."""
        out = {seed: self.marks[method, seed][-1][name] for seed in self.seeds(method)}
        return {seed: float(value) for seed, value in out.items() if value is not None}

    def starts(self, method: str, name: str) -> dict[int, float]:
        """A measure before training, by seed."""
        out = {seed: self.marks[method, seed][0][name] for seed in self.seeds(method)}
        return {seed: float(value) for seed, value in out.items() if value is not None}


def best(marks: Sequence[Mark]) -> float:
    """Return the highest success of a path."""
    return max(float(mark["success"]) for mark in marks)


def at_success(marks: Sequence[Mark], success: float, name: str) -> float | None:
    """A measure where a path first reaches a success, linear between two marks.

    Parameters
    ----------
    marks : sequence of mapping
    success : float
        [1]
    name : str
        Of the measure.

    Returns
    -------
    float or None
        None where the path starts there already, never gets there, or the measure is missing on either side.

    Examples
    --------
    >>> path = [{"success": 0.1, "flop": 0.0}, {"success": 0.2, "flop": 4.0}, {"success": 0.15, "flop": 8.0}]
    >>> round(at_success(path, 0.175, "flop"), 6), at_success(path, 0.3, "flop")
    (3.0, None)
    """
    for before, after in pairwise(marks):
        low, high = float(before["success"]), float(after["success"])
        if low < success <= high:
            if before[name] is None or after[name] is None:
                return None
            share = (success - low) / (high - low)
            return float((1.0 - share) * before[name] + share * after[name])
    return None


def log_ratio(first: Mapping[int, float], second: Mapping[int, float]) -> Estimate:
    """Geometric mean over shared seeds of a ratio, with its interval; a seed where either value is not positive has no ratio."""
    shared = [seed for seed in sorted(first.keys() & second.keys()) if min(first[seed], second[seed]) > 0.0]
    return estimate([log(first[seed] / second[seed]) for seed in shared]).exp
