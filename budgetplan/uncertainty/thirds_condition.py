r"""When equal thirds are right: the elasticities that make them so, and the coefficients between which they are within a tolerance.

At an optimum that spends the budget C = N (kappa_p D + kappa_r R + kappa_i I), no other limit active, with s the shares of compute
and e = -d ln(l - l_floor)/d ln x the elasticities of what can be reduced of the loss (through k for inference tokens I = Q tau k),

    e_D/s_D = e_R/s_R = e_I/s_I = e_N,      e_N = e_D + e_R + e_I

so a stage's share is its elasticity over the sum of the three, and the elasticity in N is that sum, since N multiplies every cost.
Equal thirds by cost are exactly right iff the three elasticities are equal there; equal tokens iff they are as kappa. Where
inference is one sample per query, it is no choice: s_D/s_R = e_D/e_R, and e_N = (e_D + e_R)/(1 - s_I).

"Within a tolerance" is in compute: at N of its own, the equal split reaches the loss of the optimum with (1 - tolerance) C.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array, Index
from budgetplan.planning.allocation import STAGES
from budgetplan.planning.baselines import baseline_problem
from budgetplan.planning.problem import Problem
from budgetplan.uncertainty.advice import thirds_margin
from budgetplan.uncertainty.lever import Lever, natural_range
from budgetplan.uncertainty.together import optima, wasted

RULES = {"compute": "equal-thirds", "tokens": "equal-tokens"}
"""What is equal, and the rule's name."""
FACTOR, EXPONENT_FACTOR = 30.0, 3.0
"""How far either way a size, and an exponent, is looked for."""
EXPONENTS = frozenset({"alpha", "beta", "gamma", "delta", "steepness", "narrowing", "gain", "slope", "K_max", "b"})
"""Coefficients that say how fast something changes; beyond a factor of three no measurement would put them."""
GRID = 17
"""Values tried over that range, and again around the best where none is inside."""
HALVINGS = 14
"""Bisections of each end."""


@dataclass(frozen=True)
class Interval:
    """Values of one coefficient at which the equal split is within the tolerance, everything else as it is.

    Attributes
    ----------
    budget : float
        [FLOP]
    coefficient, unit : str
    value : float
        As the law has it.
    low, high : float or None
        Ends of the interval that is nearest to the value; None where there is none within the search.
    searched : (float, float)
        Ends of the search; an interval that ends there may go on.
    best : float
        Value tried at which the equal split wastes least.
    least_wasted : float
        What it wastes there. [1]
    """

    budget: float
    coefficient: str
    unit: str
    value: float
    low: float | None
    high: float | None
    searched: tuple[float, float]
    best: float
    least_wasted: float

    @property
    def inside(self) -> bool:
        """Whether the law's own value is in the interval."""
        return self.low is not None and self.high is not None and self.low <= self.value <= self.high

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary, and row."""
        return {**vars(self), "searched": list(self.searched), "inside": self.inside}


def intervals(levers: Sequence[Lever], by: str, tolerance: float) -> tuple[Interval, ...]:
    """The interval of every lever, all searched at once.

    Parameters
    ----------
    levers : sequence of Lever
        Of any budgets.
    by : {"compute", "tokens"}
        What is equal.
    tolerance : float
        Compute that may be wasted. [1]
    """
    if not levers:
        return ()
    margin = thirds_margin(tolerance, RULES[by])

    def margins(which: Index, values: Array) -> Array:
        """Margins of the levers `which` at values of shape (lever, ...), shape kept."""
        problems = [
            levers[int(index)].at(float(value)) for index, row in zip(which, values, strict=True) for value in np.ravel(row)
        ]
        # values far from any measurement can overflow a law or leave it nothing to tell apart: no answer there
        with np.errstate(all="ignore"):
            found = margin(problems, None).reshape(values.shape)
        return np.where(np.isnan(found), -np.inf, found)

    values = np.array([_walk(lever) for lever in levers])
    found = margins(np.arange(len(levers)), values)
    for _ in range(2):
        missed = np.flatnonzero(found.max(axis=1) <= 0)
        if not missed.size:
            break
        # a narrow interval can lie between two values: look again around the best of a lever that has none, and keep what was seen
        again, told = (np.repeat(item[:, :1], GRID, axis=1) for item in (values, found))
        again[missed] = [_around(levers[int(index)], values[index], int(found[index].argmax())) for index in missed]
        told[missed] = margins(missed, again[missed])
        values, found = _sorted(np.concatenate([values, again], axis=1), np.concatenate([found, told], axis=1))
    runs = [_run(row, line, lever.value) for lever, row, line in zip(levers, values, found, strict=True)]
    ends = _ends(levers, values, runs, margins)
    best = values[range(len(levers)), found.argmax(axis=1)]
    problems = [lever.at(float(value)) for lever, value in zip(levers, best, strict=True)]
    with np.errstate(all="ignore"):  # as above
        least = wasted(problems, optima(problems), optima([baseline_problem(item, RULES[by]) for item in problems]).loss)
    out = []
    for index, (lever, item, (low, high)) in enumerate(zip(levers, problems, ends, strict=True)):
        searched = float(values[index, 0]), float(values[index, -1])
        head = float(item.budget[0]), lever.name, lever.unit, lever.value
        out.append(Interval(*head, low, high, searched, float(best[index]), float(least[index])))
    return tuple(out)


def _walk(lever: Lever) -> Array:
    """Values over the search, the lever's own in the middle."""
    fast = lever.name.rpartition(".")[2] in EXPONENTS
    low, high = natural_range(lever, EXPONENT_FACTOR if fast else FACTOR)
    parts = np.linspace(0.0, 1.0, GRID // 2 + 1)
    return np.concatenate([lever.between(low, lever.value, parts)[:-1], [lever.value], lever.between(lever.value, high, parts)[1:]])


def _around(lever: Lever, values: Array, at: int) -> Array:
    low, high = values[max(at - 1, 0)], values[min(at + 1, len(values) - 1)]
    return lever.between(float(low), float(high), np.linspace(0.0, 1.0, GRID + 2)[1:-1])


def _sorted(values: Array, found: Array) -> tuple[Array, Array]:
    order = np.argsort(values, axis=1)
    return np.take_along_axis(values, order, axis=1), np.take_along_axis(found, order, axis=1)


def _run(values: Array, found: Array, own: float) -> tuple[int, int] | None:
    """First and last place of the run of positive margins that is nearest to a value."""
    inside = np.flatnonzero(found > 0)
    if len(inside) == 0:
        return None
    runs = np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1)
    run = min(runs, key=lambda places: float(np.abs(values[places] - own).min()))
    return int(run[0]), int(run[-1])


def _ends(
    levers: Sequence[Lever], values: Array, runs: Sequence[tuple[int, int] | None], margins: Callable[[Index, Array], Array]
) -> list[tuple[float, float] | tuple[None, None]]:
    """Both ends of every run, by bisection between its outermost value inside and the next one outside."""
    places = np.array([(0, 0) if run is None else run for run in runs])
    last = values.shape[1] - 1
    inside = np.take_along_axis(values, places, axis=1)
    outside = np.take_along_axis(values, np.clip(np.add(places, (-1, 1)), 0, last), axis=1)
    found = np.array([run is not None for run in runs])
    which, side = np.nonzero((inside != outside) & found[:, None])
    for _ in range(HALVINGS if which.size else 0):
        ends = inside[which, side], outside[which, side]
        middle = np.array([levers[int(index)].middle(one, other) for index, one, other in zip(which, *ends, strict=True)])
        good = margins(which, middle) > 0
        inside[which[good], side[good]] = middle[good]
        outside[which[~good], side[~good]] = middle[~good]
    return [(float(pair[0]), float(pair[1])) if known else (None, None) for pair, known in zip(inside, found, strict=True)]


def reducible_elasticities(problem: Problem, y: Array) -> dict[str, float]:
    """-d ln(loss - floor)/d ln of params and of each stage's tokens at a point.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    y : ndarray of shape (4,)
    """
    loss, gradient = problem.loss_and_gradient(y[:, None])
    left = float(loss[0]) - problem.model.floor
    names = ("params", *STAGES)
    return {name: float(-gradient[row, 0]) / left for row, name in enumerate(names)}
