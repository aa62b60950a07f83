"""How sure a plan is: the question asked again under every draw of the law, and the splits that are as good within a tolerance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import STAGES
from budgetplan.planning.problem import Problem
from budgetplan.uncertainty.draws import Draws, draw_law
from budgetplan.uncertainty.replan import Replanned, replan
from budgetplan.workflow.plans.study import Caution
from budgetplan.workflow.resolve.attended_law import attended
from budgetplan.workflow.resolve.question import Question

QUANTILES = {"q05": 0.05, "q50": 0.5, "q95": 0.95}
"""What is told of a spread."""
PLAN, THIRDS = "plan", "equal-thirds"
WORST = 0.1
"""Part of the draws that counts as the worst. [1]"""


@dataclass(frozen=True)
class Uncertain:
    """A plan under draws.

    Attributes
    ----------
    draws : Draws
        What was drawn.
    replanned : Replanned
        Optima and regret, draw by draw.
    sunk, read : float
        What the tokens of a plan count beside those of its problem: a checkpoint's more, and the prompts' less. [token]
    """

    draws: Draws
    replanned: Replanned
    sunk: float = 0.0
    read: float = 0.0

    @property
    def intervals(self) -> dict[str, Any]:
        """Quantiles of each draw's own optimum, of the compute that equal thirds and this plan waste, and how often it wins."""
        found = self.replanned
        named: dict[str, Array] = {"loss": found.loss, "params": np.exp(found.y[0])}
        beside = (self.sunk, 0.0, -self.read)
        named |= {f"{stage}_tokens": found.tokens[row] + beside[row] for row, stage in enumerate(STAGES)}
        named["samples_per_query"] = found.samples
        named |= {f"{stage}_share": found.share[row] for row, stage in enumerate(STAGES)}
        if THIRDS in found.wasted:
            named["wasted_compute"] = found.wasted[THIRDS]
        named["regret"] = found.wasted[PLAN]
        out: dict[str, Any] = {name: quantiles(values) for name, values in named.items()}
        if THIRDS in found.decisions:
            out["beats_equal_thirds"] = float(np.mean(found.decisions[PLAN] < found.decisions[THIRDS]))
        return out

    @property
    def regret(self) -> dict[str, dict[str, float]]:
        """Expected regret of each decision and that of its worst tenth of the draws, in wasted compute. [1]"""
        wasted = self.replanned.wasted
        return {name: {"expected": float(np.mean(item)), "worst_tenth": worst_mean(item)} for name, item in wasted.items()}

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What the draws do not cover, and draws without an answer."""
        out = []
        missing = [link for link, kind in self.draws.kinds.items() if kind == "fixed"]
        if missing:
            said = f"The law states no spread for its {' and '.join(missing)} link: the intervals are too narrow by it."
            out.append(Caution("no-spread", said, {"links": missing}))
        lost = int(np.sum(~self.replanned.kept))
        if lost:
            out.append(
                Caution("draws-lost", f"{lost} of {len(self.replanned.kept)} draws have no certified optimum.", {"lost": lost})
            )
        return tuple(out)


def quantiles(values: Array) -> dict[str, float]:
    """5, 50 and 95 % of values of shape (draw,)."""
    return dict(zip(QUANTILES, np.quantile(values, list(QUANTILES.values())).tolist(), strict=True))


def worst_mean(values: Array, part: float = WORST) -> float:
    """Mean of the largest values, shape (draw,): expected shortfall at level `part`."""
    count = max(round(part * len(values)), 1)
    return float(np.mean(np.sort(values)[-count:]))


def plan_under_draws(question: Question, problem: Problem, decisions: Mapping[str, Array]) -> Uncertain:
    """The question under the draws that its scenario asks for.

    Parameters
    ----------
    question : Question
    problem : Problem
        Of one instance, as it was planned.
    decisions : mapping of str to ndarray of shape (4,)
        `plan` and, where it exists, `equal-thirds`.

    Raises
    ------
    ScenarioError
        If the law states no spread.
    """
    scenario = question.scenario
    assert scenario.draws
    draws = draw_law(question.law, scenario.draws, scenario.seed)
    law = attended(draws.law.with_options(scenario.verifier, scenario.unique_tokens), question.sizes)
    found = replan(problem, law.model, scenario.draws, decisions)
    if question.sizes is not None:
        found = replace(found, y=np.concatenate([question.sizes.log_params(found.y[:1])[0], found.y[1:]]))
    return Uncertain(draws, found, question.sunk_tokens, float(question.read(problem.budget)[0]))
