"""Random joint problems: every link, verifier and coverage law, 1e18 to 1e29 FLOP, limits on half of them.

Ranges are wider than the published coefficients, so that interior optima, corners, several basins, floors reached to every digit
and hopeless tasks all occur. Limits are drawn around the optimum that the dense grid sees without them, so that most of them bind;
some leave nothing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.coverage import BetaSpread, CoveragePower
from budgetplan.laws.data_constrained import DataConstrainedLoss
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.rl_gain import AbstractRlLink, LogarithmicGain, NoGain, SaturatingGain
from budgetplan.laws.rl_published import ErrorPower, SuccessSigmoid
from budgetplan.laws.selection import Selection, false_positive
from budgetplan.laws.task_link import LogisticTask
from budgetplan.planning.limits import Limits, no_limits
from budgetplan.planning.problem import Problem, problem
from tests.oracles.dense_grid import dense_minimum

BESIROGLU = (1.8172, 482.01, 2085.43, 0.3478, 0.3658)
HOFFMANN = (1.69337, 406.4, 410.72, 0.33917084, 0.2849083)
MUENNIGHOFF = (1.86914, 520.82, 1487.72, 0.3527, 0.3527, 15.39, 5.31)
RL_LINKS = 5
VERIFIERS = 3


def _pretraining(rng: np.random.Generator) -> ChinchillaLoss | DataConstrainedLoss:
    draw = rng.integers(5)
    if draw == 0:
        return ChinchillaLoss(*BESIROGLU)
    if draw == 1:
        return ChinchillaLoss(*HOFFMANN)
    if draw == 2:
        return DataConstrainedLoss(*MUENNIGHOFF, unique_tokens=10 ** rng.uniform(9, 14))
    if draw == 3:
        return ChinchillaLoss(*BESIROGLU, 10 ** rng.uniform(9, 14), 15.39)
    sizes, powers = 10 ** rng.uniform(2, 3.4, 2), rng.uniform(0.25, 0.45, 2)
    return ChinchillaLoss(rng.uniform(1.5, 2.0), *sizes, *powers)


def _rl(rng: np.random.Generator, kind: int) -> AbstractRlLink:
    links: list[AbstractRlLink] = [
        LogarithmicGain(10 ** rng.uniform(-1.3, 0), 10 ** rng.uniform(4, 9)),
        SaturatingGain(rng.uniform(0.3, 3), 10 ** rng.uniform(6, 11), rng.uniform(0.5, 2.5)),
        SuccessSigmoid(0.61, 0.3, 2542, rng.uniform(1, 2.4), 4.1e6),
        ErrorPower(0.135, 13.1e9, 10 ** rng.uniform(6, 9)),
        NoGain(),
    ]
    return links[kind]


def unlimited_problem(rng: np.random.Generator, seed: int) -> Problem:
    """A problem without limits; the seed walks through RL links and verifiers, so that every pair occurs."""
    base = _pretraining(rng)
    task = LogisticTask(rng.uniform(4, 15), base.E + rng.uniform(0.02, 0.6), float(rng.choice([0.0, 0.25])))
    power = rng.random() < 0.2
    spread = CoveragePower(-rng.uniform(0.05, 0.5)) if power else BetaSpread(rng.uniform(0.2, 1), rng.uniform(0, 2.5))
    verifiers = [Selection(0.27, 100.0), Selection(), false_positive(10 ** rng.uniform(-3, -0.3))]
    model = FourLinks(base, task, _rl(rng, seed % RL_LINKS), spread, verifiers[seed // RL_LINKS % VERIFIERS])
    budget = 10 ** rng.uniform(18, 29)
    first = 0.1 * np.sqrt(3 * budget) * 10 ** rng.uniform(-2, 1.5)
    served = 0.0 if rng.random() < 0.7 else first * rng.uniform(0.1, 3)
    decode = rng.uniform(0.1, 0.35)
    kappa = (6.0, 2 / decode + float(rng.choice([6, 8, 18, 0])), 2 / decode)
    return problem(model, budget, kappa, first, served)


def _limits(rng: np.random.Generator, base: Problem) -> Limits:
    """One to three limits on different rows, within 1.5 e-folds of the optimum without them; RL forbidden in a tenth."""
    best = dense_minimum(base, count=24, starts=0)
    limits = no_limits(1)
    if best is None:
        return limits
    values = np.concatenate([best.y, best.y[0] + best.y[1:]])
    forbidden = bool(rng.random() < 0.1)
    for row in rng.choice(7, size=rng.integers(1, 4), replace=False):
        kind, shift = rng.integers(3), rng.uniform(-1.5, 1.5)
        if not np.isfinite(values[row]) or (forbidden and row in (2, 5)):
            continue
        if kind == 2:
            shift *= 0.5
        if kind != 1:
            limits.low[row] = values[row] + shift
        if kind != 0:
            limits.high[row] = values[row] + shift
    return replace(limits, rl_forbidden=forbidden)


def random_problem(seed: int) -> Problem:
    """Problem number `seed`; the odd ones have limits."""
    rng = np.random.default_rng(seed)
    free = unlimited_problem(rng, seed // 2)
    return replace(free, limits=_limits(rng, free)) if seed % 2 else free
