"""The budget at which a choice becomes right: between two cases, or where the plan itself comes to satisfy a condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from budgetplan.errors import InfeasibleError, ScenarioError
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario, override
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.questions.condition import Condition
from budgetplan.workflow.questions.turning import TOLERANCE, Turn, turning_points
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import Question, resolve
from budgetplan.workflow.resolve.settle import pinned, settled

SCHEMA = "budgetplan/crossover/1"
"""Form of `Crossover.to_dict`."""
SPAN = (1e20, 1e28)
"""Budgets searched where none are named. [FLOP]"""
PER_DECADE = 3
"""Points of the coarse walk."""
MARGIN = 1e-9
"""Part of the loss by which one case has to be better to count: rounding. [1]"""
_NOT_OF_A_CASE = frozenset(
    {
        "budget", "usd", "gpus", "duration", "mfu", "price", "gpu", "reserve", "goodput", "deadline", "precision", "target_loss",
        "target_success",
    }
)  # fmt: skip
ALIKE, NEITHER = 2, -1
"""Numbers of the choice where the cases are alike, and where neither can be planned."""


@dataclass(frozen=True)
class Crossover:
    """Budgets at which a choice changes.

    Attributes
    ----------
    names : tuple of str
        The choices, by number.
    turns : tuple of Turn
        Budgets where the choice changes, in order. [FLOP]
    span : tuple of float
        Budgets searched. [FLOP]
    tolerance, margin : float
        Relative width of each budget; part of the loss that counts. [1]
    rows : tuple of mapping
        The coarse walk: budget, loss or value by case, and the choice.
    provenance : mapping
    """

    names: tuple[str, ...]
    turns: tuple[Turn, ...]
    span: tuple[float, float]
    tolerance: float
    margin: float
    rows: tuple[Mapping[str, Any], ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def said(self, choice: int) -> str:
        """A choice in words.

        Parameters
        ----------
        choice : int
            Index into `names`, or what stands for no difference and for no plan.

        Returns
        -------
        str
        """
        return {ALIKE: "no difference", NEITHER: "no plan"}.get(choice) or self.names[choice]

    @property
    def headline(self) -> str:
        """The finding in one sentence."""
        if not self.turns:
            always = self.said(int(self.rows[0]["choice"]))
            return f"{always}: at every budget from {self.span[0]:.2g} to {self.span[1]:.2g} FLOP."
        steps = [f"then from {turn.at:.3g} FLOP: {self.said(turn.after)}" for turn in self.turns]
        return f"{self.said(self.turns[0].before)}; {'; '.join(steps)}."

    def to_dict(self) -> dict[str, Any]:
        """The answer in the JSON shape `budgetplan/crossover/1`."""
        turns = [{"budget": turn.at, "before": self.said(turn.before), "after": self.said(turn.after)} for turn in self.turns]
        head = {"schema": SCHEMA, "headline": self.headline, "crossovers": turns, "span": list(self.span)}
        rows = [{**row, "choice": self.said(int(row["choice"]))} for row in self.rows]
        return {**head, "tolerance": self.tolerance, "margin": self.margin, "rows": rows, "provenance": dict(self.provenance)}


def crossover(
    scenario: Scenario,
    cases: Sequence[Mapping[str, Any]] = (),
    when: Condition | None = None,
    span: tuple[float, float] = SPAN,
    tolerance: float = TOLERANCE,
    margin: float = MARGIN,
    command: str = "",
) -> Crossover:
    """Budgets at which one case becomes better than the other, or a condition on the plan comes true.

    Parameters
    ----------
    scenario : Scenario
        What the cases share; its budget is not used.
    cases : sequence of mapping of str to object
        One or two sets of changed fields; a single one is compared with the scenario itself.
    when : Condition, optional
        Of the plan, instead of cases.
    span : tuple of float
        Budgets between which is searched. [FLOP]
    tolerance : float
        Relative width to which each budget is found. [1]
    margin : float
        Part of the loss below which two cases count as alike. [1]
    command : str
        What was typed, for the provenance.

    Returns
    -------
    Crossover
        Without turns where a choice holds throughout.

    Raises
    ------
    ScenarioError
        If neither cases nor a condition are given, or both, a case changes an amount, or the cases' losses are not of the same
        kind.
    InfeasibleError
        If there is no plan at any budget of the span.
    """
    if (when is None) == (not cases) or len(cases) > 2:
        raise ScenarioError("One or two cases, or one condition are due.", "Write --case method=ppo, or --when 'rl_share>10%'.")
    if not (0 < tolerance < 1 and 0 <= margin < 1):
        raise ScenarioError(f"`tolerance` {tolerance:g} and `margin` {margin:g} have to lie between 0 and 1.")
    require_law_objective(scenario, "The budget at which a choice turns")
    for name in (key for case in cases for key in case if key in _NOT_OF_A_CASE):
        raise ScenarioError(
            f"A case changes `{name}`, and the budget is what is walked over: it makes no difference.",
            "Name another field, such as --case method=ppo; --from and --to say which budgets.",
        )
    grid = np.geomspace(*span, max(2, 1 + round(PER_DECADE * np.log10(span[1] / span[0]))))
    changed = [override(scenario, dict(case)) for case in cases] if when is None else []
    asked = [scenario, *changed] if len(changed) < 2 else changed
    questions = [_planned(resolve(item)) for item in asked]
    if when is not None:
        names: tuple[str, ...] = (when.negation, str(when))

        def which(budgets: Array) -> Array:
            return _met(questions[0], budgets, when)[0]

        values = [_met(questions[0], grid, when)[1]]
        shown: tuple[str, ...] = (when.key,)
    else:
        told = tuple(_said(case) for case in cases)
        names = shown = told if len(told) == 2 else ("base", *told)
        if len({question.tells_success for question in questions}) > 1:
            raise ScenarioError(
                "One case has a task loss and the other a pre-training loss: they do not compare.", "Change the law."
            )

        def which(budgets: Array) -> Array:
            return _better([_loss(question, budgets) for question in questions], margin)

        values = [_loss(question, grid) for question in questions]
    found = which(grid)
    if bool(np.all(found == NEITHER)):
        raise InfeasibleError(
            f"There is no plan at any budget from {span[0]:.3g} to {span[1]:.3g} FLOP.", "Search larger budgets: --from, --to."
        )
    rows = [
        {
            "budget": float(budget),
            **{name: float(part[i]) for name, part in zip(shown, values, strict=True)},
            "choice": int(found[i]),
        }
        for i, budget in enumerate(grid)
    ]
    turns = turning_points(lambda budgets: list(which(budgets)), grid, tolerance, list(found))
    law = questions[-1].law
    return Crossover(names, turns, span, tolerance, margin, tuple(rows), provenance(scenario, law, command))


def _planned(question: Question) -> Question:
    if question.law.policy is not None:
        raise ScenarioError(f"`{question.law.id}` is a policy: it has no loss to compare by.", "Use --law default.")
    return question


def _problems(question: Question, budgets: Array) -> Iterator[Problem]:
    """The problems of all budgets, one for each where attention has a price of its own at each."""
    if question.shape is None or not question.shape.attends or pinned(question.scenario) is not None:
        yield question.at(budgets)
        return
    for budget in budgets:
        yield settled(question, float(budget)).at(np.array([budget]))


def _loss(question: Question, budgets: Array) -> Array:
    return np.concatenate([solve(problem).loss for problem in _problems(question, budgets)])


def _better(losses: Sequence[Array], margin: float) -> Array:
    """0 or 1 for the better case, ALIKE within the margin, NEITHER without a plan."""
    one, two = losses
    with np.errstate(invalid="ignore"):  # inf - inf where neither has a plan
        gap = np.where(np.isfinite(one) & np.isfinite(two), (one - two) / np.maximum(one, two), one - two)
    choice = np.where(gap < -margin, 0, np.where(gap > margin, 1, ALIKE))
    return np.where(np.isfinite(one) | np.isfinite(two), choice, NEITHER)


def _met(question: Question, budgets: Array, when: Condition) -> tuple[Array, Array]:
    """Whether the plan at each budget meets the condition, and the quantity itself."""
    found, values = [], []
    for problem in _problems(question, budgets):
        answer = solve(problem)
        value = when.value(problem, answer.y, answer.loss, question.read(problem.budget))
        met: Bools = when.holds(value)
        found.append(np.where(np.isfinite(answer.loss), met.astype(int), NEITHER))
        values.append(np.where(np.isfinite(answer.loss), value, np.nan))
    return np.concatenate(found), np.concatenate(values)


def _said(case: Mapping[str, Any]) -> str:
    return ",".join(f"{key}={value}" for key, value in case.items())
