"""The additive family with bounds as a geometric program, solved by cvxpy's interior-point solver in log space."""

from __future__ import annotations

from collections.abc import Mapping

import cvxpy as cp

from budgetplan.laws.additive import AdditiveLoss

Bound = tuple[float | None, float | None]
STAGES = ("pretraining", "rl", "inference")


def geometric_minimum(
    law: AdditiveLoss, budget: float, kappa: tuple[float, float, float], first_sample: float, bounds: Mapping[str, Bound]
) -> float | None:
    """Least loss, or None where the bounds leave nothing.

    Parameters
    ----------
    law : AdditiveLoss
        With all four terms.
    budget : float
        C. [FLOP]
    kappa : tuple of float
        FLOP per param and token of the stages.
    first_sample : float
        Tokens of one sample to every query. [token]
    bounds : mapping of str to (low, high)
        By limit: `params`, `STAGE_tokens`, `STAGE_share`; None where there is no bound.
    """
    # in units of sizes near the optimum, so that the solver's tolerances are relative
    unit_n = (budget / 120) ** 0.5
    unit_x = [20 * unit_n, unit_n, first_sample]
    n, x = cp.Variable(pos=True), [cp.Variable(pos=True) for _ in STAGES]
    cost = [price * unit_n * unit / budget * n * tokens for price, unit, tokens in zip(kappa, unit_x, x, strict=True)]
    loss = law.E + law.A * unit_n**-law.alpha * n**-law.alpha + law.B * unit_x[0] ** -law.beta * x[0] ** -law.beta
    loss += law.G * unit_x[1] ** -law.gamma * x[1] ** -law.gamma + law.H * x[2] ** -law.delta
    rules = [cost[0] + cost[1] + cost[2] <= 1, x[2] >= 1]
    amounts = {"params": (n, unit_n)}
    for stage, tokens, unit, spent in zip(STAGES, x, unit_x, cost, strict=True):
        amounts[f"{stage}_tokens"] = (tokens, unit)
        amounts[f"{stage}_share"] = (spent, 1.0)
    for name, (low, high) in bounds.items():
        amount, unit = amounts[name]
        rules += [] if low is None else [amount >= low / unit]
        rules += [] if high is None else [amount <= high / unit]
    program = cp.Problem(cp.Minimize(loss), rules)
    value = program.solve(gp=True, solver=cp.CLARABEL)
    return None if program.status == cp.INFEASIBLE else float(value)
