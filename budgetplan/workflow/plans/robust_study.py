"""The plan for a law that is not known exactly, or for laws that disagree, with regrets told on draws that it has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem
from budgetplan.uncertainty.draws import draw_law
from budgetplan.uncertainty.replan import replan
from budgetplan.uncertainty.robust import ROBUST, RobustPlan, robust_plan
from budgetplan.uncertainty.robust_risk import WorstTenth
from budgetplan.uncertainty.robust_worlds import DrawnWorlds, SeveralLaws
from budgetplan.workflow.plans.uncertain import THIRDS
from budgetplan.workflow.resolve.attended_law import attended
from budgetplan.workflow.resolve.convention import counted_by
from budgetplan.workflow.resolve.question import Question, resolve_law

OVER_LAWS = "minimax-law"
"""The objective that compares laws and not draws."""
SEARCHED = 300
"""Draws over which the plan is chosen."""
FRESH = 1000
"""Further draws on which its regret is told, where the scenario does not say."""
APART = 1_000_003
"""Between the seeds of both."""


@dataclass(frozen=True)
class RobustStudy:
    """A robust plan and what it and the others lose.

    Attributes
    ----------
    found : RobustPlan
        The allocation, with the objective over the draws or laws it was chosen for.
    regret : mapping of str to mapping of str to float
        By allocation: `expected` and `worst_tenth` over fresh draws, or the regret under each law and the `greatest`. [1]
    worlds : str
        What they were told over, in words.
    """

    found: RobustPlan
    regret: Mapping[str, Mapping[str, float]]
    worlds: str

    @property
    def y(self) -> Array:
        """ln N, ln D, ln R, ln I of the plan."""
        return self.found.y

    @property
    def headline(self) -> str:
        """The finding in a sentence."""
        key, said = {
            "expected": ("expected", "on average"),
            "cvar10": ("worst_tenth", "in the worst tenth"),
            OVER_LAWS: ("greatest", "at most"),
        }[self.found.objective]
        mine, point = self.regret[ROBUST][key], self.regret["plan"][key]
        sentence = f"This plan wastes {100 * mine:.1f} % of compute {said}, the optimum of the law alone {100 * point:.1f} %"
        thirds = self.regret.get(THIRDS)
        return sentence + (f", equal thirds {100 * thirds[key]:.1f} %." if thirds else ".")

    def to_dict(self) -> dict[str, Any]:
        """Objective, its values and the regrets as plain data."""
        return {
            "objective": self.found.objective,
            "values": dict(self.found.values),
            "kkt_residual": self.found.kkt_residual,
            "regret": {name: dict(item) for name, item in self.regret.items()},
            "worlds": self.worlds,
        }


def plan_for_draws(question: Question, problem: Problem, points: Mapping[str, Array], objective: str) -> RobustStudy:
    """The plan with the least expected or worst-tenth regret over the law's draws.

    Parameters
    ----------
    question : Question
    problem : Problem
        Of one instance, as it was planned.
    points : mapping of str to ndarray of shape (4,)
        `plan` and, where it exists, `equal-thirds`.
    objective : {"expected", "cvar10"}

    Raises
    ------
    ScenarioError
        If the law states no spread, or the objective compares laws.
    """
    if objective == OVER_LAWS:
        raise ScenarioError(
            f"`{OVER_LAWS}` compares laws, and `{question.law.id}` is one.", "Name several: --law besiroglu-2024,hoffmann-2022."
        )
    scenario = question.scenario
    seen = _drawn(question, SEARCHED, scenario.seed)
    found = robust_plan(problem, seen, objective, points)
    count = scenario.draws or FRESH
    fresh = _drawn(question, count, scenario.seed + APART)
    wasted = replan(problem, fresh.model, count, {ROBUST: found.y, **points}).wasted
    regret = {name: {"expected": float(np.mean(item)), "worst_tenth": WorstTenth().exact(item)} for name, item in wasted.items()}
    return RobustStudy(found, regret, f"{count:,} draws other than the {SEARCHED} it was chosen for")


def plan_for_laws(question: Question, problem: Problem, points: Mapping[str, Array], names: tuple[str, ...]) -> RobustStudy:
    """The plan whose greatest regret over several laws is least.

    Parameters
    ----------
    question : Question
        Demand and prices are its own under every law.
    problem : Problem
        Of one instance.
    points : mapping of str to ndarray of shape (4,)
        As in `plan_for_draws`.
    names : tuple of str
        At least two laws that predict a loss.

    Raises
    ------
    ScenarioError
        If there is only one law, a law has no loss, or the laws know different stages.
    SolverError
        If a law's own optimum is not certified.
    """
    if len(names) < 2:
        raise ScenarioError(f"`{OVER_LAWS}` wants two laws or more, got {len(names)}.", "Write --law besiroglu-2024,sardana-2024.")
    laws: dict[str, Law] = {name: resolve_law(question.scenario, name) for name in names}
    models = {name: attended(law, question.sizes).model for name, law in laws.items()}
    if question.shape is not None and (other := [name for name, law in laws.items() if counted_by(law) != question.shape.counted]):
        raise ScenarioError(
            f"`{OVER_LAWS}`: params count `{question.shape.counted}` here, and something else under {', '.join(other)}.",
            "Compare laws that count alike, or leave out --architecture.",
        )
    stages = {model.uses[2:] for model in models.values()}
    if len(stages) > 1:
        raise ScenarioError(
            f"`{OVER_LAWS}`: {', '.join(names)} do not know the same stages, so that no split suits them all.",
            "Compare pre-training laws with each other, or joint laws with each other.",
        )
    found = robust_plan(problem, SeveralLaws(models), OVER_LAWS, points)
    regret = {
        name: {**dict(zip(names, map(float, item), strict=True)), "greatest": float(np.max(item))}
        for name, item in found.wasted.items()
    }
    return RobustStudy(found, regret, f"the laws {', '.join(names)}")


def _drawn(question: Question, count: int, seed: int) -> DrawnWorlds:
    scenario = question.scenario
    law = draw_law(question.law, count, seed).law.with_options(scenario.verifier, scenario.unique_tokens)
    return DrawnWorlds(attended(law, question.sizes).model, count)
