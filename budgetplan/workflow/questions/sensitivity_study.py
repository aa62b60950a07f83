"""Scenario -> what its plan rests on: elasticities, tornado, values at which the advice turns, worth of knowing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from budgetplan.costs import find_method
from budgetplan.errors import ScenarioError
from budgetplan.planning.certificate import OPTIMAL, certify_point
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario, override
from budgetplan.uncertainty.advice import Advice, advices_for, better_than
from budgetplan.uncertainty.elasticity import Elasticities, elasticities
from budgetplan.uncertainty.flips import Flip, flips
from budgetplan.uncertainty.information import Information, value_of_information
from budgetplan.uncertainty.lever import Lever, coefficient_levers
from budgetplan.uncertainty.tornado import Swing, tornado
from budgetplan.workflow.plans.planner import plan
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.plans.study import Study
from budgetplan.workflow.questions.assumption_levers import assumption_levers, rival, scenario_options
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import Question, resolve
from budgetplan.workflow.resolve.settle import SPARE, STARTS

SCHEMA = "budgetplan/sensitivity/1"
"""Form of `Sensitivity.to_dict`."""
PATHS = ("verifier",)
"""Levers that are a way between two verifiers and have no derivative of their own."""


@dataclass(frozen=True)
class Sensitivity:
    """What a plan rests on.

    Attributes
    ----------
    study : Study
        The plan.
    elasticities : Elasticities
        Derivatives of the optimum by each coefficient alone and each assumption.
    tornado : tuple of Swing
        Both ends of every range, the one whose misjudgement wastes most first; partners follow.
    flips : tuple of Flip
        Where each advice turns along each range.
    information : Information or None
        What knowing each group of coefficients is worth; None where no draws were asked for.
    unranged : tuple of str
        Coefficients whose range nobody states: they are in no tornado.
    notes : tuple of str
    provenance : mapping
    """

    study: Study
    elasticities: Elasticities
    tornado: tuple[Swing, ...]
    flips: tuple[Flip, ...]
    information: Information | None
    unranged: tuple[str, ...]
    notes: tuple[str, ...]
    provenance: Mapping[str, Any]

    @property
    def headline(self) -> str:
        """The finding in one sentence."""
        if not self.tornado:
            return "Nothing that the plan rests on has a stated range."
        first = self.tornado[0]
        if first.regret < 0.01:
            return "No single coefficient or assumption, at either end of its range, makes this plan waste 1 % of compute."
        broken = [swing.lever for swing in self.tornado if swing.regret == 1.0]
        if broken:
            names = " and ".join(f"`{name}`" for name in broken)
            return f"This plan cannot be carried out at an end of the range of {names}."
        rest = f"; no other more than {_percent(self.tornado[1].regret)}" if len(self.tornado) > 1 else ""
        return f"Misjudging `{first.lever}` wastes up to {_percent(first.regret)} of compute{rest}."

    @property
    def turning(self) -> tuple[Flip, ...]:
        """Advices that turn within a range."""
        return tuple(flip for flip in self.flips if flip.at)

    def rows(self) -> list[dict[str, Any]]:
        """One row per lever: derivatives by its logarithm, and both ends of its range where it has one."""
        swings = {swing.lever: swing.row() for swing in self.tornado}
        out = [{**row.row(), **swings.pop(row.lever, {})} for row in self.elasticities.rows]
        return [*out, *swings.values()]

    def to_dict(self) -> dict[str, Any]:
        """The answer in the JSON shape `budgetplan/sensitivity/1`."""
        return {
            "schema": SCHEMA,
            "headline": self.headline,
            "plan": self.study.plan.to_dict(),
            "elasticities": self.elasticities.to_dict(),
            "tornado": [swing.to_dict() for swing in self.tornado],
            "flips": [flip.to_dict() for flip in self.flips],
            "information": None if self.information is None else self.information.to_dict(),
            "unranged": list(self.unranged),
            "notes": list(self.notes),
            "warnings": [caution.to_dict() for caution in self.study.warnings],
            "provenance": dict(self.provenance),
        }


def sensitivity(scenario: Scenario, against: str | None = None, command: str = "") -> Sensitivity:
    """Ask what the scenario's plan rests on.

    Parameters
    ----------
    scenario : Scenario
        The question; its `draws` are those of the value of information, its `tolerance` that of "equal thirds are as good".
    against : str, optional
        An RL method that the scenario's is compared with: where would the other be better?
    command : str
        What was typed, for the provenance.

    Returns
    -------
    Sensitivity

    Raises
    ------
    ScenarioError
        If the law is a policy, which has no loss.
    SolverError
        If the optimum is flat in some direction.
    BudgetPlanError
        As for `plan`.
    """
    require_law_objective(scenario, "What a plan rests on")
    study = plan(override(scenario, {"draws": None}), command=command)
    question = resolve(scenario)
    if question.law.policy is not None:
        raise ScenarioError(f"`{question.law.id}` is a policy: it has no loss whose optimum could move.", "Use --law default.")
    problem = question.at(np.array([study.budget.flop]))
    y = solve(problem, STARTS, SPARE).y[:, 0]
    options = scenario_options(question)
    assumed = assumption_levers(question, problem, study.budget)
    alone = coefficient_levers(question.law, problem, options, follows=False)
    ranged = (*coefficient_levers(question.law, problem, options, follows=True), *assumed)
    own = tuple(lever for lever in assumed if not (lever.name in PATHS and isinstance(scenario.verifier, str)))
    found = elasticities(problem, y, (*alone, *own))
    information = None
    if scenario.draws:
        information = value_of_information(question.law, problem, y, options, scenario.draws, scenario.seed)
    return Sensitivity(
        study=study,
        elasticities=found,
        tornado=tuple(_in_params(question, swing) for swing in tornado(problem, y, ranged)),
        flips=flips(_advices(question, problem, against), ranged),
        information=information,
        unranged=tuple(lever.name for lever in ranged if lever.kind == "coefficient" and not lever.ranged),
        notes=_notes(question, problem, found, ranged, y.tolist()),
        provenance=provenance(scenario, question.law, command),
    )


def _in_params(question: Question, swing: Swing) -> Swing:
    """A swing whose ends tell params, where the problem tells what they cost."""
    if question.sizes is None:
        return swing
    ends = (swing.low, swing.high)
    low, high = (end if end.loss is None else replace(end, params=float(question.params_of(end.params))) for end in ends)
    return replace(swing, low=low, high=high)


def _advices(question: Question, problem: Problem, against: str | None) -> tuple[Advice, ...]:
    out = advices_for(problem, question.scenario.tolerance)
    if against is None:
        return out
    own, other = find_method(question.scenario.method).id, find_method(against).id
    if not problem.has_rl:
        raise ScenarioError(f"There is no RL that `{other}` could do.", "Leave out --against, or allow RL.")
    asked = f"is `{own}` better than `{other}`, gains per RL token being equal?"
    return (*out, better_than(f"better-than-{other}", asked, rival(other, question)))


def _notes(question: Question, problem: Problem, found: Elasticities, levers: tuple[Lever, ...], y: list[float]) -> tuple[str, ...]:
    """What derivatives and ranges do not tell by themselves."""
    out = []
    if any(lever.name == "price" for lever in levers):
        buys = "buys less compute, as `budget` says" if question.scenario.usd is not None else "costs more, and moves nothing"
        out.append(f"`price`: at a higher one the same split {buys}.")
    if question.sizes is not None:
        out.append("`params`: derivatives are of what a model costs, which attention lets grow by less than its params.")
    if question.scenario.queries is None and problem.has_samples:
        out.append("`budget`: at the same demand; where demand is assumed to grow with the budget, add what `demand` does.")
    for corner in found.corners:
        what = {"rl_tokens": "no RL: a first token", "samples_per_query": "one sample per query: a second"}[corner.name]
        earned = _percent(max(1.0 - corner.margin, 0.0))
        out.append(f"{what} would earn {earned} of what it costs; small changes move nothing there.")
    if not found.strict:
        out.append("A limit or corner holds by less than rounding: derivatives to its two sides differ.")
    if certify_point(problem, np.array(y)).kkt_residual > OPTIMAL:
        out.append("The optimum is not certified to 1e-6: derivatives are as good as it is.")
    return tuple(out)


def _percent(part: float) -> str:
    return f"{100 * part:.2g} %" if part < 0.995 else f"{100 * part:.4g} %"
