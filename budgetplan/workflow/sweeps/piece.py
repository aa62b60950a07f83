"""A piece of a sweep: cells become problems, those that share law, prices and kinds of limits become one, and that is solved.

The function of a piece, `answer`, runs in a worker as well as here. A cell that has no answer has a status in its place, and does
not keep the others from theirs.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from budgetplan.errors import BudgetPlanError, ScenarioError
from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array, Bools, Index
from budgetplan.planning.problem import Problem, problem, stacked
from budgetplan.scenario import Scenario, override
from budgetplan.workflow.plans.planner import plan
from budgetplan.workflow.resolve.amount import LEAST_BUDGET, MOST, final_share, resolve_amount
from budgetplan.workflow.resolve.demand import too_far
from budgetplan.workflow.resolve.named_limits import limits_of
from budgetplan.workflow.resolve.question import Question, resolve, resolve_law
from budgetplan.workflow.sweeps.columns import COLUMNS, NUMBERS, STATUSES, solved_columns
from budgetplan.workflow.sweeps.grid import Part
from budgetplan.workflow.sweeps.limits import SHARES, alike, share_limits

GENERATED = COLUMNS.index("inference_tokens")
"""Row of the inference tokens among the numbers."""
ROOM = 31 << 20
"""Block whose release makes glibc keep what is freed, up to twice as much, in place of giving it back each time. [byte]"""


@dataclass(frozen=True)
class Work:
    """What a worker needs for a piece.

    Attributes
    ----------
    scenario : Scenario
        The question; parts change it.
    parts : tuple of (Part, Law or None)
        Cells, and their law where it comes from a file, which a worker elsewhere may not have.
    """

    scenario: Scenario
    parts: tuple[tuple[Part, Law | None], ...]


@dataclass(frozen=True)
class Answer:
    """The columns of a piece.

    Attributes
    ----------
    numbers : ndarray of shape (11, cell)
        All columns but the status.
    status : ndarray of object of shape (cell,)
        A word per cell.
    """

    numbers: Array
    status: Any


@dataclass(frozen=True)
class _Instances:
    """Cells that share a law and prices, ready to be stacked; their prompts, which are no tokens that are generated."""

    problem: Problem
    cells: Index
    shares: Array
    prefill: Array


def work(scenario: Scenario, parts: tuple[Part, ...]) -> Work:
    """A piece to be sent to a worker.

    Parameters
    ----------
    scenario : Scenario
        The question.
    parts : tuple of Part
        From `Grid`.
    """
    return Work(scenario, tuple((part, _own_law(scenario, part.changes)) for part in parts))


def _own_law(scenario: Scenario, changes: Mapping[str, Any]) -> Law | None:
    """The law of a part that names a file."""
    names = [scenario.law, *scenario.link.values(), *(value for key, value in changes.items() if key.startswith(("law", "link")))]
    if not any(Path(str(name)).is_file() for name in names):
        return None
    try:
        return resolve_law(override(scenario, dict(changes)))
    except BudgetPlanError:
        return None  # the worker meets the same error, and there it becomes the status of the cells


def answer(piece: Work) -> Answer:
    """The columns of a piece.

    Parameters
    ----------
    piece : Work
        From `work`.
    """
    # arrays of some 100 kB come and go by the thousand; page faults were a quarter of the time (glibc's dynamic mmap threshold)
    np.empty(ROOM, dtype=np.uint8)
    cells = sum(part.cells for part, _ in piece.parts)
    numbers, status = np.full((NUMBERS, cells), np.nan), np.full(cells, "", dtype=object)
    groups: dict[bytes, list[_Instances]] = {}
    start = 0
    for part, law in piece.parts:
        here = np.arange(start, start + part.cells)
        start += part.cells
        try:
            scenario, valid = _one_of(piece.scenario, part)
            status[here[~valid]] = "scenario"
            if scenario is None:
                continue
            question = resolve(scenario, law)
            attends = question.shape is not None and question.shape.attends
            alone = question.law.policy is not None or attends or scenario.objective != "law"
            if alone or scenario.require_question().startswith("target"):
                _one_by_one(piece.scenario, part, law, here, valid, numbers, status)
                continue
            instances = _near(_instances(question, part, here, valid), status)
        except BudgetPlanError as error:
            status[here[status[here] == ""]] = error.code
            continue
        item = instances.problem
        key = pickle.dumps((item.model, item.kappa, item.sunk_tokens, item.limits.rl_forbidden))
        groups.setdefault(key, []).append(instances)
    for members in groups.values():
        _solve(members, numbers, status)
    return Answer(numbers, status)


def _one_of(base: Scenario, part: Part) -> tuple[Scenario | None, Bools]:
    """A scenario that stands for the cells of a part, and which of the cells are well formed."""
    valid = np.ones(part.cells, dtype=bool)
    for key, values in part.columns.items():
        valid &= values <= MOST
        if key == "budget":
            valid &= values >= LEAST_BUDGET
    first: Scenario | None = None
    every = _may_contradict(base, part)
    for index in np.flatnonzero(valid):
        if first is not None and not every:
            break
        try:
            cell = override(base, {**part.changes, **{key: float(values[index]) for key, values in part.columns.items()}})
            if every and "budget" in part.columns:
                resolve_amount(cell)
        except BudgetPlanError:
            if not every:
                raise
            valid[index] = False
        else:
            first = cell if first is None else first
    return first, valid


def _may_contradict(base: Scenario, part: Part) -> bool:
    """Whether fields can contradict each other in some cells only: minima above maxima, shares over one, more than the GPUs do."""
    named = {*part.columns, *part.changes}
    if "budget" in part.columns and (base.gpus is not None or base.duration is not None or {"gpus", "duration"} & named):
        return True
    named |= {f"{side}.{key}" for side in ("fix", "min", "max") for key in getattr(base, side)}
    for key in part.columns:
        side, _, name = key.partition(".")
        if side in ("min", "max") and f"{'max' if side == 'min' else 'min'}.{name}" in named:
            return True
        if side == "fix" and name in SHARES and sum(f"fix.{other}" in named for other in SHARES) > 1:
            return True
    return False


def _instances(question: Question, part: Part, here: Index, valid: Bools) -> _Instances:
    """The problem of a part's well-formed cells."""
    scenario, demand = question.scenario, question.demand
    columns = {key: values[valid] for key, values in part.columns.items()}
    ones = np.ones(int(valid.sum()))
    budget = columns["budget"] * final_share(scenario) if "budget" in columns else resolve_amount(scenario).flop * ones
    tokens = columns.get("tokens_per_sample", demand.tokens_per_sample)
    if not demand.exists or demand.queries is None:
        first = demand.first_sample(budget)
    else:
        first = columns.get("queries", demand.queries) * tokens * ones
    prefill = demand.prefill(first, tokens)
    served = columns.get("serve", demand.served) * ones + prefill
    limits = limits_of(scenario, columns, question.kappa, budget, first, served, question.sunk_tokens, prefill)
    made = problem(question.law.model, budget, question.kappa, first, served, limits, question.sunk_tokens)
    return _Instances(made, here[valid], share_limits(scenario, columns, len(ones)), prefill)


def _near(instances: _Instances, status: Any) -> _Instances:
    """The cells whose samples can be told beside what is served; the others are marked as malformed."""
    far = too_far(instances.problem)
    if not far.any():
        return instances
    status[instances.cells[far]] = ScenarioError.code
    near = ~far
    return _Instances(instances.problem.take(near), instances.cells[near], instances.shares[:, near], instances.prefill[near])


def _solve(members: list[_Instances], numbers: Array, status: Any) -> None:
    """Solve instances that share law and prices, and write what was found to their cells."""
    whole = stacked([item.problem for item in members])
    cells = np.concatenate([item.cells for item in members])
    shares = np.concatenate([item.shares for item in members], axis=1)
    prefill = np.concatenate([item.prefill for item in members])
    for together in alike(whole):
        found, code = solved_columns(whole.take(together), _same(shares[:, together]))
        found[GENERATED] -= prefill[together]
        numbers[:, cells[together]] = found
        status[cells[together]] = np.array(STATUSES, dtype=object)[code]


def _same(columns: Array) -> list[Index]:
    """Positions of columns that are the same, nan included."""
    plain = np.nan_to_num(columns, nan=-1.0)
    if np.all(plain == plain[:, :1]):
        return [np.arange(plain.shape[1])]
    _, mark = np.unique(plain, axis=1, return_inverse=True)
    order = np.argsort(mark, kind="stable")
    return list(np.split(order, np.flatnonzero(np.diff(mark[order])) + 1))


def _one_by_one(base: Scenario, part: Part, law: Law | None, here: Index, valid: Bools, numbers: Array, status: Any) -> None:
    """Cells that no batch answers, by the same path as `plan`: a policy, a target, attention, a robust objective."""
    for index in np.flatnonzero(valid):
        changes = {**part.changes, **{key: float(values[index]) for key, values in part.columns.items()}}
        try:
            scenario = override(base, {**changes, "draws": None, "certify": None, "tolerance": None})
            study = plan(scenario, law)
        except BudgetPlanError as error:
            status[here[index]] = error.code
            continue
        best, thirds = study.plan, study.baselines.get("equal-thirds")
        lost = None if thirds is None or thirds.regret is None else thirds.regret.wasted_compute
        row = [
            best.params,
            *best.tokens.values(),
            *best.share.values(),
            best.samples_per_query,
            best.loss,
            None if thirds is None else thirds.loss,
            lost,
        ]
        numbers[:, here[index]] = [np.nan if value is None else value for value in row]
        status[here[index]] = study.certificate.status
