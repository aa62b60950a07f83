"""A condition on a plan, as text: `rl_share>10%`, `samples_per_query>1`, `params<70B`."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from budgetplan.errors import ScenarioError, UnknownNameError
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.problem import Problem
from budgetplan.units import format_quantity, parse_quantity
from budgetplan.units.numerals import shown

_DIMENSIONS = {
    "params": "params",
    "pretraining_tokens": "tokens",
    "rl_tokens": "tokens",
    "inference_tokens": "tokens",
    "pretraining_share": "ratio",
    "rl_share": "ratio",
    "inference_share": "ratio",
    "samples_per_query": "count",
    "tokens_per_param": "count",
    "loss": "loss",
}
_FORM = re.compile(r"\s*(?P<key>[a-z_]+)\s*(?P<sign>[<>])=?\s*(?P<value>.+)")


@dataclass(frozen=True)
class Condition:
    """A quantity of a plan above or below a bound.

    Attributes
    ----------
    key : str
        The quantity.
    above : bool
        Whether it has to be above the bound, or below.
    bound : float
        In the SI unit of the quantity.
    """

    key: str
    above: bool
    bound: float

    def __str__(self) -> str:
        return f"{self.key} {'above' if self.above else 'below'} {self._bound}"

    @property
    def negation(self) -> str:
        """The opposite in words."""
        return f"{self.key} not {'above' if self.above else 'below'} {self._bound}"

    @property
    def _bound(self) -> str:
        return format_quantity(self.bound, _DIMENSIONS[self.key])

    def holds(self, value: Array) -> Bools:
        """Whether values of the quantity meet it, shape kept."""
        return value > self.bound * (1 + 1e-9) if self.above else value < self.bound * (1 - 1e-9)

    def value(self, problem: Problem, y: Array, loss: Array, read: Array) -> Array:
        """The quantity at optima, shape (instance,).

        Parameters
        ----------
        problem : Problem
            Of `instance` instances.
        y : ndarray of shape (4, instance)
            Optima.
        loss : ndarray of shape (instance,)
            Their losses; inf where there is none.
        read : ndarray of shape (instance,)
            What the problem counts among its inference tokens for prompts. [token]
        """
        here = np.where(np.isfinite(loss), y, 0.0)
        stage = ("pretraining", "rl", "inference")
        if self.key == "loss":
            return loss
        if self.key.endswith("_share"):
            cost = problem.cost(here)
            share: Array = (cost / cost.sum(axis=0))[stage.index(self.key.removesuffix("_share"))]
            return share
        tokens = np.exp(problem.log_tokens(here[1])[0]), np.exp(here[2]), np.exp(here[3]) - read
        if self.key.endswith("_tokens"):
            amount: Array = tokens[stage.index(self.key.removesuffix("_tokens"))]
            return amount
        if self.key == "samples_per_query":
            samples: Array = np.exp(problem.log_samples(here[3])[0])
            return samples
        params: Array = np.exp(here[0])
        ratio: Array = tokens[0] / params
        return params if self.key == "params" else ratio


def read_condition(text: str) -> Condition:
    """Return the condition that a text states.

    Parameters
    ----------
    text : str
        KEY>VALUE or KEY<VALUE.

    Returns
    -------
    Condition

    Raises
    ------
    ScenarioError
        Where it has another form.
    UnknownNameError
        Where there is no such quantity.
    UnitError
        Where the value cannot be read.

    Examples
    --------
    >>> str(read_condition("rl_share > 10%"))
    'rl_share above 10 %'
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ScenarioError(f"{shown(text)} is not of the form KEY>VALUE or KEY<VALUE.", "Write for example 'rl_share>10%'.")
    key = found["key"]
    if key not in _DIMENSIONS:
        raise UnknownNameError("quantity of a plan", key, _DIMENSIONS)
    return Condition(key, found["sign"] == ">", parse_quantity(found["value"], _DIMENSIONS[key], key))
