"""Which open checkpoint to start from: the best split of the rest for each, against training from nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from budgetplan.costs.models import PublicModel, find_model, load_models
from budgetplan.errors import DataError, InfeasibleError, ScenarioError
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import Allocation, describe
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.limits import no_limits
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario, override
from budgetplan.workflow.charts.split_scan import split_optimum
from budgetplan.workflow.plans.assumptions import assumptions
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.questions.turning import Turn, turning_points
from budgetplan.workflow.resolve.amount import resolve_amount
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import Question, resolve

SCHEMA = "budgetplan/checkpoints/1"
"""Form of `CheckpointTable.to_dict`."""
NOTHING = "from nothing"
"""Name of the row that has no checkpoint."""
REACH, POINTS = 100.0, 9
"""Factor either way of the budget over which the choice is followed, and budgets looked at."""
PLACED = 0.05
"""Relative width to which a change of the best start is placed. [1]"""


@dataclass(frozen=True)
class CheckpointRow:
    """What a budget makes of one checkpoint.

    Attributes
    ----------
    name : str
        Model, or `from nothing`.
    params, tokens : float or None
        Of the checkpoint. [param], [token]
    plan : Allocation or None
        Best use of the budget; None where it cannot serve the demand.
    worth : float or None
        Budget from nothing that reaches the same loss, over the budget: how much compute the checkpoint stands for; inf where no
        budget does. [1]
    """

    name: str
    params: float | None
    tokens: float | None
    plan: Allocation | None
    worth: float | None

    def row(self) -> dict[str, Any]:
        """One flat row."""
        from budgetplan.workflow.plans.study import row_of

        head = {"checkpoint": self.name, "checkpoint_params": self.params, "checkpoint_tokens": self.tokens}
        if self.plan is None:
            return {**head, "status": "cannot serve the demand"}
        more = self.plan.tokens["pretraining"] - (self.tokens or 0.0)
        return {**head, "status": "optimal", "further_tokens": more, "worth": self.worth, **row_of(self.plan)}


@dataclass(frozen=True)
class CheckpointTable:
    """Checkpoints by what a budget makes of them.

    Attributes
    ----------
    budget : float
        [FLOP]
    law : str
    rows : tuple of CheckpointRow
        Best first; those that cannot serve the demand last.
    switches : tuple of (float, str, str)
        Budget at which the best start changes, the start before and the one after. [FLOP]
    notes : tuple of str
    assumptions : tuple of str
    provenance : mapping
    """

    budget: float
    law: str
    rows: tuple[CheckpointRow, ...]
    switches: tuple[tuple[float, str, str], ...]
    notes: tuple[str, ...]
    assumptions: tuple[str, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The finding in one sentence."""
        best = self.rows[0]
        start = "Train from nothing" if best.name == NOTHING else f"Start from `{best.name}`"
        later = next((item for item in self.switches if item[0] > self.budget), None)
        then = "" if later is None else f"; from {later[0]:.2g} FLOP on {_start(later[2])}"
        worth = "" if best.worth is None or best.name == NOTHING else f", worth {_times(best.worth)} the budget from nothing"
        return f"{start}{worth}{then}."

    def to_dict(self) -> dict[str, Any]:
        """The answer in the JSON shape `budgetplan/checkpoints/1`."""
        switches = [{"budget": at, "before": before, "after": after} for at, before, after in self.switches]
        head = {"schema": SCHEMA, "headline": self.headline, "budget": self.budget, "law": self.law}
        rows = [row.row() for row in self.rows]
        tail = {"notes": list(self.notes), "assumptions": list(self.assumptions), "provenance": dict(self.provenance)}
        return {**head, "rows": rows, "switches": switches, **tail}


def checkpoint_table(scenario: Scenario, names: Sequence[str] | None = None, command: str = "") -> CheckpointTable:
    """Plan the budget from every checkpoint, and from nothing.

    Parameters
    ----------
    scenario : Scenario
        With an amount, without `params` and `checkpoint`.
    names : sequence of str, optional
        Models; default: every open one whose params and tokens a source states, further-trained ones left out.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    CheckpointTable

    Raises
    ------
    ScenarioError
        If the scenario fixes the params, or its law has no loss.
    DataError
        If a named model's params or tokens are not known.
    InfeasibleError
        If no start can serve the demand.
    """
    if scenario.checkpoint is not None or scenario.params is not None or "params" in scenario.fix:
        raise ScenarioError("The table sets params and checkpoint itself.", "Leave out `checkpoint` and `params`.")
    require_law_objective(scenario, "The best start")
    scenario.require_question()
    money = resolve_amount(scenario)
    models, notes = _models(names)
    questions: dict[str, Question] = {NOTHING: resolve(scenario)}
    if questions[NOTHING].law.policy is not None:
        raise ScenarioError(f"`{questions[NOTHING].law.id}` is a policy: it has no loss to compare by.", "Use --law default.")
    questions |= {item.id: resolve(override(scenario, {"checkpoint": item.id})) for item in models}
    found = {name: _plan(question, money.flop) for name, question in questions.items()}
    plans = {name: item for name, item in found.items() if item is not None}
    able = sorted(plans, key=lambda name: float(plans[name].loss or 0.0))
    if not able:
        raise InfeasibleError(
            f"No start can serve the demand with {money.flop:.3g} FLOP.", "Raise the budget, or lower the demand."
        )
    losses = np.array([plans[name].loss for name in able], dtype=np.float64)
    free = questions[NOTHING]
    same = budget_for(lambda c, _: free.at(c), losses, np.full(len(able), np.log(money.flop)), 1e-4)
    worth = dict(zip(able, np.exp(same.log_budget - np.log(money.flop)), strict=True))
    rows: list[CheckpointRow] = []
    for name in [*able, *(name for name in found if name not in plans)]:
        start = questions[name].scenario.checkpoint  # params as the law counts them
        size, tokens = start if isinstance(start, tuple) else (None, None)
        rows.append(CheckpointRow(name, size, tokens, plan=plans.get(name), worth=float(worth[name]) if name in worth else None))
    known = list(questions)
    turns = _switches(list(questions.values()), np.geomspace(money.flop / REACH, money.flop * REACH, POINTS))
    return CheckpointTable(
        budget=money.flop,
        law=free.law.id,
        rows=tuple(rows),
        switches=tuple((turn.at, known[turn.before], known[turn.after]) for turn in turns if turn.before >= 0 <= turn.after),
        notes=notes,
        assumptions=assumptions(free, money),
        provenance=provenance(scenario, free.law, command),
    )


def _models(names: Sequence[str] | None) -> tuple[list[PublicModel], tuple[str, ...]]:
    """The models asked for, and what to know about the choice."""
    notes = ["a checkpoint is taken for what the law predicts from its params and tokens: its data and recipe are not in the law"]
    if names is not None:
        return [find_model(name) for name in dict.fromkeys(names)], tuple(notes)
    kept, unknown = [], []
    for item in load_models():
        if not item.open_weights or item.base is not None:
            continue
        try:
            _ = item.checkpoint
        except DataError:  # no source states its tokens: told below, and not guessed
            unknown.append(item.id)
            continue
        kept.append(item)
    if unknown:
        notes.append(f"left out, since no source states their tokens or params: {', '.join(unknown)}")
    if any(item.value("total_params") is not None for item in kept):
        notes.append("sparse models count by their active params, as the law and the cost do")
    return kept, tuple(notes)


def _plan(question: Question, budget: float) -> Allocation | None:
    problem = question.at(np.array([budget]))
    if not bool(feasible_params(problem).any[0]):
        return None
    y, loss = _optimum(problem, exact=True)
    if not np.isfinite(loss[0]):
        return None
    return question.told(describe(problem, y[:, 0], question.demand.number_of_queries(budget)), budget)


def _optimum(problem: Problem, exact: bool = False) -> tuple[Array, Array]:
    """Optima by the zooming grid where N is fixed and nothing else limits, else by the solver."""
    standing = no_limits(problem.size)
    only_size = bool(problem.limits.fixed[0]) and not np.isfinite(problem.limits.high[1:]).any() and not problem.limits.rl_forbidden
    if only_size and np.array_equal(problem.limits.low[1:], standing.low[1:]):
        return split_optimum(problem)
    answer = solve(problem, 4 if exact else 2)
    return answer.y, answer.loss


def _switches(questions: Sequence[Question], grid: Array) -> tuple[Turn, ...]:
    """Where the best start changes with the budget, among those that are best at some budget of the grid."""

    def losses(budgets: Array, among: Sequence[int]) -> Array:
        return np.stack([_optimum(questions[index].at(budgets))[1] for index in among])

    found = _least(losses(grid, range(len(questions))), range(len(questions)))
    winners = sorted({index for index in found if index >= 0})
    if len(winners) < 2:
        return ()
    return turning_points(lambda budgets: _least(losses(budgets, winners), winners), grid, PLACED, found)


def _least(losses: Array, among: Sequence[int]) -> list[int]:
    """Number of the least loss in each column; -1 where all are infinite."""
    return [among[int(np.argmin(column))] if np.isfinite(column).any() else -1 for column in losses.T]


def _start(name: str) -> str:
    return "train from nothing" if name == NOTHING else f"from `{name}`"


def _times(ratio: float) -> str:
    return "more than any multiple of" if not np.isfinite(ratio) else f"{ratio:.3g} times"
