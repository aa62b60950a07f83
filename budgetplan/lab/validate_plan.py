"""What the closed loop trains: the lab law's plan for a budget, the rules of thumb beside it, and what the law predicts of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetplan.errors import InfeasibleError
from budgetplan.lab.advice import PLAN, Advice
from budgetplan.lab.model import Shape
from budgetplan.lab.pretrain import STEP_TOKENS, whole_steps

THIRDS, TOKENS, WITHOUT_RL = "equal-thirds", "equal-tokens", "plan-without-rl"
"""Candidates beside the plan."""
CANDIDATES = (PLAN, THIRDS, TOKENS, WITHOUT_RL)
FEWEST_RL = 500.0
"""RL tokens below which none are trained: a step of RL generates a few thousand. [token]"""


@dataclass(frozen=True)
class Candidate:
    """What is to be trained, and what the law says of it.

    Attributes
    ----------
    budget, name : str
        Names of the budget and of the candidate.
    flop : float
        The budget. [FLOP]
    shape : Shape
    pretraining_tokens, rl_tokens : int
        Whole steps of pre-training; what RL generates at least. [token]
    samples_per_query, queries : float
        k and Q.
    free_params : float
        N before it was rounded to a shape. [param]
    predicted, low, high : float
        Task loss of the law, and the 90 % interval of one training run. [nat/task]
    """

    budget: str
    name: str
    flop: float
    shape: Shape
    pretraining_tokens: int
    rl_tokens: int
    samples_per_query: float
    queries: float
    free_params: float
    predicted: float
    low: float
    high: float


def candidates(advice: Advice, budget: str, flop: float, queries: float, names: Sequence[str] = CANDIDATES) -> list[Candidate]:
    """Candidates of a budget, the plan first.

    Parameters
    ----------
    advice : Advice
    budget : str
        Its name.
    flop : float
        [FLOP]
    queries : float
        Q.
    names : sequence of str
        Which; those that the budget does not allow are left out, but for the plan.

    Raises
    ------
    InfeasibleError
        Where the budget does not pay for the plan.
    """
    found: list[Candidate] = []
    for name in names:
        try:
            if name == WITHOUT_RL:
                plan = next(one for one in found if one.name == PLAN)
                point = np.log([plan.shape.params, plan.pretraining_tokens, 1.0, plan.samples_per_query])
                point[2] = -np.inf
                own = advice.interval(point)
                found.append(replace(plan, name=name, rl_tokens=0, predicted=own[0], low=own[1], high=own[2]))
                continue
            _, free = advice.settled(flop, queries, name)
            shape, posed, y = advice.at_shapes(flop, queries, float(np.exp(free[0])), name)
        except InfeasibleError:
            if name == PLAN:
                raise
            continue
        tokens = max(1, whole_steps(round(float(np.exp(y[1]))))) * STEP_TOKENS
        rl = 0 if np.exp(y[2]) < FEWEST_RL else round(float(np.exp(y[2])))
        k = float(np.exp(posed.log_samples(y[3:4])[0][0]))
        point = np.array([np.log(shape.params), np.log(tokens), np.log(rl) if rl else -np.inf, np.log(k)])
        own = advice.interval(point)
        found.append(Candidate(budget, name, flop, shape, tokens, rl, k, queries, float(np.exp(free[0])), *own))
    return found
