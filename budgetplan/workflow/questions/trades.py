"""What one kind of token is worth in another at equal loss, and what one more GPU-day earns in each stage.

    worth of one token of i in tokens of j     (dl/dx_i)/(dl/dx_j),   dl/dx = (dl/d ln x)/x
    one more GPU-day in stage i                -dl/dx_i F/(kappa_i N),   F = peak x MFU x 86,400 s

At the optimum of a plan without active limits every GPU-day earns the same, so that tokens trade at their prices kappa_i/kappa_j.
At another split they do not, and the difference is what moving compute earns. Beyond the margin, the exchange is read off the law:
half the tokens of stage i, and the tokens of j that bring the loss back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np

from budgetplan.errors import InfeasibleError, ScenarioError
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import STAGES
from budgetplan.planning.baselines import baseline_problem, named_split, stages_of
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.units import format_quantity
from budgetplan.workflow.plans.assumptions import assumptions
from budgetplan.workflow.plans.certified import certified
from budgetplan.workflow.plans.planner import require_feasible
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.resolve.amount import resolve_amount
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import resolve
from budgetplan.workflow.resolve.settle import SPARE, STARTS, require_shared_price
from budgetplan.workflow.stage_names import WRITTEN

SCHEMA = "budgetplan/trades/1"
"""Form of `Trades.to_dict`."""
MOST = 1e6
"""Factor of tokens beyond which an exchange counts as impossible. [1]"""
HOURS = 24.0
"""Of a GPU-day. [h]"""


@dataclass(frozen=True)
class Trade:
    """Tokens of one stage for tokens of another, at equal loss and model size.

    Attributes
    ----------
    given, taken : str
        Stage that has less, and stage that has more.
    per_token : float
        Tokens of `taken` that replace the last token of `given`. [1]
    per_flop : float
        FLOP in `taken` that replace the last FLOP in `given`: 1 at an optimum, above 1 where compute should move to `given`. [1]
    halved : float
        Factor on the tokens of `taken` that makes up for half of the tokens of `given`; inf where none does. [1]
    """

    given: str
    taken: str
    per_token: float
    per_flop: float
    halved: float


@dataclass(frozen=True)
class Trades:
    """Exchanges at one split.

    Attributes
    ----------
    at : str
        `optimum`, `equal-thirds`, or the named split.
    budget, gpu_day : float
        [FLOP]
    gpu : str
    loss : float
        Of the split. [loss]
    tokens : mapping of str to float
        By stage, those that the budget buys: without a checkpoint's own, and without prompts. [token]
    earned : mapping of str to float
        Loss that one more GPU-day in a stage takes off. [loss]
    trades : tuple of Trade
    assumptions : tuple of str
    provenance : mapping
    """

    at: str
    budget: float
    gpu_day: float
    gpu: str
    loss: float
    tokens: Mapping[str, float]
    earned: Mapping[str, float]
    trades: tuple[Trade, ...]
    assumptions: tuple[str, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The finding in one sentence."""
        least, most = (chosen(self.earned, key=lambda stage: self.earned[stage]) for chosen in (min, max))
        if len(self.earned) < 2:
            return f"One more {self.gpu}-day takes {self.earned[most]:.3g} off the loss."
        if self.earned[most] <= self.earned[least] * 1.001:
            text = ", ".join(
                f"{format_quantity(item.per_token, 'count')} {WRITTEN[item.taken]} tokens replace one {WRITTEN[item.given]} token"
                for item in self.trades
                if item.taken == "inference" or len(self.earned) == 2
            )
            return f"At the optimum one more {self.gpu}-day earns the same in every stage; {text}."
        ratio = (
            ""
            if self.earned[least] <= 0
            else f", {self.earned[most] / self.earned[least]:.3g} times what it earns in {WRITTEN[least]}"
        )
        return f"One more {self.gpu}-day earns most in {WRITTEN[most]}{ratio}."

    def to_dict(self) -> dict[str, Any]:
        """The answer in the JSON shape `budgetplan/trades/1`."""
        head = {"schema": SCHEMA, "headline": self.headline, "at": self.at, "budget": self.budget, "gpu": self.gpu}
        head |= {"gpu_day_flop": self.gpu_day, "loss": self.loss, "tokens": dict(self.tokens), "per_gpu_day": dict(self.earned)}
        trades = [dict(vars(item)) for item in self.trades]
        return {**head, "trades": trades, "assumptions": list(self.assumptions), "provenance": dict(self.provenance)}


def trades(scenario: Scenario, at: str = "optimum", command: str = "") -> Trades:
    """Exchanges between the stages of a plan.

    Parameters
    ----------
    scenario : Scenario
        With an amount; its `share`, where there is one, is the split instead of `at`.
    at : {"optimum", "equal-thirds", "equal-tokens"}
        Which split.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    Trades

    Raises
    ------
    ScenarioError
        If `at` is another word, or the law is a policy.
    InfeasibleError
        If the split cannot serve the demand.
    SolverError
        If the optimum is not certified.
    """
    if at not in ("optimum", "equal-thirds", "equal-tokens"):
        raise ScenarioError(f"`at` is `{at}`, and `optimum`, `equal-thirds` or `equal-tokens` is due.")
    require_law_objective(scenario, "What tokens are worth in each other")
    scenario.require_question()
    question = resolve(scenario)
    if question.law.policy is not None:
        raise ScenarioError(f"`{question.law.id}` is a policy: it has no loss to trade at.", "Use --law default.")
    money = resolve_amount(scenario)
    problem = question.at(np.array([money.flop]))
    require_feasible(problem)
    asked = problem if at == "optimum" else baseline_problem(problem, at)
    if scenario.share is not None:
        at = ",".join(f"{stage}={100 * share:.3g}%" for stage, share in scenario.share.items())
        asked = named_split(problem, scenario.share)
    if asked is not problem:
        require_shared_price(question, f"The split `{at}`")
    if not bool(feasible_params(asked).any[0]):
        raise InfeasibleError(
            f"The split `{at}` cannot serve the demand.", "Raise the budget, or lower the demand.", ("inference_share",)
        )
    answer = solve(asked, STARTS, SPARE)
    if asked is problem:
        certified(question, problem, answer)
    y, loss = answer.y[:, 0], float(answer.loss[0])
    gradient = problem.loss_and_gradient(y[:, None])[1][1:, 0]
    used = [stage for stage in stages_of(problem) if np.isfinite(y[1 + STAGES.index(stage)])]
    priced = {stage: float(np.exp(y[1 + STAGES.index(stage)])) for stage in used}
    read = {"inference": float(question.read(problem.budget)[0])}
    per_token = {stage: -float(gradient[STAGES.index(stage)]) / priced[stage] for stage in used}
    price = {stage: float(problem.kappa[STAGES.index(stage)]) * float(np.exp(y[0])) for stage in used}
    day = money.flop_per_gpu_hour * HOURS
    made = []
    for given in used:
        for taken in used:
            if given != taken and per_token[taken] > 0:
                each = per_token[given] / per_token[taken]
                halved = _halved(problem, y, loss, given, taken, read)
                made.append(Trade(given, taken, each, each * price[taken] / price[given], halved))
    return Trades(
        at=at,
        budget=money.flop,
        gpu_day=day,
        gpu=money.gpu,
        loss=loss,
        tokens={stage: priced[stage] - read.get(stage, 0.0) for stage in used},
        earned={stage: per_token[stage] * day / price[stage] for stage in used},
        trades=tuple(made),
        assumptions=assumptions(question, money),
        provenance=provenance(scenario, question.law, command),
    )


def _halved(problem: Problem, y: Array, loss: float, given: str, taken: str, read: Mapping[str, float]) -> float:
    """Factor on the tokens of one stage that makes up for half the tokens of another; what is read for prompts stays."""
    less, more = 1 + STAGES.index(given), 1 + STAGES.index(taken)
    start, prompts = y.copy(), read.get(taken, 0.0)
    start[less] = np.log(np.exp(y[less]) - 0.5 * (np.exp(y[less]) - read.get(given, 0.0)))
    if given == "inference" and start[3] < problem.least_inference[0]:
        start[3] = problem.least_inference[0]  # fewer than one sample per query is no plan

    def above(log_factor: float) -> bool:
        point = start.copy()
        point[more] = np.log((np.exp(start[more]) - prompts) * np.exp(log_factor) + prompts)
        return float(problem.loss(point[:, None])[0]) > loss

    low, high = 0.0, float(np.log(MOST))
    if above(high):
        return inf
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if above(middle) else (low, middle)
    return float(np.exp(high))
