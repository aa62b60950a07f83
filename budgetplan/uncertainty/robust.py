"""One allocation for many worlds: the plan with the least expected regret, worst-tenth regret, or greatest regret over laws.

    minimise over y   risk_i w_i(y),    w_i = 1 - C'/C,  V_i(C') = l_i(y)

A risk of regrets is a function of N, D, R, k like a law's loss, and falls in every resource. So it is minimised as a law is: the
planner's own scan, descent, limits and certificate, with gradients through every world. Regrets in the search come from curves
(see `robust_curve`); the regrets that are told, and by which a given point may still win, from a solve of their own in every world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from budgetplan.errors import SolverError
from budgetplan.laws.model import AbstractModel, Outcome
from budgetplan.numerics.arrays import Array
from budgetplan.planning.certificate import certify_point
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve, solve_near
from budgetplan.uncertainty.robust_curve import WasteCurve, waste_curve
from budgetplan.uncertainty.robust_risk import AbstractRisk, risk_of
from budgetplan.uncertainty.robust_worlds import AbstractWorlds

ROBUST = "robust"
"""Name of the answer among the candidates."""
STARTS = 4
"""Basins followed."""
FEASIBLE = 1e-7
"""Largest violation of a limit with which a candidate counts. [ln]"""


@dataclass(frozen=True)
class RiskModel(AbstractModel):
    """One plus the risk of regrets, as the planner sees a law; the one keeps its logarithm away from zero.

    Attributes
    ----------
    worlds : AbstractWorlds
    curve : WasteCurve
    risk : AbstractRisk
    """

    worlds: AbstractWorlds
    curve: WasteCurve
    risk: AbstractRisk

    @property
    def uses(self) -> tuple[bool, bool, bool, bool]:
        """Of any world."""
        return self.worlds.uses

    def evaluate(self, x: Array) -> Outcome:
        """The risk at log variables of shape (4, ...)."""
        return Outcome(1.0 + self.risk.smooth(self.curve.wasted(self.worlds.loss(x))[0])[0], None, None)

    def loss_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """The risk and its derivatives by the log variables."""
        loss, by_x = self.worlds.loss_and_gradient(x)
        wasted, by_loss = self.curve.wasted(loss)
        value, weight = self.risk.smooth(wasted)
        with np.errstate(invalid="ignore"):  # an infinite slope where everything is wasted already
            gradient = np.nan_to_num(by_x * (weight * by_loss), posinf=0.0, neginf=0.0).sum(axis=-1)
        return 1.0 + value, gradient


@dataclass(frozen=True)
class RobustPlan:
    """One allocation for all worlds.

    Attributes
    ----------
    objective : str
        What it minimises.
    y : ndarray of shape (4,)
        ln N, ln D, ln R, ln I.
    value : float
        Its objective over these worlds, exact: never above that of any given point. [1]
    kkt_residual : float
        Of the smoothed objective, at the point the search ended; a kinked objective is not smooth where worlds tie. [1]
    values : mapping of str to float
        Objective of the plan, as `robust`, and of the given points. [1]
    wasted : mapping of str to ndarray of shape (world,)
        Regret of each in each world. [1]
    """

    objective: str
    y: Array
    value: float
    kkt_residual: float
    values: Mapping[str, float]
    wasted: Mapping[str, Array]


def robust_plan(problem: Problem, worlds: AbstractWorlds, objective: str, points: Mapping[str, Array]) -> RobustPlan:
    """The allocation with the least risk.

    Parameters
    ----------
    problem : Problem
        Of one instance; its demand, prices and limits hold in every world.
    worlds : AbstractWorlds
        A few hundred draws (`DrawnWorlds`), or laws by name (`SeveralLaws`).
    objective : {"expected", "cvar10", "minimax-law"}
        Mean, worst tenth or maximum of the regrets in wasted compute.
    points : mapping of str to ndarray of shape (4,)
        Allocations to be no worse than, such as the point plan, and to compare with, such as equal thirds.

    Returns
    -------
    RobustPlan

    Raises
    ------
    ScenarioError
        If there is no such objective.
    SolverError
        If a law among several has no certified optimum, or nothing was found.
    """
    risk = risk_of(objective)
    asked, found = _searched(problem, worlds, risk)
    feasible = {name: y for name, y in points.items() if _violation(problem, y) <= FEASIBLE}
    candidates = feasible if found is None else {ROBUST: found, **feasible}
    if not candidates:
        raise SolverError("No allocation was found under the draws although the limits allow one.", "Report this scenario.", "lost")
    wasted = worlds.wasted(problem, {**candidates, **points})
    values = {name: risk.exact(regrets) for name, regrets in wasted.items()}
    best = min(candidates, key=lambda name: values[name])  # the first of equals: what was searched for
    named = (ROBUST, *points)
    values[ROBUST], wasted[ROBUST] = values[best], wasted[best]
    residual = certify_point(asked, candidates[best]).kkt_residual
    return RobustPlan(
        objective,
        candidates[best],
        values[best],
        residual,
        {name: values[name] for name in named},
        {name: wasted[name] for name in named},
    )


def _searched(problem: Problem, worlds: AbstractWorlds, risk: AbstractRisk) -> tuple[Problem, Array | None]:
    """The problem with the risk in place of the loss, as sharp as it was solved, and its best point with kinks and all."""
    curve, kept = waste_curve(problem, worlds)
    worlds = worlds.take(kept)
    asked = replace(problem, model=RiskModel(worlds, curve, risk))
    solution = solve(asked, STARTS)
    found = [y for y in (solution.runner_up_y, solution.y) if np.isfinite(y[:2]).all()]
    for sharper in risk.sharper if found else ():
        following = replace(asked, model=RiskModel(worlds, curve, sharper))
        ahead, value = solve_near(following, found[-1])
        if not np.isfinite(value[0]):
            break
        asked = following
        found.append(ahead)
    values = [risk.exact(curve.wasted(worlds.loss(problem.law_point(y)))[0][0]) for y in found]
    return asked, found[int(np.argmin(values))][:, 0] if found else None


def _violation(problem: Problem, y: Array) -> float:
    return float(problem.violation(y[:, None])[0])
