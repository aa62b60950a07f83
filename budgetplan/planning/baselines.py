"""Rules of thumb as problems: equal thirds, equal tokens, Chinchilla, and any split that is named.

A named split fixes the share of each stage and leaves N free, so that the same solver finds its best N. Equal tokens are the
split with shares proportional to kappa, since every stage costs kappa_j N per token. Chinchilla does no RL and draws one sample.
All obey the limits that the plan obeys: a share that a limit stops passes what is left to the other stages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from budgetplan.planning.allocation import STAGES
from budgetplan.planning.limits import FEWEST_TOKENS, Limits
from budgetplan.planning.problem import Problem

NAMES = ("equal-thirds", "equal-tokens", "chinchilla")
"""Baselines of every plan that has more than one stage."""


def stages_of(problem: Problem) -> tuple[str, ...]:
    """Stages whose tokens the law knows and the problem has: those among which a rule of thumb splits.

    Parameters
    ----------
    problem : Problem
        Any.
    """
    has = (True, problem.model.uses[2], problem.has_samples)
    return tuple(stage for stage, there in zip(STAGES, has, strict=True) if there)


def named_split(problem: Problem, shares: Mapping[str, float]) -> Problem:
    """The problem with the share of each stage fixed; limits on params and tokens stay, those on shares give way.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    shares : mapping of str to float
        By stage; a stage that is absent or zero gets nothing. [1]

    Returns
    -------
    Problem
    """
    low, high = problem.limits.low.copy(), problem.limits.high.copy()
    spare = np.ones(problem.size)
    if problem.sunk_tokens and shares.get("pretraining", 0.0) == 0:
        # the few tokens that stand for no further pre-training are taken from what the others share
        spare -= problem.kappa[0] * np.exp(low[0]) * FEWEST_TOKENS / problem.budget
    for row, stage in enumerate(STAGES):
        if stage == "inference" and not problem.has_samples:
            continue
        share = shares.get(stage, 0.0)
        if share > 0:
            low[4 + row] = high[4 + row] = np.log(share * spare * problem.budget / problem.kappa[row])
        elif row == 0 and problem.sunk_tokens:
            low[4], high[4] = -np.inf, np.inf
            low[1] = high[1] = np.log(FEWEST_TOKENS)
    return replace(problem, limits=Limits(low, high, problem.limits.rl_forbidden or shares.get("rl", 0.0) == 0))


def within_limits(problem: Problem, shares: Mapping[str, float]) -> dict[str, float]:
    """Shares as near to the given ones as the limits on shares allow: what a limit takes from one stage goes to the others.

    Parameters
    ----------
    problem : Problem
        Of instances that share their limits on shares.
    shares : mapping of str to float
        A rule's shares. [1]

    Returns
    -------
    dict of str to float
        Summing to one where the limits allow it.
    """
    limits, out, held = problem.limits, dict(shares), set[str]()
    if limits.rl_forbidden and "rl" in out:
        out["rl"] = 0.0
        held.add("rl")
        out = _refilled(out, held)
    for _ in STAGES:
        moved = False
        for row, stage in enumerate(STAGES):
            if stage not in out or stage in held:
                continue
            scale = problem.kappa[row] / problem.budget[0]
            least, most = np.exp(limits.low[4 + row, 0]) * scale, np.exp(min(limits.high[4 + row, 0], 700.0)) * scale
            if not least <= out[stage] <= most:
                out[stage] = float(np.clip(out[stage], least, most))
                held.add(stage)
                moved = True
        if not moved:
            break
        out = _refilled(out, held)
    return out


def _refilled(shares: dict[str, float], held: set[str]) -> dict[str, float]:
    """What the held shares leave, spread over the others in proportion."""
    left = 1.0 - sum(shares[stage] for stage in held)
    free = sum(share for stage, share in shares.items() if stage not in held)
    return {stage: share if stage in held or free == 0 else share / free * max(left, 0.0) for stage, share in shares.items()}


def baseline_problem(problem: Problem, name: str) -> Problem:
    """The problem whose optimum is the baseline.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.
    name : {"equal-thirds", "equal-tokens", "chinchilla"}
        Which rule.

    Returns
    -------
    Problem

    Raises
    ------
    KeyError
        If there is no such rule.
    """
    stages = stages_of(problem)
    if name == "equal-thirds":
        return named_split(problem, within_limits(problem, {stage: 1.0 / len(stages) for stage in stages}))
    if name == "equal-tokens":
        kappa = {stage: float(problem.kappa[STAGES.index(stage)]) for stage in stages}
        total = sum(kappa.values())
        return named_split(problem, within_limits(problem, {stage: value / total for stage, value in kappa.items()}))
    if name == "chinchilla":
        low, high = problem.limits.low.copy(), problem.limits.high.copy()
        if problem.has_samples:
            low[3], high[3] = np.maximum(low[3], problem.least_inference), np.minimum(high[3], problem.least_inference)
        return replace(problem, limits=Limits(low, high, True))
    raise KeyError(name)
