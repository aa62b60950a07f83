"""Runs that a pilot may consist of: a small model, its pre-training tokens, its RL tokens; what each costs.

Runs stand alone: each pays for its own pre-training. Evaluating a run costs tokens of inference, which small runs feel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law import Law
from budgetplan.laws.model import AbstractModel
from budgetplan.laws.shen_chess import ShenChess
from budgetplan.numerics.arrays import Array, Index
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve

FEWEST_PARAMS, FEWEST_TOKENS = 5e7, 1e9
"""Least size and pre-training tokens of a run where the law does not say from where on it was measured. [param], [token]"""
RATIOS = (1.0, 500.0)
"""Tokens per param between which runs lie: further out, a law of loss is less sure than its coefficients say. [1]"""
SIZES, LENGTHS = 22, 24
"""Grid of N, and of cost at each N."""
RL_PARTS = (0.0, 0.1, 0.3, 0.6, 0.85)
"""Parts of a run's training that go into RL."""
ISO_PARTS = (0.1, 0.316, 1.0)
"""Budgets of the IsoFLOP grid relative to its largest."""
ISO_SIZES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Sizes of the IsoFLOP grid around the optimum of each budget."""


@dataclass(frozen=True)
class Runs:
    """Runs and their prices.

    Attributes
    ----------
    x : ndarray of shape (3, run)
        ln N, ln D, ln R; -inf without RL.
    cost : ndarray of shape (run,)
        Of training and evaluation. [FLOP]
    """

    x: Array
    cost: Array

    @property
    def size(self) -> int:
        """Number of runs."""
        return int(self.cost.shape[0])

    def take(self, index: Index) -> Runs:
        """Runs by position."""
        return Runs(self.x[:, index], self.cost[index])


def priced(main: Problem, x: Array, evaluated: float) -> Runs:
    """Runs with their cost at the main problem's prices.

    Parameters
    ----------
    main : Problem
        Whose kappa prices tokens.
    x : ndarray of shape (3, run)
        ln N, ln D, ln R.
    evaluated : float
        Tokens generated per run for its evaluation. [token]
    """
    n, d, r = x
    cost = main.kappa[0] * np.exp(n + d) + main.kappa[1] * np.exp(n + r) + main.kappa[2] * np.exp(n) * evaluated
    return Runs(x, cost)


def least_run(law: Law) -> tuple[float, float]:
    """Least params and pre-training tokens of a run: below its measured box a law's form is not known.

    Parameters
    ----------
    law : Law
    """
    box = (law.parts.get("pretraining") or law.record).box
    low = box.get("params", (0.0, 0.0))[0], box.get("pretraining_tokens", (0.0, 0.0))[0]
    return low[0] if low[0] > 0 else FEWEST_PARAMS, low[1] if low[1] > 0 else FEWEST_TOKENS


def candidates(main: Problem, budget: float, evaluated: float, least: tuple[float, float]) -> Runs:
    """A grid of runs within a pilot's budget, evenly in the logarithms of size and cost.

    Parameters
    ----------
    main : Problem
        Of one instance.
    budget : float
        Of the pilot. [FLOP]
    evaluated : float
        Tokens generated per run for its evaluation. [token]
    least : (float, float)
        Params and pre-training tokens from which on runs lie.

    Raises
    ------
    ScenarioError
        If not a single run fits.
    """
    parts = np.array(RL_PARTS if main.has_rl else (0.0,))
    highest = 0.5 * np.log(budget / main.kappa[0] / RATIOS[0])
    low = np.log(least)
    n = np.linspace(low[0], max(highest, low[0]), SIZES)[:, None, None]
    cheapest = min(float(np.log(main.kappa[0]) + low.sum()), np.log(budget))
    spent = np.exp(np.linspace(cheapest, np.log(budget), LENGTHS))[:, None]
    training = spent - main.kappa[2] * np.exp(n) * evaluated
    with np.errstate(divide="ignore", invalid="ignore"):  # evaluation alone may cost too much: nan, and no RL: ln 0 = -inf
        d = np.log(training * (1.0 - parts) / main.kappa[0]) - n
        r = np.log(training * parts / main.kappa[1]) - n
    x = np.stack([item.ravel() for item in np.broadcast_arrays(n, d, r)])
    with np.errstate(invalid="ignore"):  # nan compares false
        good = (x[1] >= low[1] - 1e-9) & (x[1] - x[0] >= np.log(RATIOS[0])) & (x[1] - x[0] <= np.log(RATIOS[1]))
    runs = priced(main, x[:, good], evaluated)
    if runs.size == 0:
        raise ScenarioError(
            f"`pilot` is {budget:.3g} FLOP; a run of {least[0]:.2g} params and {least[1]:.2g} tokens takes more.",
            "Raise it: --pilot 1e21.",
        )
    return runs


def isoflop(main: Problem, budget: float, evaluated: float, rl: float = 0.0) -> Runs:
    """Five sizes around the compute-optimal one at each of three budgets, of the pilot's cost altogether.

    Parameters
    ----------
    main : Problem
        Of one instance, with the law at its published values.
    budget : float
        Of the pilot. [FLOP]
    evaluated : float
        As in `candidates`.
    rl : float
        Part of every run's training that goes into RL; 0 is the plain grid. [1]
    """
    parts = np.array(ISO_PARTS)
    each = budget * parts / (parts.sum() * len(ISO_SIZES))
    alone = problem(pretraining_of(main.model), each, (float(main.kappa[0]), 1.0, 1.0))
    size = solve(alone).y[0]
    n = (size[:, None] + np.log(ISO_SIZES)).ravel()
    spent = np.repeat(each, len(ISO_SIZES))
    training = spent - main.kappa[2] * np.exp(n) * evaluated
    training = np.maximum(training, 0.05 * spent)
    d = np.log(training * (1.0 - rl) / main.kappa[0]) - n
    r = np.log(training * rl / main.kappa[1]) - n if rl > 0 else np.full_like(n, -np.inf)
    return priced(main, np.stack([n, d, r]), evaluated)


def pretraining_of(model: AbstractModel) -> AbstractModel:
    """The part of a law that predicts pre-training loss, whose optimum an IsoFLOP grid surrounds.

    Parameters
    ----------
    model : AbstractModel
        Of any form.
    """
    if isinstance(model, FourLinks):
        return model.pretraining
    if isinstance(model, AdditiveLoss | ShenChess):
        return ChinchillaLoss(model.E, model.A, model.B, model.alpha, model.beta)
    return model
