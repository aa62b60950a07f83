"""The value of a lever at which a yes-or-no advice turns, or that it does not turn within its range.

A lever's range is walked from the value as planned towards both ends; the first change of an advice on each side is closed in on by
Ridders' method, all advices and levers at once: it halves the bracket at least, also where an advice jumps, and needs a few steps
where its margin is smooth. A change that turns and turns back between two neighbouring values of the walk is not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array, Index
from budgetplan.uncertainty.advice import Advice
from budgetplan.uncertainty.lever import Lever
from budgetplan.uncertainty.together import Optima, optima

WALK = 6
"""Values on each side of the planned one."""
STEPS = 20
"""Most steps of Ridders' method."""
CLOSE = 1e-8
"""Change between two steps, as a part of a step of the walk, that ends them."""
Ask = tuple[Advice, Lever, float]
"""An advice at a value of a lever."""


@dataclass(frozen=True)
class Flip:
    """Where an advice turns along a lever.

    Attributes
    ----------
    advice, question : str
    answer : bool
        As planned.
    lever, unit : str
    value : float
        As planned.
    low, high : float
        The range that was searched.
    at : tuple of float
        Values at which it turns: the nearest below, the nearest above; none where it does not turn within the range.
    """

    advice: str
    question: str
    answer: bool
    lever: str
    unit: str
    value: float
    low: float
    high: float
    at: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary."""
        return {**vars(self), "at": list(self.at)}

    def row(self) -> dict[str, Any]:
        """One flat row; `below` and `above` are None where it does not turn on that side."""
        below = next((item for item in self.at if item < self.value), None)
        above = next((item for item in self.at if item >= self.value), None)
        out = {name: item for name, item in vars(self).items() if name not in ("at", "question")}
        return {**out, "below": below, "above": above}


def flips(advices: Sequence[Advice], levers: Sequence[Lever]) -> tuple[Flip, ...]:
    """Where each advice turns along each lever that has a range.

    Parameters
    ----------
    advices : sequence of Advice
    levers : sequence of Lever
        With partners following.

    Returns
    -------
    tuple of Flip
        By advice, then lever.
    """
    ranged = [lever for lever in levers if lever.ranged]
    if not ranged or not advices:
        return ()
    walks = [_walk(lever) for lever in ranged]
    asks = [(advice, lever, float(at)) for advice in advices for lever, walk in zip(ranged, walks, strict=True) for at in walk]
    margins = _margins(asks).reshape(len(advices), len(ranged), -1)
    turns, owner = [], []
    for row, advice in enumerate(advices):
        for column, (lever, walk) in enumerate(zip(ranged, walks, strict=True)):
            for same, other, near, far in _turns(walk, margins[row, column]):
                turns.append((advice, lever, same, other, near, far))
                owner.append((row, column))
    found: dict[tuple[int, int], list[float]] = {}
    for place, value in zip(owner, _closed(turns), strict=True):
        found.setdefault(place, []).append(value)
    out = []
    for row, advice in enumerate(advices):
        for column, (lever, walk) in enumerate(zip(ranged, walks, strict=True)):
            answer, ends = bool(margins[row, column, WALK] > 0), (float(walk[0]), float(walk[-1]))
            at = tuple(sorted(found.get((row, column), [])))
            out.append(Flip(advice.name, advice.question, answer, lever.name, lever.unit, lever.value, *ends, at))
    return tuple(out)


def _margins(asks: Sequence[Ask]) -> Array:
    """The margin of every ask, with one optimum for all advices that read the same problem."""
    out = np.full(len(asks), np.nan)
    places: dict[tuple[str, float], int] = {}
    for _, lever, value in asks:
        places.setdefault((lever.name, value), len(places))
    known = {lever.name: lever for _, lever, _ in asks}
    problems = [known[name].at(value) for name, value in places]
    read = sorted({places[lever.name, value] for advice, lever, value in asks if advice.of_plan})
    best = optima([problems[at] for at in read])
    solved = {at: index for index, at in enumerate(read)}
    advices: dict[str, list[int]] = {}
    for index, (advice, _, _) in enumerate(asks):
        advices.setdefault(advice.name, []).append(index)
    for mine in advices.values():
        advice, at = asks[mine[0]][0], [places[asks[index][1].name, asks[index][2]] for index in mine]
        part = None
        if advice.of_plan:
            chosen = [solved[place] for place in at]
            part = Optima(best.y[:, chosen], best.loss[chosen])
        out[mine] = advice.margins([problems[place] for place in at], part)
    return out


def _walk(lever: Lever) -> Array:
    """Values from the low end over the planned one to the high end."""
    assert lever.low is not None
    assert lever.high is not None
    parts = np.linspace(0.0, 1.0, WALK + 1)
    below = lever.between(lever.low, lever.value, parts) if lever.low < lever.value else np.full(WALK + 1, lever.value)
    above = lever.between(lever.value, lever.high, parts) if lever.high > lever.value else np.full(WALK + 1, lever.value)
    return np.concatenate([below[:-1], [lever.value], above[1:]])


def _turns(walk: Array, margins: Array) -> list[tuple[float, float, float, float]]:
    """The nearest step on each side across which the sign changes: the value with the planned answer, the other, their margins."""
    out = []
    for way in (-1, 1):
        for step in range(WALK):
            here, there = WALK + way * step, WALK + way * (step + 1)
            if np.isnan(margins[there]) or np.isnan(margins[here]):
                break
            if (margins[here] > 0) != (margins[there] > 0):
                out.append((float(walk[here]), float(walk[there]), float(margins[here]), float(margins[there])))
                break
    return out


def _closed(turns: Sequence[tuple[Advice, Lever, float, float, float, float]]) -> list[float]:
    """Ridders' method on every bracket at once, in the part of the way from one value to the other."""
    if not turns:
        return []
    one, two, near, far = np.zeros(len(turns)), np.ones(len(turns)), *np.array([turn[4:] for turn in turns]).T
    at, done = np.full(len(turns), 0.5), np.zeros(len(turns), dtype=bool)

    def margins(parts: Array, places: Index) -> Array:
        chosen = [turns[place] for place in places]
        return _margins(
            [
                (advice, lever, float(lever.between(same, other, np.asarray(part))))
                for (advice, lever, same, other, *_), part in zip(chosen, parts, strict=True)
            ]
        )

    for _ in range(STEPS):
        live = np.flatnonzero(~done)
        if len(live) == 0:
            break
        a, b, f_a, f_b = one[live], two[live], near[live], far[live]
        middle = 0.5 * (a + b)
        f_m = margins(middle, live)
        with np.errstate(divide="ignore", invalid="ignore"):  # a margin of zero, or none: the middle serves
            better = middle + (middle - a) * np.sign(f_a - f_b) * f_m / np.sqrt(f_m**2 - f_a * f_b)
        better = np.where(np.isfinite(better) & (better > a) & (better < b), better, middle)
        f_n = margins(better, live)
        # of the four values, the neighbours between which the sign changes
        low, f_low, high, f_high = a.copy(), f_a.copy(), b.copy(), f_b.copy()
        for value, f in ((middle, f_m), (better, f_n)):
            same = (f > 0) == (f_a > 0)
            up, down = same & (value > low), ~same & (value < high)
            low, f_low = np.where(up, value, low), np.where(up, f, f_low)
            high, f_high = np.where(down, value, high), np.where(down, f, f_high)
        done[live] = (np.abs(better - at[live]) < CLOSE) | (high - low < CLOSE) | (f_n == 0)
        one[live], two[live], near[live], far[live], at[live] = low, high, f_low, f_high, better
    jumps = np.abs(near) + np.abs(far) > 1.0  # yes and no without a margin: the middle of the bracket is the best guess
    at = np.where(jumps, 0.5 * (one + two), at)
    return [
        float(lever.between(same, other, np.asarray(part))) for (_, lever, same, other, *_), part in zip(turns, at, strict=True)
    ]
