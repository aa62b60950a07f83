"""RL as it is run: which rollouts teach, what a token costs then, what that does to the plan, and when task sets run out.

    informative share   s(G) = 1 - E[p^G] - E[(1 - p)^G]         p ~ Beta(mu nu, (1 - mu) nu), the inference link's spread
    cost of a token     generate (1 + w)/u + trained share x (train + reference + critic) + reward model
    breadth             midpoint(M) = M^b midpoint(1)            M task sets; b = 1 where they are independent

Rollouts that are dropped carry no gradient, so the law's RL tokens stay those that are generated: only their price changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from budgetplan.costs.as_run import as_run
from budgetplan.costs.methods import find_method, load_method_table, rl_kappa
from budgetplan.errors import ScenarioError
from budgetplan.laws.coverage import BetaSpread
from budgetplan.laws.four_links import FourLinks
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import describe
from budgetplan.planning.baselines import baseline_problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario, override
from budgetplan.signal.groups import spread_informative_share
from budgetplan.workflow.plans.assumptions import assumptions
from budgetplan.workflow.plans.planner import require_feasible
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.resolve.amount import resolve_amount
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import Question, resolve

SCHEMA = "budgetplan/rl-run/1"
"""Form of `RlRun.to_dict`."""
GROUPS = (4, 8, 16, 32, 64)
"""Group sizes that are compared. [1]"""
SETS = (1, 10, 100, 1000)
"""Numbers of task sets that are compared. [1]"""
SATURATING = "scalerl-8b"
"""RL link of one task set, where the question's own grows without end."""
SPENT = 0.95
"""Part of its gain beyond which a task set counts as used up. [1]"""


@dataclass(frozen=True)
class RlRun:
    """RL of one plan, looked into.

    Attributes
    ----------
    method : str
    budget : float
        [FLOP]
    trained_share, writing : float or None
        As asked; None where the method's own holds. [1]
    success : tuple of float
        Of one sample before RL and after it, in the plan. [1]
    groups : tuple of mapping
        By group size: informative share before and after RL, and cost of a generated token [FLOP/param] if only informative ones
        are trained on.
    plans : tuple of mapping
        The plan with every rollout trained on, with the informative ones, and as asked.
    breadth : tuple of mapping
        By number of task sets: midpoint, RL tokens and share of the plan, part of the gain reached, the same at equal thirds.
    notes : tuple of str
    provenance : mapping
    """

    method: str
    budget: float
    trained_share: float | None
    writing: float | None
    success: tuple[float, float]
    groups: tuple[Mapping[str, float], ...]
    plans: tuple[Mapping[str, Any], ...]
    breadth: tuple[Mapping[str, float], ...]
    notes: tuple[str, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The finding in one sentence."""
        one = self.breadth[0]
        past = one["thirds_rl_tokens"] / one["midpoint"]
        used = "is used up" if one["thirds_gain"] > SPENT else f"gives {100 * one['thirds_gain']:.0f} % of its gain"
        enough = next((int(row["task_sets"]) for row in self.breadth if row["thirds_gain"] <= SPENT), None)
        more = "" if enough is None or enough == 1 else f"; of those tried, {enough} sets are the first that are not"
        return f"One task set {used} at equal thirds, {past:.2g} times past its midpoint{more}."

    def rows(self) -> list[dict[str, Any]]:
        """All three tables under each other, for CSV."""
        tables = (("group", self.groups), ("plan", self.plans), ("breadth", self.breadth))
        return [{"table": name, **row} for name, rows in tables for row in rows]

    def to_dict(self) -> dict[str, Any]:
        """The answer in the JSON shape `budgetplan/rl-run/1`."""
        head = {"schema": SCHEMA, "headline": self.headline, "method": self.method, "budget": self.budget}
        head |= {"trained_share": self.trained_share, "writing": self.writing, "success": list(self.success)}
        tables = {name: [dict(row) for row in getattr(self, name)] for name in ("groups", "plans", "breadth")}
        return {**head, **tables, "notes": list(self.notes), "provenance": dict(self.provenance)}


def rl_run(
    scenario: Scenario,
    group_size: int | None = None,
    trained_share: float | None = None,
    writing: float | None = None,
    task_sets: Sequence[float] = SETS,
    command: str = "",
) -> RlRun:
    """Look into the RL of a plan.

    Parameters
    ----------
    scenario : Scenario
        With an amount and a joint law of four links.
    group_size : int, optional
        G of the plans that train on informative groups only; default: the table's 16. [1]
    trained_share : float, optional
        Part of the rollouts that is trained on. [1]
    writing : float, optional
        Tokens that write and check tasks, per rollout token. [1]
    task_sets : sequence of float
        Numbers of sets, of the size behind the RL link's curves, from few to many. [1]
    command : str
        What was typed, for the provenance.

    Returns
    -------
    RlRun

    Raises
    ------
    ScenarioError
        If the law is not one of four links, or RL is forbidden.

    References
    ----------
    .. [1] Yu et al., "DAPO", 2025, arXiv:2503.14476 (groups without gradient are dropped).
    .. [2] Xu et al., "Not All Rollouts are Useful", 2025, arXiv:2504.13818 (training on an informative subset).
    .. [3] "RLVE", 2025, arXiv:2511.07317 (more environments raise what RL reaches).
    """
    require_law_objective(scenario, "RL of a plan")
    scenario.require_question()
    question = resolve(scenario)
    if not isinstance(question.law.function, FourLinks):
        raise ScenarioError(f"`{question.law.id}` has no four links, so that no success before and after RL.", "Use --law default.")
    if not all(value > 0 for value in task_sets):
        raise ScenarioError("`task_sets` has to be above 0.", "Write --task-sets 1,10,100.")
    money = resolve_amount(scenario)
    problem = question.at(np.array([money.flop]))
    require_feasible(problem)
    if not problem.has_rl:
        raise ScenarioError("RL is forbidden here: there is nothing to look into.", "Leave out the limit on RL.")
    y = solve(problem, 4).y
    start, end = _success(question.law.function, problem.law_point(y))
    spread = {name: _concentration(question.law.function, start, value) for name, value in (("before", start), ("after", end))}
    u = scenario.decode_utilisation
    method = find_method(scenario.method)
    groups = []
    for size in sorted({*GROUPS, *([group_size] if group_size else [])}):
        before, after = (
            float(spread_informative_share(success, spread[name], size)) for success, name in ((start, "before"), (end, "after"))
        )
        mean = max(0.5 * (before + after), 1e-9)
        kappa = rl_kappa(as_run(method, min(mean, 1.0)), u, scenario.count)
        groups.append({"group_size": float(size), "before": before, "after": after, "flop_per_param_token": kappa})
    size = group_size or int(load_method_table().rollouts["group_size"].value)
    informative = next(row["flop_per_param_token"] for row in groups if row["group_size"] == size)
    variants = [
        ("every rollout trained on", float(question.kappa[1] / question.attended[1])),
        (f"informative groups only, G = {size}", informative),
    ]
    if trained_share is not None or writing is not None:
        asked = as_run(method, 1.0 if trained_share is None else trained_share, writing)
        variants.append(("as asked", rl_kappa(asked, u, scenario.count)))
    else:
        own = load_method_table().rollouts["writing"]
        for value in (own.value, own.high):
            made = rl_kappa(as_run(find_method("self-generated"), 1.0, value), u, scenario.count)
            variants.append((f"self-made tasks, {value:g} token of writing per rollout token", made))
    plans = tuple(_planned(question, money.flop, name, kappa) for name, kappa in variants)
    notes = [
        "dropped rollouts carry no gradient: the law counts generated tokens, and only their price changes",
        "the informative share over the run is taken as the mean of before and after",
    ]
    found, used = _breadth(scenario, question, money.flop, task_sets)
    exponent = load_method_table().rollouts["breadth"]
    if used != question.law.links.get("rl"):
        notes.append(f"breadth under `{used}`, one set of 53,000 prompts: `{question.law.links.get('rl')}` grows without a ceiling")
    notes.append(
        f"the midpoint grows with task sets to the power {exponent.value:g} ({exponent.low:g} to {exponent.high:g}, assumed)"
    )
    notes += assumptions(question, money)
    source = provenance(scenario, question.law, command)
    tables = tuple(groups), plans, found
    return RlRun(method.id, money.flop, trained_share, writing, (start, end), *tables, tuple(notes), source)


def _success(links: FourLinks, x: Array) -> tuple[float, float]:
    """Success of one sample before RL and after it."""
    ability = links.task.ability(links.pretraining.loss_and_partials(x[0], x[1])[0])
    chance = links.task.chance
    after = links.rl.ability(ability, x[0], x[2])
    before, done = (float(chance + (1 - chance) / (1 + np.exp(-float(value[0])))) for value in (ability, after))
    return before, done


def _concentration(links: FourLinks, start: float, success: float) -> float:
    """nu of the Beta over problems, as the inference link has it; none to speak of under a link without a spread."""
    spread = links.inference
    if not isinstance(spread, BetaSpread):
        return 1e6
    power = float(np.log(spread.tail) - (1.0 - spread.drift) * np.log(start) - spread.narrowing * np.log(success / start))
    return float(np.exp(power))


def _planned(question: Question, budget: float, name: str, kappa: float) -> dict[str, Any]:
    """The plan at another price of RL tokens."""
    priced = replace(question, kappa=np.array([question.kappa[0], kappa * question.attended[1], question.kappa[2]]))
    problem = priced.at(np.array([budget]))
    plan = describe(problem, solve(problem, 4).y[:, 0], 0.0)
    out = {"run": name, "flop_per_param_token": kappa, "rl_share": plan.share["rl"], "rl_tokens": plan.tokens["rl"]}
    return {**out, "params": float(question.params_of(plan.params)), "loss": plan.loss}


def _breadth(
    scenario: Scenario, question: Question, budget: float, task_sets: Sequence[float]
) -> tuple[tuple[dict[str, float], ...], str]:
    """Plans and equal thirds with more and more task sets."""
    name = str(question.law.links.get("rl"))
    if not hasattr(getattr(question.law.function, "rl", None), "midpoint"):
        name = SATURATING
        question = resolve(override(scenario, {"link.rl": SATURATING}))
    law = question.law
    assert isinstance(law.function, FourLinks)
    one: Any = law.function.rl
    exponent = load_method_table().rollouts["breadth"].value
    rows = []
    for sets in task_sets:
        link = replace(one, midpoint=one.midpoint * sets**exponent)
        wider = replace(question, law=replace(law, function=replace(law.function, rl=link)))
        problem = wider.at(np.array([budget]))
        middle = float(link.midpoint) * float(getattr(link, "tokens_per_gpu_hour", 1.0))
        row = {"task_sets": float(sets), "midpoint": middle}
        for key, asked in (("", problem), ("thirds_", baseline_problem(problem, "equal-thirds"))):
            plan = describe(problem, solve(asked, 4).y[:, 0], 0.0)
            gain = _gain(link.steepness, plan.tokens["rl"] / middle)
            row |= {f"{key}rl_share": plan.share["rl"], f"{key}rl_tokens": plan.tokens["rl"], f"{key}gain": gain}
        rows.append(row)
    return tuple(rows), name


def _gain(steepness: float, times: float) -> float:
    """Part of the gain of a sigmoid link so many times past its midpoint."""
    return 1.0 / (1.0 + times ** -float(steepness)) if times > 0 else 0.0
