"""Many plans at once: one row per cell of a grid over scenario fields.

Cells that differ only in the budget are one batched solve; other fields are gone through one by one. A cell that has no answer is
a row with its status, and does not keep the others from theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetplan.errors import BudgetPlanError, ScenarioError, UnknownNameError
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.baselines import baseline_problem, stages_of
from budgetplan.planning.certificate import OPTIMAL, certify_point, residuals
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario, override, scenario_fields
from budgetplan.workflow.planner import plan
from budgetplan.workflow.question import resolve

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "params",
    "pretraining_tokens",
    "rl_tokens",
    "inference_tokens",
    "pretraining_share",
    "rl_share",
    "inference_share",
    "samples_per_query",
    "loss",
    "equal_thirds_loss",
    "equal_thirds_wasted_compute",
    "status",
)
"""Columns after the swept keys; amounts in SI units."""
MOST_CELLS = 5_000_000
"""Largest grid."""


def sweep(scenario: Scenario, over: Mapping[str, Sequence[Any] | Array]) -> pd.DataFrame:
    """Plan every cell of a grid.

    Parameters
    ----------
    scenario : Scenario
        The question; fields of `over` replace its own.
    over : mapping of str to sequence
        Scenario field (dotted for parts: `max.rl_share`) -> values, as numbers or quantities.

    Returns
    -------
    pandas.DataFrame
        One row per cell, the last key varying fastest: the swept keys, then `COLUMNS`. `status` is optimal, infeasible, stalled or
        the kind of error.

    Raises
    ------
    ScenarioError, UnknownNameError
        If nothing is swept, the grid is too large, or a field does not exist.
    """
    import pandas as pd

    for key in over:
        if key.partition(".")[0] not in scenario_fields():
            raise UnknownNameError("field of a scenario", key, scenario_fields())
    keys, values = list(over), [list(np.atleast_1d(np.asarray(item, dtype=object))) for item in over.values()]
    cells = int(np.prod([len(item) for item in values], dtype=float)) if values else 0
    if cells == 0:
        raise ScenarioError("There is nothing to sweep.", "Name a field with its values: --over budget=1e22..1e26:40.")
    if cells > MOST_CELLS:
        raise ScenarioError(f"The sweep has {cells:,} cells, over {MOST_CELLS:,}.", "Take fewer values.")
    others = [key for key in keys if key != "budget"]
    budgets = values[keys.index("budget")] if "budget" in keys else None
    frames = []
    for combination in product(*(values[keys.index(key)] for key in others)):
        changes = dict(zip(others, combination, strict=True))
        frame = pd.DataFrame(list(_rows(scenario, changes, budgets)), columns=[*keys, *COLUMNS])
        frames.append(frame)
    table = pd.concat(frames, ignore_index=True)
    order = pd.MultiIndex.from_product([range(len(item)) for item in values]) if len(keys) > 1 else None
    if order is not None:
        positions = {key: {_mark(value): index for index, value in enumerate(item)} for key, item in zip(keys, values, strict=True)}
        rank = [tuple(positions[key][_mark(row[key])] for key in keys) for row in table[keys].to_dict("records")]
        table = table.iloc[sorted(range(len(rank)), key=rank.__getitem__)].reset_index(drop=True)
    return table


def _mark(value: Any) -> Any:
    return float(value) if isinstance(value, (int, float, np.number)) else str(value)


def _rows(scenario: Scenario, changes: Mapping[str, Any], budgets: list[Any] | None) -> Iterator[dict[str, Any]]:
    """Rows of one combination of the fields beside the budget."""
    try:
        here = override(scenario, dict(changes)) if changes else scenario
        if budgets is None:
            yield {**changes, **_single(here)}
            return
        amounts = np.array([_flop(here, item) for item in budgets])
        question = resolve(here)
        if question.law.policy is not None:
            for given, amount in zip(budgets, amounts, strict=True):
                yield {**changes, "budget": given, **_single(override(here, {"budget": float(amount)}))}
            return
        table = solved_columns(question.at(amounts))
        for index, given in enumerate(budgets):
            yield {**changes, "budget": given, **{name: column[index] for name, column in table.items()}}
    except BudgetPlanError as problem:
        for given in budgets if budgets is not None else [None]:
            row: dict[str, Any] = {**changes, "status": problem.code}
            if given is not None:
                row["budget"] = given
            yield row


def _flop(scenario: Scenario, value: Any) -> float:
    amount = override(scenario, {"budget": value}).budget
    assert amount is not None
    return amount


def _single(scenario: Scenario) -> dict[str, Any]:
    """One cell by the same path as `plan`."""
    study = plan(scenario)
    thirds = study.baselines.get("equal-thirds")
    best = study.plan
    return {
        "params": best.params,
        **{f"{stage}_tokens": amount for stage, amount in best.tokens.items()},
        **{f"{stage}_share": amount for stage, amount in best.share.items()},
        "samples_per_query": best.samples_per_query,
        "loss": best.loss,
        "equal_thirds_loss": None if thirds is None else thirds.loss,
        "equal_thirds_wasted_compute": None if thirds is None or thirds.regret is None else thirds.regret.wasted_compute,
        "status": study.certificate.status,
    }


def solved_columns(problem: Problem) -> dict[str, Any]:
    """The columns of a batch of instances.

    Parameters
    ----------
    problem : Problem
        Of `instance` instances.

    Returns
    -------
    dict of str to ndarray of shape (instance,)
        By the names of `COLUMNS`; nan where an instance has no answer.
    """
    able = feasible_params(problem).any
    best = solve(problem)
    found = np.isfinite(best.loss) & able
    y = np.where(found, best.y, 0.0)
    residual = residuals(problem, y)
    doubtful = np.flatnonzero(found & ~(residual <= OPTIMAL))
    for index in doubtful:
        # limits make multipliers of their own: the full certificate decides
        residual[index] = certify_point(problem.take(np.array([index])), y[:, index]).kkt_residual
    tokens, cost = np.exp(y[1:]), problem.cost(y)
    tokens[0] += problem.sunk_tokens
    total = cost.sum(axis=0)
    samples = np.exp(problem.log_samples(y[3])[0])
    thirds, wasted = _thirds(problem, found)
    columns = [np.exp(y[0]), *tokens, *(cost / total), samples, best.loss, thirds, wasted]
    status = np.where(~able, "infeasible", np.where(found & (residual <= OPTIMAL), "optimal", "stalled"))
    hidden = [np.where(found, column, np.nan) for column in columns]
    return dict(zip(COLUMNS, [*hidden, status], strict=True))


def _thirds(problem: Problem, found: Bools) -> tuple[Array, Array]:
    """Loss and wasted compute of equal thirds; nan where there are none."""
    loss, wasted = np.full(problem.size, np.nan), np.full(problem.size, np.nan)
    if len(stages_of(problem)) < 2:
        return loss, wasted
    other = baseline_problem(problem, "equal-thirds")
    able = np.flatnonzero(feasible_params(other).any & found)
    if len(able) == 0:
        return loss, wasted
    loss[able] = solve(other.take(able), 1).loss
    finite = able[np.isfinite(loss[able])]
    if len(finite) == 0:
        return loss, wasted
    part = problem.take(finite)
    answer = budget_for(lambda c, who: part.take(who).rescaled(c), loss[finite], np.log(part.budget) - 0.05)
    wasted[finite] = 1.0 - np.exp(answer.log_budget - np.log(part.budget))
    return loss, wasted
