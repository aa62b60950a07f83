"""From a scenario to a question: the only place where names become laws, prices, demand and limits.

A `Question` knows the problem at any budget, so that plans, targets, sweeps and regret all ask the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

import numpy as np

from budgetplan.costs import find_method, prefill_kappa, stage_kappas
from budgetplan.errors import ScenarioError
from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array, as_array
from budgetplan.planning.allocation import Allocation
from budgetplan.planning.limits import FEWEST_TOKENS, ROW_NAMES, Limits, no_limits
from budgetplan.planning.problem import Problem, problem
from budgetplan.scenario import Scenario
from budgetplan.workflow.amount import check_amount
from budgetplan.workflow.demand import TOKENS_PER_SAMPLE, Demand


@dataclass(frozen=True)
class Question:
    """What is asked, resolved.

    Attributes
    ----------
    scenario : Scenario
        As the user put it.
    law : Law
        With verifier and unique tokens.
    kappa : ndarray of shape (3,)
        FLOP per param and token of each stage.
    demand : Demand
        Served tokens at any budget.
    sunk_tokens : float
        Tokens of a checkpoint. [token]
    """

    scenario: Scenario
    law: Law
    kappa: Array
    demand: Demand
    sunk_tokens: float

    def at(self, budget: Array, first_sample: Array | None = None) -> Problem:
        """The planning problem at each budget.

        Parameters
        ----------
        budget : ndarray of shape (instance,)
            [FLOP]
        first_sample : ndarray of shape (instance,), optional
            Q tau where it is not to follow the budget. [token]

        Returns
        -------
        Problem
            Of `instance` instances.
        """
        budgets = np.atleast_1d(as_array(budget))
        tokens = self.demand.first_sample(budgets) if first_sample is None else first_sample
        limits = self._limits(budgets, tokens)
        served = self.demand.served + self.demand.prefill(tokens)
        return problem(self.law.model, budgets, self.kappa, tokens, served, limits, self.sunk_tokens)

    def told(self, item: Allocation, budget: float) -> Allocation:
        """An allocation whose inference tokens are those that are generated, where the problem counts prompts among them.

        Parameters
        ----------
        item : Allocation
            As the problem at the budget describes it.
        budget : float
            [FLOP]
        """
        if self.demand.prompt_tokens == 0:
            return item
        read = float(self.demand.prefill(self.demand.first_sample(np.array([budget])))[0])
        return replace(item, tokens={**item.tokens, "inference": max(item.tokens["inference"] - read, 0.0)})

    def _limits(self, budget: Array, first_sample: Array) -> Limits:
        out = no_limits(len(budget))
        low, high, forbidden = out.low, out.high, False
        scenario = self.scenario
        fixed = dict(scenario.fix)
        if scenario.params is not None:
            fixed["params"] = scenario.params
        if isinstance(scenario.checkpoint, tuple):
            fixed["params"] = scenario.checkpoint[0]
        for lower, upper, entries in ((True, True, fixed), (True, False, scenario.min), (False, True, scenario.max)):
            for key, value in entries.items():
                row, amount = self._row(key, value, budget, first_sample)
                if value == 0 and key in ("rl_tokens", "rl_share"):
                    forbidden |= upper
                    continue
                with np.errstate(divide="ignore"):  # a limit of zero: ln 0 = -inf, which conflicts unless it is a minimum
                    bound = np.log(amount)
                if lower:
                    low[row] = np.maximum(low[row], bound) if not upper else bound
                if upper:
                    high[row] = bound
                    if row < 2 and not lower:  # the standing minima give way to what the user asks for
                        low[row] = np.minimum(low[row], bound)
        return Limits(low, high, forbidden)

    def _row(self, key: str, value: float, budget: Array, first_sample: Array) -> tuple[int, Array]:
        """Row of a limit, and the amount whose logarithm bounds it."""
        if key == "samples_per_query":
            return 3, value * first_sample + self.demand.served + self.demand.prefill(first_sample)
        if key == "inference_tokens":
            return 3, value + self.demand.prefill(first_sample)
        row = ROW_NAMES.index(key)
        if row == 1 and self.sunk_tokens:
            # tokens are counted from the start of the checkpoint, the problem counts those beyond it
            return row, np.full_like(budget, max(value - self.sunk_tokens, FEWEST_TOKENS))
        if row < 4:
            return row, np.full_like(budget, value)
        return row, value * budget / self.kappa[row - 4]


def resolve_law(scenario: Scenario, name: str | None = None) -> Law:
    """The scenario's law with links, verifier and unique tokens.

    Parameters
    ----------
    scenario : Scenario
        The question.
    name : str, optional
        Another law to take in its place; links then apply only to joint laws of links.
    """
    law = load_law(scenario.law if name is None else name, scenario.link or None)
    return law.with_options(scenario.verifier, scenario.unique_tokens)


def resolve(scenario: Scenario, law: Law | None = None) -> Question:
    """Turn names into objects.

    Parameters
    ----------
    scenario : Scenario
        The question.
    law : Law, optional
        In place of the scenario's.

    Returns
    -------
    Question

    Raises
    ------
    BudgetPlanError
        Unknown names, or combinations that make no sense.
    """
    for name in ("params", "queries", "tokens_per_sample", "prompt_tokens", "serve", "unique_tokens"):
        check_amount(name, getattr(scenario, name))
    for entries in (scenario.fix, scenario.min, scenario.max):
        for name, value in entries.items():
            check_amount(name, value)
    law = resolve_law(scenario) if law is None else law
    kappa = stage_kappas(find_method(scenario.method), scenario.decode_utilisation, scenario.count)
    scenario = with_named_checkpoint(scenario)
    if isinstance(scenario.checkpoint, tuple) and (scenario.params is not None or "params" in scenario.fix):
        raise ScenarioError("A checkpoint fixes the params; `params` cannot be given too.", "Leave one of them out.")
    sunk = scenario.checkpoint[1] if isinstance(scenario.checkpoint, tuple) else 0.0
    knows_samples = isinstance(law.function, FourLinks) or (isinstance(law.function, AdditiveLoss) and law.function.uses[3])
    exists = knows_samples or scenario.queries is not None
    each, prompt = scenario.tokens_per_sample or TOKENS_PER_SAMPLE, scenario.prompt_tokens or 0.0
    if prompt > 0 and not exists:
        raise ScenarioError(
            f"`prompt_tokens` are read once per query, and the law `{law.id}` assumes no queries.",
            "Give --queries, or count the prompts among --serve.",
        )
    reading = prefill_kappa(scenario.prefill_utilisation, scenario.count) / kappa[2]
    demand = Demand(scenario.queries, each, scenario.serve or 0.0, law, exists, prompt, reading)
    question = Question(scenario, law, np.array(kappa), demand, sunk)
    if law.function is not None:
        _check_limits(question)
    return question


def with_named_checkpoint(scenario: Scenario) -> Scenario:
    """The scenario with a public model's name replaced by its params and tokens.

    Parameters
    ----------
    scenario : Scenario

    Raises
    ------
    UnknownNameError, DataError
        If there is no such model, or its tokens are not known.
    """
    if not isinstance(scenario.checkpoint, str):
        return scenario
    from budgetplan.costs.models import find_model

    return scenario.model_copy(update={"checkpoint": find_model(scenario.checkpoint).checkpoint})


def _check_limits(question: Question) -> None:
    """Limits on what the law does not know are mistakes, said before anything is solved."""
    uses = question.law.model.uses
    scenario = question.scenario
    for entries in (scenario.fix, scenario.min, scenario.max):
        for key, value in entries.items():
            stage = key.rsplit("_", 1)[0]
            if stage == "rl" and not uses[2] and value != 0:
                raise ScenarioError(f"`{key}` limits RL, which the law `{question.law.id}` does not know.", "Use --law default.")
            if key in ("samples_per_query", "inference_tokens", "inference_share") and not uses[3]:
                raise ScenarioError(
                    f"`{key}` limits a choice of inference, which the law `{question.law.id}` does not know: demand only costs.",
                    "Give --serve or --queries, or use --law default.",
                )
    if scenario.unique_tokens is not None and not hasattr(_pretraining(question.law), "unique_tokens"):
        raise ScenarioError(f"The law `{question.law.id}` cannot count repeated data.", "Use --law muennighoff-2023.")


def _pretraining(law: Law) -> object:
    return law.function.pretraining if isinstance(law.function, FourLinks) else law.function


def data_note(law: Law) -> str:
    """What has to be said about repeated data under a law that was not fitted to them; empty where it was."""
    made = _pretraining(law)
    if isinstance(made, ChinchillaLoss) and made.unique_tokens < inf:
        name = law.parts["pretraining"].id
        return f"Repeated data under `{name}` count as in `muennighoff-2023` (R_D* = {made.half_life:.3g}): an assumption."
    return ""
