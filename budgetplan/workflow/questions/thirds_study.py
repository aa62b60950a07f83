"""Scenario and budgets -> whether equal thirds are right at each, what they waste, and what would have to be true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetplan.errors import InfeasibleError, ScenarioError
from budgetplan.laws.additive import AdditiveLoss
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import STAGES
from budgetplan.planning.baselines import baseline_problem, stages_of
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem
from budgetplan.scenario import Scenario
from budgetplan.uncertainty.lever import Lever, coefficient_levers
from budgetplan.uncertainty.thirds_additive import ExactSizes, kept_by_equal_split, sizes_for
from budgetplan.uncertainty.thirds_condition import RULES, Interval, intervals, reducible_elasticities
from budgetplan.uncertainty.together import optima, wasted
from budgetplan.workflow.plans.explain import SATURATED
from budgetplan.workflow.plans.planner import require_feasible
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.questions.assumption_levers import scenario_options
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import Question, resolve
from budgetplan.workflow.resolve.settle import require_shared_price

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "budgetplan/thirds/1"
"""Form of `ThirdsCondition.to_dict`."""
NOT_OF_A_STAGE = frozenset({"E", "midpoint", "chance", "f_floor", "f_offset", "tokens_per_gpu_hour"})
"""Coefficients of pre-training and task links that say how good a model is and not what a stage earns."""
NOTHING_LEFT = "nothing: the loss is at its floor, and splits are alike"
"""Condition where the law has nothing left to tell apart."""


USUAL = (1e21, 1e22, 1e23, 1e24, 1e25, 1e26)
"""Budgets where none is named. [FLOP]"""


@dataclass(frozen=True)
class ThirdsRow:
    """Equal thirds at one budget.

    Attributes
    ----------
    budget : float
        [FLOP]
    within : bool
        Whether they waste no more than the tolerance.
    wasted_compute : float
        What they waste. [1]
    loss, optimal_loss : float
    share : mapping of str to float
        Of the optimum. [1]
    earns : mapping of str to float
        At equal thirds, -d ln(loss - floor)/d ln of params and of each stage's tokens: all stages the same where they are right.
    kept : float
        Rule of thumb from the optimal shares alone: effective compute that an equal split keeps. [1]
    intervals : tuple of Interval
        By coefficient.
    exact : ExactSizes or None
        For an additive law of three stages: the sizes at which the equal split is exactly right.
    condition : str
        What would have to be true, or has to stay true.
    """

    budget: float
    within: bool
    wasted_compute: float
    loss: float
    optimal_loss: float
    share: Mapping[str, float]
    earns: Mapping[str, float]
    kept: float
    intervals: tuple[Interval, ...]
    exact: ExactSizes | None
    condition: str

    def to_dict(self) -> dict[str, Any]:
        """Plain nested dictionary."""
        out = {name: value for name, value in vars(self).items() if name not in ("share", "earns", "intervals", "exact")}
        out |= {"share": dict(self.share), "earns": dict(self.earns)}
        out["exact"] = None if self.exact is None else dict(vars(self.exact))
        return {**out, "intervals": [item.to_dict() for item in self.intervals]}

    def row(self) -> dict[str, Any]:
        """One flat row."""
        head = {"budget": self.budget, "within": self.within, "wasted_compute": self.wasted_compute, "loss": self.loss}
        head |= {"optimal_loss": self.optimal_loss, **{f"{stage}_share": share for stage, share in self.share.items()}}
        return {**head, **{f"earns_{name}": value for name, value in self.earns.items()}, "condition": self.condition}


@dataclass(frozen=True)
class ThirdsCondition:
    """When equal thirds are right, by budget.

    Attributes
    ----------
    law : str
    by : str
        `compute` or `tokens`: what is equal.
    tolerance : float
        Compute that may be wasted. [1]
    rows : tuple of ThirdsRow
    provenance : mapping
    """

    law: str
    by: str
    tolerance: float
    rows: tuple[ThirdsRow, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The finding in one sentence."""
        good = [row.budget for row in self.rows if row.within]
        what = f"Equal {'thirds' if self.by == 'compute' else 'tokens'}"
        if len(good) == len(self.rows):
            return f"{what} are within {100 * self.tolerance:g} % of the optimum at every budget asked."
        worst = max(row.wasted_compute for row in self.rows)
        if not good:
            least = min(row.wasted_compute for row in self.rows)
            return f"{what} are not within {100 * self.tolerance:g} % at any budget asked: they waste {_percent(least, worst)}."
        where = f"{len(good)} of {len(self.rows)} budgets"
        return f"{what} are within {100 * self.tolerance:g} % at {where}; they waste up to {100 * worst:.2g} %."

    def interval_rows(self) -> list[dict[str, Any]]:
        """One row per budget and coefficient."""
        return [item.to_dict() for row in self.rows for item in row.intervals]

    def to_frame(self) -> pd.DataFrame:
        """One row per budget and coefficient, as a table."""
        import pandas as pd

        return pd.DataFrame(self.interval_rows())

    def to_dict(self) -> dict[str, Any]:
        """The answer in the JSON shape `budgetplan/thirds/1`."""
        head = {"schema": SCHEMA, "headline": self.headline, "law": self.law, "by": self.by, "tolerance": self.tolerance}
        return {**head, "rows": [row.to_dict() for row in self.rows], "provenance": dict(self.provenance)}


def thirds_condition(
    scenario: Scenario,
    budgets: Sequence[float] | Array,
    by: str = "compute",
    tolerance: float = 0.01,
    coefficients: Sequence[str] | None = None,
    command: str = "",
) -> ThirdsCondition:
    """When an equal split is within a tolerance of the optimum.

    Parameters
    ----------
    scenario : Scenario
        The question; its budget is not used.
    budgets : sequence of float
        [FLOP]
    by : {"compute", "tokens"}
        Equal shares of compute, or equal tokens.
    tolerance : float
        Compute that may be wasted. [1]
    coefficients : sequence of str, optional
        Which to search; default: all that say what a stage earns.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    ThirdsCondition

    Raises
    ------
    ScenarioError
        If the law has one stage or none to share among, or a name is wrong.
    InfeasibleError
        If a budget does not pay for the demand, or for it with equal shares.
    """
    if by not in RULES:
        raise ScenarioError(f"`by` is `{by}`, and `compute` or `tokens` is due.")
    if not 0 < tolerance < 1:
        raise ScenarioError(f"`tolerance` is {tolerance:g}, and must lie between 0 and 1.", "Write 1%.")
    require_law_objective(scenario, "Whether equal thirds are right")
    question = resolve(scenario)
    if question.law.policy is not None:
        raise ScenarioError(f"`{question.law.id}` is a policy: it has no loss to compare splits by.", "Use --law default.")
    require_shared_price(question, "The condition for equal thirds")
    amounts = np.atleast_1d(np.asarray(budgets, dtype=np.float64))
    problems = [question.at(np.array([amount])) for amount in amounts]
    evens = []
    for problem in problems:
        if len(stages_of(problem)) < 2:
            raise ScenarioError(f"`{question.law.id}` has one stage: there is nothing to share equally.", "Use --law default.")
        require_feasible(problem)
        evens.append(baseline_problem(problem, RULES[by]))
        if not feasible_params(evens[-1]).any[0]:
            raise InfeasibleError(
                f"An equal split of {problem.budget[0]:.3g} FLOP cannot serve the demand within the limits.",
                "Raise the budget, or lower the demand.",
                ("inference_share",),
            )
    best, rule = optima(problems, 8), optima(evens)
    lost = wasted(problems, best, rule.loss)
    levers = [_levers(question, problem, coefficients) for problem in problems]
    found = intervals([lever for part in levers for lever in part], by, tolerance)
    size = len(levers[0])
    rows = []
    for index, problem in enumerate(problems):
        part = found[index * size : (index + 1) * size]
        cost = problem.cost(best.y[:, [index]])[:, 0]
        share = dict(zip(STAGES, map(float, cost / cost.sum()), strict=True))
        earns = reducible_elasticities(problem, rule.y[:, index])
        among = {stage: share[stage] for stage in stages_of(problem)}
        within = bool(lost[index] <= tolerance)
        losses = float(rule.loss[index]), float(best.loss[index])
        told = {name: value for name, value in earns.items() if name == "params" or name in among}
        kept = kept_by_equal_split(np.array(list(among.values())) / sum(among.values()))
        exact = _exact(problem, by)
        said = NOTHING_LEFT if losses[1] - problem.model.floor < SATURATED else _said(within, part, exact, problem)
        rows.append(ThirdsRow(float(amounts[index]), within, float(lost[index]), *losses, share, told, kept, part, exact, said))
    return ThirdsCondition(question.law.id, by, tolerance, tuple(rows), provenance(scenario, question.law, command))


def _levers(question: Question, problem: Problem, names: Sequence[str] | None) -> tuple[Lever, ...]:
    found = coefficient_levers(question.law, problem, scenario_options(question), follows=True, led=True)
    if names is None:
        return tuple(lever for lever in found if not (_bare(lever) in NOT_OF_A_STAGE and lever.group != "rl"))
    known = {lever.name: lever for lever in found}
    if missing := [name for name in names if name not in known]:
        raise ScenarioError(f"`{missing[0]}` is no coefficient of `{question.law.id}`.", f"There are {', '.join(known)}.")
    return tuple(known[name] for name in names)


def _bare(lever: Lever) -> str:
    return lever.name.rpartition(".")[2]


def _exact(problem: Problem, by: str) -> ExactSizes | None:
    model = problem.model
    if not isinstance(model, AdditiveLoss) or len(stages_of(problem)) < 3 or problem.served.any() or problem.sunk_tokens:
        return None
    weights = np.ones(3) if by == "compute" else problem.kappa
    share = dict(zip(STAGES, map(float, weights / weights.sum()), strict=True))
    return sizes_for(model, problem.kappa, float(problem.budget[0]), float(problem.first_sample[0]), share)


def _said(within: bool, found: tuple[Interval, ...], exact: ExactSizes | None, problem: Problem) -> str:
    """What has to stay, or would have to become, true."""
    if within:
        tight = [item for item in found if item.inside and item.low is not None and item.low > 0]
        if not tight:
            return "over every value searched"
        first = min(tight, key=lambda item: np.log(float(item.high or 1.0) / float(item.low or 1.0)))
        return f"as long as `{first.coefficient}` stays between {first.low:.3g} and {first.high:.3g} (now {first.value:.3g})"
    able = [item for item in found if item.low is not None and item.high is not None]
    if not able and exact is not None:
        model = problem.model
        assert isinstance(model, AdditiveLoss)
        both = f"`G` were {exact.G:.3g} (now {float(model.G):.3g}) and `H` {exact.H:.3g} (now {float(model.H):.3g})"
        return f"if {both}: no single coefficient makes it so"
    if not able:
        return "no single coefficient makes it so (sizes within a factor of 30, exponents of 3)"
    first = min(able, key=_distance)
    return f"if `{first.coefficient}` were between {first.low:.3g} and {first.high:.3g} (now {first.value:.3g})"


def _distance(item: Interval) -> float:
    """How far a coefficient is from its interval: in e-folds, for a signed one relative to its value."""
    low, high = float(item.low or 0.0), float(item.high or 0.0)
    near = low if item.value < low else high
    if near > 0 and item.value > 0:
        return abs(float(np.log(near / item.value)))
    return abs(near - item.value) / max(abs(item.value), 1e-3)


def _percent(low: float, high: float) -> str:
    one, two = f"{100 * low:.2g}", f"{100 * high:.2g}"
    return f"{one} %" if one == two else f"{one} to {two} %"
