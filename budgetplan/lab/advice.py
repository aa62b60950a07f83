"""A fitted law as an adviser at prices that depend on N: optima, rules of thumb, fair demand, and intervals of one training run.

An optimum is planned, its prices are counted again at its N, and so on until N stays. Then N is rounded to a shape: the rest is
optimised again at the exact prices of the shapes nearest to it, and the best of them is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetplan.errors import InfeasibleError
from budgetplan.lab.model import Shape
from budgetplan.lab.price import Prices
from budgetplan.lab.shapes import nearest, shapes
from budgetplan.laws.law import Law
from budgetplan.laws.model import AbstractModel
from budgetplan.numerics.arrays import Array
from budgetplan.planning.baselines import baseline_problem
from budgetplan.planning.limits import Limits, no_limits
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.draws import draw_law

PLAN = "plan"
"""The optimum, beside the rules of thumb."""
MOST_SAMPLES = 64.0
"""Samples per query at most: so many are drawn of every held-out problem."""
FAIR_SHARE, FAIR_SAMPLES = 1.0 / 3.0, 10.0
"""Demand unless it is given: so many queries that the plan spends about this share on answers, of about so many samples each."""
_FAIR_FACTORS = np.geomspace(0.125, 64.0, 10)
"""Demands that are looked at, over the one at which 8 samples from the compute-optimal model cost a third of the budget."""
_ROUNDS, _STILL, _NEAR = 40, 1e-3, 4
"""Rounds of pricing, change of ln N at which they end, and shapes that are tried."""
_DRAWS, _SEED = 2000, 0


@dataclass(frozen=True)
class Advice:
    """A law with what planning in the lab needs beside it.

    Attributes
    ----------
    model : AbstractModel
        Samples are judged by an oracle, as pass@k is.
    drawn : AbstractModel
        The same with coefficients of shape (draw,).
    prices : Prices
    scatter : float
        Standard deviation of one run about the law. [ln task loss]
    least : float
        Params of the smallest model that was measured: none smaller is planned. [param]
    """

    model: AbstractModel
    drawn: AbstractModel
    prices: Prices
    scatter: float
    least: float

    @classmethod
    def of(cls, law: Law, prices: Prices, scatter: float, least: float) -> Advice:
        """Draw the law."""
        drawn = draw_law(law, _DRAWS, _SEED).law
        return cls(law.with_options("oracle").model, drawn.with_options("oracle").model, prices, scatter, least)

    def posed(self, flop: float, queries: float, params: float, fixed: bool = False) -> Problem:
        """The planning problem at the prices of a size, with N fixed to it or free."""
        kappa, length = self.prices.at(params)
        limits = no_limits(1)
        low, high = limits.low.copy(), limits.high.copy()
        if queries > 0:
            high[3] = np.log(queries * length * MOST_SAMPLES)
        if fixed:
            low[0] = high[0] = np.log(params)
        return problem(self.model, flop, kappa, queries * length, limits=Limits(low, high))

    def settled(self, flop: float, queries: float, rule: str = PLAN) -> tuple[Problem, Array]:
        """An optimum at its own prices.

        Parameters
        ----------
        flop : float
            [FLOP]
        queries : float
            Q; 0 asks for the compute-optimal model without RL and samples.
        rule : str
            `plan` or a rule of thumb.

        Returns
        -------
        Problem
            At the last prices.
        ndarray of shape (4,)
            ln N, ln D, ln R, ln I.

        Raises
        ------
        InfeasibleError
            Where the budget does not pay for the queries.
        """
        params = float(np.sqrt(flop / 120.0))
        ends = self.least, float(np.exp(self.prices.log_params[-1]))
        for turn in range(_ROUNDS):
            posed, y = self._solved(flop, queries, float(np.clip(params, *ends)), rule)
            if not ends[0] <= np.exp(y[0]) <= ends[1]:  # no such model is trained: the nearest size that is
                return self._solved(flop, queries, float(np.clip(np.exp(y[0]), *ends)), rule, fixed=True)
            moved = y[0] - np.log(params)
            if abs(moved) < _STILL:
                break
            # Half steps after a while: prices that rise with N may otherwise send it to and fro.
            params *= float(np.exp(moved if turn < 5 else 0.5 * moved))
        return posed, y

    def _solved(self, flop: float, queries: float, params: float, rule: str, fixed: bool = False) -> tuple[Problem, Array]:
        """An optimum at the prices of a size."""
        posed = self.posed(flop, queries, params, fixed)
        if not queries:
            posed = replace(posed, limits=replace(posed.limits, rl_forbidden=True))
        best = solve(posed if rule == PLAN else baseline_problem(posed, rule), 8, 4)
        if not np.isfinite(best.loss[0]):
            raise _infeasible(flop, queries)
        return posed, best.y[:, 0]

    def fair_queries(self, flop: float) -> float:
        """Queries at which inference is a fair part of a budget's plan, and several samples are worth their cost. [1]

        With few queries any number of samples is cheap, with many even one is dear: the plan's share is to be near
        `FAIR_SHARE` and its samples near `FAIR_SAMPLES`, both in logs, the share weighing twice; and a third of the budget has
        to pay for two samples of the smallest model, so that equal thirds have a choice too.

        Raises
        ------
        InfeasibleError
            Where the budget does not pay for the fewest queries that are looked at, or trains no model.
        """
        _, y = self.settled(flop, 0.0)
        kappa, length = self.prices.at(float(np.exp(y[0])))
        middle = flop / 3.0 / (8.0 * kappa[2] * np.exp(y[0]) * length)
        best, least = float("nan"), np.inf
        small, short = self.prices.at(self.least)
        most = flop / 3.0 / (2.0 * small[2] * self.least * short)
        for queries in np.minimum(middle * _FAIR_FACTORS, most).tolist():
            try:
                posed, y = self.settled(flop, queries)
            except InfeasibleError:
                break
            share = float(posed.cost(y[:, None])[2, 0] / flop)
            samples = float(posed.log_samples(y[3:4])[0][0])
            far = float(np.log(share / FAIR_SHARE) ** 2 + 0.25 * (samples - np.log(FAIR_SAMPLES)) ** 2)
            if far < least:
                best, least = queries, far
        if not np.isfinite(best):
            raise _infeasible(flop, middle * _FAIR_FACTORS[0])
        return best

    def at_shapes(self, flop: float, queries: float, near: float, rule: str) -> tuple[Shape, Problem, Array]:
        """The best shape near a size, and the rest optimised at it."""
        for tried in (nearest(near, _NEAR), shapes()):
            found: list[tuple[float, Shape, Problem, Array]] = []
            for shape in tried:
                if shape.params < self.least:
                    continue
                try:
                    posed, y = self._solved(flop, queries, shape.params, rule, fixed=True)
                except InfeasibleError:
                    continue
                found.append((float(posed.loss(y[:, None])[0]), shape, posed, y))
            if found:
                return min(found, key=lambda one: one[0])[1:]
        raise _infeasible(flop, queries)

    def interval(self, point: Array, level: float = 0.9) -> tuple[float, float, float]:
        """Task loss at ln N, ln D, ln R, ln k, and the interval of one training run: the law's draws and the scatter."""
        own = float(self.model.evaluate(point[:, None]).loss[0])
        losses = self.drawn.evaluate(np.repeat(point[:, None], _DRAWS, axis=1)).loss
        noise = np.random.default_rng(_SEED).standard_normal((8, _DRAWS))
        spread = np.log(losses) + self.scatter * noise
        low, high = np.exp(np.quantile(spread, [0.5 - level / 2.0, 0.5 + level / 2.0])).tolist()
        return own, low, high


def _infeasible(flop: float, queries: float) -> InfeasibleError:
    if not queries:
        return InfeasibleError(f"A budget of {flop:.3g} FLOP does not train the smallest model of the lab.", "Spend more.")
    return InfeasibleError(
        f"A budget of {flop:.3g} FLOP does not pay for {queries:,.0f} queries within the sizes of the lab.",
        "Ask fewer queries, or spend more.",
    )
