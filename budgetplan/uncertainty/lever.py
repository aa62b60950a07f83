"""A lever: one number that a plan rests on, and the planning problem at any value of it.

Coefficients of the law and assumptions about costs and demand are both levers, so that elasticities, tornado and flips ask each in
the same way. A coefficient's partners (see `pivots`) stay where they are for a partial derivative, and follow for a range: that
of an exponent alone would move its term by decades.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from budgetplan.laws.forms import FORMS
from budgetplan.laws.law import Law
from budgetplan.laws.record import Coefficient, Record
from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem
from budgetplan.uncertainty.changed_law import changed_law, coefficient_name
from budgetplan.uncertainty.pivots import follow, partners
from budgetplan.uncertainty.spread import FRACTIONS, Q90, SIGNED, has_spread

Options = Callable[[Law], Law]
"""What a scenario does to a law: verifier, unique tokens."""


@dataclass(frozen=True)
class Lever:
    """One number that a plan rests on.

    Attributes
    ----------
    name : str
        `link.coefficient`, the coefficient of a single law, or the assumption's name.
    unit : str
        Of the value.
    value : float
        As planned.
    at : callable
        From a value to the problem of one instance.
    low, high : float or None
        Range over which it is uncertain; None where nobody says.
    kind : str
        `coefficient` or `assumption`.
    group : str
        The link of a coefficient; `assumption` otherwise.
    said : mapping of float to str
        Names of values that have one.
    """

    name: str
    unit: str
    value: float
    at: Callable[[float], Problem]
    low: float | None = None
    high: float | None = None
    kind: str = "coefficient"
    group: str = ""
    said: Mapping[float, str] = field(default_factory=dict)

    @property
    def ranged(self) -> bool:
        """Whether there is a range that is more than a point."""
        return self.low is not None and self.high is not None and self.high > self.low

    @property
    def positive(self) -> bool:
        """Whether it is a size, to be varied by factors."""
        least = self.value if self.low is None else min(self.low, self.value)
        return least > 0 and self.name.rpartition(".")[2] not in SIGNED

    def between(self, low: float, high: float, parts: Array) -> Array:
        """Values between two ends, by factors for a size, of the shape of `parts`, which run from 0 to 1."""
        if self.positive:
            return np.asarray(np.exp(np.log(low) + parts * (np.log(high) - np.log(low))))
        return np.asarray(low + parts * (high - low))

    def middle(self, low: float, high: float) -> float:
        """The value halfway between two ends, by factors for a size."""
        return float(self.between(low, high, np.array(0.5)))


def coefficient_levers(law: Law, problem: Problem, options: Options, follows: bool, led: bool = False) -> tuple[Lever, ...]:
    """A lever for every coefficient that the law's value depends on, in the order of its links.

    Parameters
    ----------
    law : Law
        As planned with; its coefficients are floats.
    problem : Problem
        Of one instance; demand, prices and limits stay as they are here.
    options : callable
        What the scenario does to a law.
    follows : bool
        Whether partners follow.
    led : bool
        Whether coefficients that then follow from others are levers too, moved alone.

    Returns
    -------
    tuple of Lever
    """
    out = []
    for link, part in law.parts.items():
        passed = _led(part) if follows and not led else ()
        for name in FORMS[part.form].wants:
            if name in passed:
                continue
            low, high = _range(name, part.coefficients[name])
            if part.coefficients[name].value == 0 and low is None:
                continue  # switched off, such as a chance level of zero: a choice of form that has no other side
            out.append(
                Lever(
                    coefficient_name(law, link, name),
                    part.coefficients[name].unit,
                    part.coefficients[name].value,
                    _at(law, link, name, problem, options, follows),
                    low,
                    high,
                    group=link,
                )
            )
    return tuple(out)


def _led(part: Record) -> tuple[str, ...]:
    """Coefficients that follow from one that has a range."""
    ranged = {name: np.asarray(item.value) for name, item in part.coefficients.items() if has_spread(item)}
    return tuple(set(partners(part)) & set(follow(part, ranged)))


def _range(name: str, coefficient: Coefficient) -> tuple[float | None, float | None]:
    """The stated range, else 90 % from the standard error (by factors for a size, as it is drawn), else nothing."""
    if coefficient.low is not None and coefficient.high is not None:
        return min(coefficient.low, coefficient.value), max(coefficient.high, coefficient.value)
    if coefficient.standard_error is None:
        return None, None
    width, value = Q90 * coefficient.standard_error, coefficient.value
    if value > 0 and name not in SIGNED:
        factor = np.exp(Q90 * np.log1p(coefficient.standard_error / value))
        return float(value / factor), float(value * factor)
    return value - width, value + width


def _at(law: Law, link: str, name: str, problem: Problem, options: Options, follows: bool) -> Callable[[float], Problem]:
    def at(value: float) -> Problem:
        changes = {name: float(value)}
        if follows:
            changes |= {partner: float(item) for partner, item in follow(law.parts[link], {name: np.asarray(value)}).items()}
        values = {coefficient_name(law, link, one): item for one, item in changes.items()}
        return replace(problem, model=options(changed_law(law, values)).model)

    return at


def natural_range(lever: Lever, factor: float) -> tuple[float, float]:
    """Ends wider than any stated range: a factor either way for a size, up to nearly one for a part of one.

    Parameters
    ----------
    lever : Lever
    factor : float
        More than one.
    """
    if not lever.positive:
        width = (factor - 1.0) * max(abs(lever.value), 1e-3)
        return lever.value - width, lever.value + width
    low, high = lever.value / factor, lever.value * factor
    return (low, min(high, 0.999)) if lever.name.rpartition(".")[2] in FRACTIONS and lever.value < 1 else (low, high)


def repriced(problem: Problem, kappa: Array) -> Problem:
    """The problem at other prices per token: limits on shares keep what they say in shares.

    Parameters
    ----------
    problem : Problem
        Any.
    kappa : ndarray of shape (3,)
        [FLOP/(param token)]
    """
    low, high = problem.limits.low.copy(), problem.limits.high.copy()
    shift = np.log(kappa / problem.kappa)[:, None]
    low[4:], high[4:] = low[4:] - shift, high[4:] - shift
    return replace(problem, kappa=kappa, limits=replace(problem.limits, low=low, high=high))
