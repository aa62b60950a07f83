"""An allocation as users read it: tokens, compute, shares and what the law predicts, in SI units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem

STAGES = ("pretraining", "rl", "inference")
"""Uses of compute, in order."""


@dataclass(frozen=True)
class Regret:
    """What an allocation loses against the optimum, in three currencies.

    Attributes
    ----------
    loss : float or None
        Its loss minus the optimum's; None where its loss is infinite. [loss]
    wasted_compute : float
        1 - C'/C, with C' the budget at which the optimum reaches its loss. [1]
    usd : float or None
        Price of the wasted compute; None without a price. [usd]
    """

    loss: float | None
    wasted_compute: float
    usd: float | None


@dataclass(frozen=True)
class Allocation:
    """A split of compute with its prediction.

    Attributes
    ----------
    params : float
        N. [param]
    tokens, flop, share : mapping of str to float
        By stage: pretraining, rl, inference; `flop` with `total`. [token], [FLOP], [1]
    queries, samples_per_query : float
        Q and k; 0 and 1 without demand. [1]
    tokens_per_param : float
        D/N. [1]
    pretraining_loss : float or None
        [nat/token]
    success : float or None
        [1]
    task_loss : float or None
        -ln success. [nat/task]
    loss : float or None
        The objective; None where it is infinite or the law has none. [loss]
    regret : Regret or None
        Against the optimum, for allocations other than it.
    note : str
        What to know about it, where there is anything.
    """

    params: float
    tokens: Mapping[str, float]
    flop: Mapping[str, float]
    share: Mapping[str, float]
    queries: float
    samples_per_query: float
    tokens_per_param: float
    pretraining_loss: float | None
    success: float | None
    task_loss: float | None
    loss: float | None
    regret: Regret | None = None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain nested dictionary, ready for JSON."""
        out: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ("regret", "note")}
        for name in ("tokens", "flop", "share"):
            out[name] = dict(out[name])
        if self.regret is not None:
            out["regret"] = dict(vars(self.regret)) if hasattr(self.regret, "__dict__") else {}
        if self.note:
            out["note"] = self.note
        return out


def describe(problem: Problem, y: Array, queries: float) -> Allocation:
    """The allocation at y of a problem of one instance.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    y : ndarray of shape (4,)
        ln N, ln D, ln R, ln I.
    queries : float
        Q. [1]

    Returns
    -------
    Allocation
        A checkpoint's tokens are counted in tokens, not in compute.
    """
    column = y[:, None]
    outcome = problem.model.evaluate(problem.law_point(column))
    cost = problem.cost(column)[:, 0]
    total = float(cost.sum())
    params, tokens = float(np.exp(y[0])), np.exp(y[1:])
    tokens[0] += problem.sunk_tokens
    joint = outcome.success is not None
    loss = _finite(outcome.loss)
    return Allocation(
        params=params,
        tokens=dict(zip(STAGES, map(float, tokens), strict=True)),
        flop={**dict(zip(STAGES, map(float, cost), strict=True)), "total": total},
        share=dict(zip(STAGES, map(float, cost / total), strict=True)),
        queries=queries,
        samples_per_query=float(np.exp(problem.log_samples(column[3])[0][0])),
        tokens_per_param=float(tokens[0]) / params,
        pretraining_loss=_finite(outcome.pretraining_loss),
        success=_finite(outcome.success),
        task_loss=loss if joint else None,
        loss=loss,
    )


def _finite(value: Array | None) -> float | None:
    if value is None:
        return None
    number = float(np.ravel(value)[0])
    return number if np.isfinite(number) else None
