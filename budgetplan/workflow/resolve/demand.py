"""How many tokens are served: what the user says, or a stated assumption.

Demand comes from outside and only costs; it is never an optimum. Where the user gives none and the law knows samples, the first
sample to all queries is assumed to take one tenth of the compute-optimal pre-training tokens of the same budget.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.data_constrained import DataConstrainedLoss
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law import Law
from budgetplan.laws.policy import FLOP_PER_PARAM_TOKEN
from budgetplan.laws.shen_chess import ShenChess
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from budgetplan.units import format_quantity

TOKENS_PER_SAMPLE = 2000.0
"""Tokens of one answer where the user does not say: a short chain of thought. [token] (assumed, 200 to 20,000)"""
FARTHEST = 1e10
"""Served tokens, in those of one sample to every query, beyond which samples are not told from none: floats have 16 digits. [1]"""
SHARE_OF_OPTIMAL = 0.1
"""First-sample demand as a part of the compute-optimal pre-training tokens (assumed, .01 to 1)."""


@dataclass(frozen=True)
class Demand:
    """Served tokens as a function of the budget.

    Attributes
    ----------
    queries : float or None
        Q where it is given; None where it follows from the budget. [1]
    tokens_per_sample : float
        tau. [token]
    served : float
        S, tokens that only cost. [token]
    law : Law
        Whose compute-optimal tokens set the assumed demand.
    exists : bool
        Whether there is any demand: given, or assumed because the law knows samples.
    prompt_tokens : float
        Read once per query. [token]
    prompt_price : float
        Decoded tokens that cost as much as one prompt token. [1]
    """

    queries: float | None
    tokens_per_sample: float
    served: float
    law: Law
    exists: bool
    prompt_tokens: float = 0.0
    prompt_price: float = 1.0

    def first_sample(self, budget: Array) -> Array:
        """Q tau at each budget, shape kept. [token]"""
        if not self.exists:
            return np.zeros_like(budget)
        if self.queries is not None:
            return np.full_like(budget, self.queries * self.tokens_per_sample)
        return SHARE_OF_OPTIMAL * _optimal_tokens(self.law, budget)

    def prefill(self, first_sample: Array, tokens_per_sample: float | Array | None = None) -> Array:
        """Decoded tokens that cost as much as reading the prompts of all queries, shape kept. [token]

        Parameters
        ----------
        first_sample : ndarray
            Q tau. [token]
        tokens_per_sample : float or ndarray, optional
            tau where it is not the demand's own. [token]
        """
        each = self.tokens_per_sample if tokens_per_sample is None else tokens_per_sample
        return first_sample / each * (self.prompt_tokens * self.prompt_price)

    def number_of_queries(self, budget: float) -> float:
        """Q at a budget. [1]"""
        if self.queries is not None:
            return self.queries
        return float(self.first_sample(np.array([budget]))[0]) / self.tokens_per_sample if self.exists else 0.0

    def assumptions(self, budget: float) -> tuple[str, ...]:
        """What is assumed, as sentences; nothing where the user said it all."""
        if not self.exists or self.queries is not None:
            return ()
        queries = format_quantity(self.number_of_queries(budget), "count", 3)
        tokens = format_quantity(self.tokens_per_sample, "count", 4)
        return (f"{queries} queries of {tokens} tokens (first sample = a tenth of this budget's compute-optimal tokens)",)


def too_far(problem: Problem) -> Bools:
    """Whether served tokens dwarf those of the samples to choose, so that k has no digits left, per instance.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    """
    far: Bools = problem.served > FARTHEST * problem.first_sample
    return far if problem.has_samples else np.zeros(problem.size, dtype=bool)


def require_near(problem: Problem) -> None:
    """Refuse a problem of one instance that is `too_far`.

    Raises
    ------
    ScenarioError
    """
    if not too_far(problem)[0]:
        return
    raise ScenarioError(
        f"{problem.served[0]:.3g} served tokens are more than {FARTHEST:.0e} times the {problem.first_sample[0]:.3g} of one sample "
        "to every query: how many samples to draw makes no difference that could be told.",
        "Give more `queries`, or serve less; or plan with a law that knows no samples, such as --law besiroglu-2024.",
    )


def _optimal_tokens(law: Law, budget: Array) -> Array:
    """Compute-optimal pre-training tokens of a budget under the law's pre-training link. [token]"""
    function = law.function
    made = function.pretraining if isinstance(function, FourLinks) else function
    if not isinstance(made, (ChinchillaLoss, DataConstrainedLoss, AdditiveLoss, ShenChess)):
        made = load_law("besiroglu-2024").model
    assert isinstance(made, (ChinchillaLoss, DataConstrainedLoss, AdditiveLoss, ShenChess))
    plain = ChinchillaLoss(made.E, made.A, made.B, made.alpha, made.beta)
    tokens: Array = np.exp(solve(problem(plain, budget, (FLOP_PER_PARAM_TOKEN, 1.0, 1.0))).y[1])
    return tokens
