r"""What it is worth to know a group of coefficients before the split is decided: expected value of perfect information, in compute.

A planner with only the law's values makes the plan x_0. One who has been told the coefficients of a group g makes x_g(theta_g), the
optimum at what was told and the law's values for the rest. Both are judged under the whole truth theta = (theta_g, theta_rest):

    value(g) = E[ w(x_0; theta) - w(x_g(theta_g); theta) ],      w(x; theta) = 1 - C'/C,  V_theta(C') = l_theta(x)

Estimator: the mean over joint draws of the difference, each draw of the group with its own draw of the rest. One draw of the rest
for each of the group is enough for an unbiased mean, since neither plan looks at it; regrets of the two plans under the same draw
rise and fall together, so that the standard error, s/sqrt(n) of the differences, is small. A planner who replaces the unknown rest
by the law's values is not the best there is: the value is a lower bound of the one that Bayes would find, and can be negative where
knowing a part misleads. With every group known regret is zero: the value of knowing all is E[w(x_0)].

References
----------
.. [1] Raiffa and Schlaifer, "Applied Statistical Decision Theory", 1961, chapter 4.
.. [2] Brennan et al., "Calculating Partial Expected Value of Perfect Information", Medical Decision Making 27(4), 2007.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.changed_law import changed_law
from budgetplan.uncertainty.draws import draw_law
from budgetplan.uncertainty.lever import Options
from budgetplan.uncertainty.pivots import GAIN, POWERS, REFERENCE
from budgetplan.uncertainty.together import wasted_in

ALL = "all"
"""Name of the group of everything."""
STARTS = 3
"""Basins followed per draw."""


@dataclass(frozen=True)
class Worth:
    """What knowing a group is worth.

    Attributes
    ----------
    group : str
        A link; for a single law the term's coefficients; `all`.
    coefficients : tuple of str
        That are drawn, without the link's name; with it for `all`.
    value : float
        Expected compute saved, as a part of the budget. [1]
    standard_error : float
        Of the mean over draws. [1]
    """

    group: str
    coefficients: tuple[str, ...]
    value: float
    standard_error: float

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary, and row."""
        return {**vars(self), "coefficients": list(self.coefficients)}


@dataclass(frozen=True)
class Information:
    """Values of information.

    Attributes
    ----------
    rows : tuple of Worth
        The most valuable group first; `all` at the end.
    draws : int
        That counted.
    """

    rows: tuple[Worth, ...]
    draws: int

    def to_dict(self) -> dict[str, Any]:
        """Plain nested dictionary."""
        return {"draws": self.draws, "rows": [row.to_dict() for row in self.rows]}


def value_of_information(law: Law, problem: Problem, y: Array, options: Options, count: int, seed: int) -> Information:
    """What knowing each group of coefficients is worth to this plan.

    Parameters
    ----------
    law : Law
        As planned with.
    problem : Problem
        Of one instance.
    y : ndarray of shape (4,)
        Its optimum x_0.
    options : callable
        What the scenario does to a law.
    count, seed : int
        Of the draws.

    Raises
    ------
    ScenarioError
        If the law states no spread.
    """
    drawn = draw_law(law, count, seed)
    truth = replace(problem.repeated(count), model=options(drawn.law).model, drawn=True)
    best = solve(truth, STARTS)
    sure = np.isfinite(best.loss)
    told = {}
    for name, columns in groups(law, drawn.values).items():
        known = replace(problem.repeated(count), model=options(changed_law(law, columns)).model, drawn=True)
        answer = solve(known, STARTS)
        told[name] = answer.y
        sure &= np.isfinite(answer.loss)
    truth, least, top = truth.take(sure), best.loss[sure], best.y[:, sure]

    def regret(plan: Array) -> Array:
        return wasted_in(truth, top, least, truth.loss(plan))

    ignorant = regret(np.repeat(y[:, None], truth.size, axis=1))
    rows = []
    for name, columns in groups(law, drawn.values).items():
        saved = ignorant - regret(told[name][:, sure])
        rows.append(_worth(name, tuple(full.rpartition(".")[2] for full in columns), saved))
    rows.sort(key=lambda row: -row.value)
    return Information((*rows, _worth(ALL, tuple(drawn.values), ignorant)), truth.size)


def _worth(name: str, coefficients: tuple[str, ...], saved: Array) -> Worth:
    spread = float(np.std(saved, ddof=1)) if len(saved) > 1 else float("nan")
    return Worth(name, coefficients, float(np.mean(saved)), spread / len(saved) ** 0.5)


def groups(law: Law, drawn: Mapping[str, Array]) -> dict[str, dict[str, Array]]:
    """Drawn columns by group and full name: a joint law's links, the terms of a single law.

    Parameters
    ----------
    law : Law
    drawn : mapping of str to ndarray
        As `Draws.values`.
    """
    out: dict[str, dict[str, Array]] = {}
    for full, column in drawn.items():
        group = full.partition(".")[0] if law.record.form == "four-links" else _term(full)
        out.setdefault(group, {})[full] = column
    return out


def _term(name: str) -> str:
    """The term of a single law that a coefficient belongs to."""
    pairs = {size: f"{size}, {power}" for size, (power, _, _) in POWERS.items()}
    pairs |= {power: pairs[size] for size, (power, _, _) in POWERS.items()}
    pairs |= {GAIN: f"{GAIN}, {REFERENCE}", REFERENCE: f"{GAIN}, {REFERENCE}"}
    return pairs.get(name, name)
