"""What each number that a plan rests on does to it over its range: the plan made anew at both ends, and what this plan loses there.

A coefficient's partners follow it (see `pivots`). This plan is held as what was decided: N and the split of compute, which at the
law's own prices is the same allocation; where prices or demand differ, tokens follow from the split. Where one sample per query was
the plan it stays one, and where the split does not pay for one sample of every query, inference takes what that costs and the other
stages share the rest. Where limits leave some of the budget unspent, tokens and samples are what was decided, if it pays for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import STAGES
from budgetplan.planning.problem import Problem
from budgetplan.uncertainty.active_face import SINGLE
from budgetplan.uncertainty.lever import Lever
from budgetplan.uncertainty.together import losses, optima, wasted

UNSPENT = 1e-6
"""Part of the budget that a plan may leave and still count as spending it."""


@dataclass(frozen=True)
class End:
    """The plan at one end of a lever.

    Attributes
    ----------
    value : float
        Of the lever, in its unit.
    said : str
        Its name, where it has one.
    loss : float or None
        Of the optimum there; None where the limits and the budget allow none.
    share : dict of str to float
        Of compute. [1]
    params, samples_per_query : float
        N [param] and k [1] of the optimum there.
    regret : float
        Compute that this plan wastes there; 1 where it cannot be carried out, or nothing can. [1]
    changes : tuple of str
        What is no longer at its least value, or newly is: `rl_tokens`, `samples_per_query`; `infeasible` where there is no plan.
    """

    value: float
    said: str
    loss: float | None
    share: dict[str, float]
    params: float
    samples_per_query: float
    regret: float
    changes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary; None for what does not exist where there is no plan."""
        if self.loss is None:
            nothing = {"share": dict.fromkeys(self.share), "params": None, "samples_per_query": None}
            return {**vars(self), **nothing, "changes": list(self.changes)}
        return {**vars(self), "share": dict(self.share), "changes": list(self.changes)}


@dataclass(frozen=True)
class Swing:
    """A lever over its range.

    Attributes
    ----------
    lever, unit, kind, group : str
        As the lever's.
    value : float
        As planned.
    low, high : End
    """

    lever: str
    unit: str
    kind: str
    group: str
    value: float
    low: End
    high: End

    @property
    def regret(self) -> float:
        """The larger regret of the two ends: what not knowing the lever can cost. [1]"""
        return max(self.low.regret, self.high.regret)

    def to_dict(self) -> dict[str, Any]:
        """Plain nested dictionary."""
        return {**vars(self), "low": self.low.to_dict(), "high": self.high.to_dict(), "regret": self.regret}

    def row(self) -> dict[str, Any]:
        """One flat row."""
        out: dict[str, Any] = {"lever": self.lever, "unit": self.unit, "kind": self.kind, "value": self.value}
        for side, end in (("low", self.low), ("high", self.high)):
            out |= {side: end.value, f"{side}_loss": end.loss, f"{side}_regret": end.regret, f"{side}_params": end.params}
            out |= {f"{side}_{stage}_share": share for stage, share in end.share.items()}
            out |= {f"{side}_samples_per_query": end.samples_per_query}
        return out


def tornado(problem: Problem, y: Array, levers: Sequence[Lever]) -> tuple[Swing, ...]:
    """Both ends of every lever that has a range, the one with the largest regret first.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    y : ndarray of shape (4,)
        Its optimum: this plan.
    levers : sequence of Lever
        With partners following.

    Returns
    -------
    tuple of Swing
    """
    ranged = [lever for lever in levers if lever.ranged]
    values = [float(end) for lever in ranged for end in (lever.low, lever.high) if end is not None]
    if not ranged:
        return ()
    problems = [lever.at(value) for lever, value in zip(np.repeat(np.array(ranged, dtype=object), 2), values, strict=True)]
    best = optima(problems)
    kept = np.stack([held(problem, y, other) for other in problems], axis=1)
    regret = wasted(problems, best, losses(problems, kept))
    ends = []
    for index, (other, value) in enumerate(zip(problems, values, strict=True)):
        said = ranged[index // 2].said.get(value, "")
        ends.append(_end(problem, y, other, best.y[:, index], float(best.loss[index]), float(regret[index]), value, said))
    swings = [
        Swing(lever.name, lever.unit, lever.kind, lever.group, lever.value, ends[2 * place], ends[2 * place + 1])
        for place, lever in enumerate(ranged)
    ]
    here = float(problem.loss(y[:, None])[0])
    return tuple(sorted(swings, key=lambda swing: (-swing.regret, -_width(swing, here))))


def _width(swing: Swing, loss: float) -> float:
    ends = [end.loss for end in (swing.low, swing.high)]
    return max(float("inf") if end is None else abs(float(np.log(end / loss))) if end > 0 else 1e3 for end in ends)


def held(problem: Problem, y: Array, other: Problem) -> Array:
    """The allocation of a plan under another problem: N and the split kept; nan where it cannot serve the demand.

    Parameters
    ----------
    problem : Problem
        Of one instance, in which it was made.
    y : ndarray of shape (4,)
        The plan.
    other : Problem
        Of one instance.

    Returns
    -------
    ndarray of shape (4,)
    """
    part = problem.cost(y[:, None])[:, 0] / problem.budget[0]
    if part.sum() < 1.0 - UNSPENT:
        same = np.array([*y[:3], _served(problem, y, other)])
        if float(other.overspend(same[:, None])[0]) <= 0.0:
            return same
    single = not problem.has_samples or float(problem.log_samples(y[3:4])[0][0]) <= SINGLE
    budget, size = float(other.budget[0]), float(np.exp(y[0]))
    least = other.kappa[2] * size * float(np.exp(other.least_inference[0])) / budget
    inference = least if single else max(float(part[2]), least)
    rest = part[:2].sum()
    if rest <= 0 or inference >= part.sum():
        return np.full(4, np.nan)
    scaled = np.array([*(part[:2] * (part.sum() - inference) / rest), inference])
    with np.errstate(divide="ignore"):  # no RL, no demand: ln 0 = -inf
        tokens = np.log(scaled * budget / (other.kappa * size))
    if inference == least:
        tokens[2] = other.least_inference[0]  # to the last digit: a sample and a little less than one are not the same
    return np.array([y[0], *np.minimum(tokens, other.limits.high[1:4, 0])])


def _served(problem: Problem, y: Array, other: Problem) -> float:
    """ln of the inference tokens at which another problem draws as many samples per query."""
    samples = float(np.exp(problem.log_samples(y[3:4])[0][0]))
    with np.errstate(divide="ignore"):  # no demand: ln 0 = -inf
        return float(np.log(other.first_sample[0] * samples + other.served[0]))


def _end(problem: Problem, y: Array, other: Problem, there: Array, loss: float, regret: float, value: float, said: str) -> End:
    if not np.isfinite(loss):
        return End(value, said, None, dict.fromkeys(STAGES, float("nan")), float("nan"), float("nan"), 1.0, ("infeasible",))
    cost = other.cost(there[:, None])[:, 0]
    share = dict(zip(STAGES, map(float, cost / cost.sum()), strict=True))
    samples = float(np.exp(other.log_samples(there[3:4])[0][0]))
    return End(value, said, loss, share, float(np.exp(there[0])), samples, regret, changed(problem, y, other, there))


def changed(problem: Problem, y: Array, other: Problem, there: Array) -> tuple[str, ...]:
    """Corners that one optimum has and another lacks.

    Parameters
    ----------
    problem, other : Problem
        Of one instance each.
    y, there : ndarray of shape (4,)
        Their optima.
    """
    out = []
    if problem.has_rl and np.isfinite(y[2]) != np.isfinite(there[2]):
        out.append("rl_tokens")
    one, two = (float(item.log_samples(at[3:4])[0][0]) > SINGLE for item, at in ((problem, y), (other, there)))
    if problem.has_samples and one != two:
        out.append("samples_per_query")
    return tuple(out)
