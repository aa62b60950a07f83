"""One plan and its rivals under every draw of the law: each draw's own optimum, and what the fixed decisions lose against it.

    V_i(C)   loss of draw i's optimum at budget C
    l_i(x)   loss of decision x under draw i;   regret in compute  w_i(x) = 1 - C'/C  with  V_i(C') = l_i(x)

All draws are instances of one batched problem; demand, prices and limits are the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from budgetplan.errors import SolverError
from budgetplan.laws.model import AbstractModel
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.certificate import certify_point, residuals
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.together import wasted_in

CERTIFIED = 1e-6
"""KKT residual below which a draw's optimum counts."""
CLOSE = 1e-6
"""Of ln of the budget that reaches a loss. [1]"""
CHUNK = 20_000
"""Draws solved at a time, which bounds memory."""


@dataclass(frozen=True)
class Replanned:
    """Optima of draws, of shape (draw,) each; draws without a certified optimum are left out.

    Attributes
    ----------
    y : ndarray of shape (4, draw)
        ln N, ln D, ln R, ln I of each draw's optimum.
    loss : ndarray
        V_i.
    share : ndarray of shape (3, draw)
        Of compute. [1]
    samples : ndarray
        k. [1]
    decisions : mapping of str to ndarray
        l_i of each decision.
    wasted : mapping of str to ndarray
        w_i of each decision. [1]
    kept : ndarray of bool of shape (drawn,)
        Which of the draws these are.
    """

    y: Array
    loss: Array
    share: Array
    samples: Array
    decisions: Mapping[str, Array]
    wasted: Mapping[str, Array]
    kept: Bools

    @property
    def tokens(self) -> Array:
        """Tokens of pre-training (beyond a checkpoint's), RL and inference, shape (3, draw)."""
        return np.exp(self.y[1:])


def replan(problem: Problem, model: AbstractModel, count: int, decisions: Mapping[str, Array], waste: bool = True) -> Replanned:
    """Solve the problem again under every draw.

    Parameters
    ----------
    problem : Problem
        Of one instance, at the law's own values.
    model : AbstractModel
        With coefficients of shape (count,).
    count : int
        Draws.
    decisions : mapping of str to ndarray of shape (4,)
        Allocations that are held fixed: y of the plan, of equal thirds.
    waste : bool
        Whether regret in compute is wanted, which takes several times as long.

    Returns
    -------
    Replanned
    """
    whole = replace(problem.repeated(count), model=model, drawn=True)
    parts = [_replan(whole.take(np.arange(at, min(at + CHUNK, count))), decisions, waste) for at in range(0, count, CHUNK)]
    if len(parts) == 1:
        return parts[0]
    return Replanned(
        y=np.concatenate([part.y for part in parts], axis=1),
        loss=np.concatenate([part.loss for part in parts]),
        share=np.concatenate([part.share for part in parts], axis=1),
        samples=np.concatenate([part.samples for part in parts]),
        decisions={name: np.concatenate([part.decisions[name] for part in parts]) for name in parts[0].decisions},
        wasted={name: np.concatenate([part.wasted[name] for part in parts]) for name in parts[0].wasted},
        kept=np.concatenate([part.kept for part in parts]),
    )


def _replan(many: Problem, decisions: Mapping[str, Array], waste: bool) -> Replanned:
    best = solve(many, 3)
    solved = np.isfinite(best.loss)
    kept = solved & (residuals(many, np.where(solved, best.y, 0.0)) <= CERTIFIED)
    for index in np.flatnonzero(solved & ~kept):  # a limit holds there, the standing ones included: its multiplier is counted too
        kept[index] = certify_point(many.take(np.array([index])), best.y[:, index]).status == "optimal"
    if not kept.any():
        raise SolverError("No draw of the law has a certified optimum.", "Report this scenario.", "lost")
    many = many.take(kept)
    y, loss = best.y[:, kept], best.loss[kept]
    held = {name: many.loss(np.repeat(point[:, None], many.size, axis=1)) for name, point in decisions.items()}
    wasted = {name: wasted_in(many, y, loss, value, CLOSE) for name, value in held.items()} if waste else {}
    cost = many.cost(y)
    return Replanned(y, loss, cost / cost.sum(axis=0), np.exp(many.log_samples(y[3])[0]), held, wasted, kept)
