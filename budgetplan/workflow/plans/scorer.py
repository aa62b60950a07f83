"""Evaluate a split that the user names, beside the optimum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from budgetplan.errors import InfeasibleError, ScenarioError
from budgetplan.planning.allocation import Allocation, describe
from budgetplan.planning.baselines import named_split
from budgetplan.planning.certificate import certify_point
from budgetplan.planning.feasible import conflict, feasible_params
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.workflow.plans.assumptions import assumptions
from budgetplan.workflow.plans.certified import certified
from budgetplan.workflow.plans.explain import cautions
from budgetplan.workflow.plans.planner import require_feasible
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.plans.rules import at_own_size, regrets
from budgetplan.workflow.plans.study import Caution
from budgetplan.workflow.plans.timing import late, timed
from budgetplan.workflow.resolve.amount import resolve_amount
from budgetplan.workflow.resolve.demand import require_near
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import resolve
from budgetplan.workflow.resolve.settle import SPARE, STARTS, priced_apart
from budgetplan.workflow.resolve.shape import shape_cautions

SCHEMA = "budgetplan/score/1"
"""Form of `Score.to_dict`."""


@dataclass(frozen=True)
class Score:
    """A named split with its regret, and the optimum.

    Attributes
    ----------
    plan : Allocation
        The named split, N re-optimised unless fixed, with regret.
    optimum : Allocation
    assumptions : tuple of str
    warnings : tuple of Caution
    provenance : dict
    """

    plan: Allocation
    optimum: Allocation
    assumptions: tuple[str, ...]
    warnings: tuple[Caution, ...]
    provenance: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The score in the JSON shape `budgetplan/score/1`."""
        return {
            "schema": SCHEMA,
            "plan": self.plan.to_dict(),
            "optimum": self.optimum.to_dict(),
            "assumptions": list(self.assumptions),
            "warnings": [caution.to_dict() for caution in self.warnings],
            "provenance": self.provenance,
        }


def score(scenario: Scenario, command: str = "") -> Score:
    """Evaluate the split `scenario.share`.

    Parameters
    ----------
    scenario : Scenario
        With `share` and a budget.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    Score

    Raises
    ------
    ScenarioError
        If there is no split, no budget, or the law does not know a stage that gets a share.
    InfeasibleError
        If the split cannot serve the demand.
    SolverError
        If the optimum that it is compared with is not certified.
    """
    if scenario.share is None:
        raise ScenarioError("There is no split to score.", "Give --share pretraining=60%,rl=20%,inference=20%.")
    require_law_objective(scenario, "A named split")
    question = resolve(scenario)
    scenario.require_question()
    money = resolve_amount(scenario)
    problem = question.at(np.array([money.flop]))
    uses = problem.model.uses
    for stage, known in (("rl", uses[2]), ("inference", problem.has_samples)):
        if scenario.share.get(stage, 0.0) > 0 and not known:
            raise ScenarioError(
                f"The law `{question.law.id}` has no {stage} to give {scenario.share[stage]:.3g} of the compute to.",
                f"Use --law default, or give {stage} nothing.",
            )
    if problem.has_samples and scenario.share.get("inference", 0.0) == 0:
        raise InfeasibleError(
            "Inference gets no compute, but there are queries to serve.",
            "Give inference a share, or set --queries 0.",
            ("inference_share",),
        )
    require_feasible(problem)
    require_near(problem)
    split = named_split(problem, scenario.share)
    if not feasible_params(split).any[0]:
        sentence, limits = conflict(split)
        raise InfeasibleError(f"This split is not possible: {sentence}.", "Give inference more, or fewer params.", limits)
    solution, named = solve(problem, STARTS, SPARE), solve(split, STARTS)
    certified(question, problem, solution)
    queries = question.demand.number_of_queries(money.flop)
    best = question.told(describe(problem, solution.y[:, 0], queries), money.flop)
    own, y, loss = question, named.y[:, 0], float(named.loss[0])
    if priced_apart(question):
        own, split, y, loss = at_own_size(own, split, y, loss, partial(named_split, shares=scenario.share))
    regret = regrets(question, problem, solution, [loss], money.usd)[0]
    chosen = replace(own.told(describe(split, y, queries), money.flop), regret=regret)
    certificate = certify_point(split, y)
    return Score(
        chosen,
        best,
        assumptions(question, money),
        (
            *late(timed(own, chosen, money)),
            *shape_cautions(question.shape, question.law, chosen.params),
            *cautions(question.law, split, y, chosen, certificate),
        ),
        provenance(scenario, question.law, command),
    )
