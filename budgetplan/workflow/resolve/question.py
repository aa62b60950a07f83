"""From a scenario to a question: the only place where names become laws, prices, demand and limits.

A `Question` knows the problem at any budget, so that plans, targets, sweeps and regret all ask the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf, nan

import numpy as np

from budgetplan.costs import find_method, prefill_kappa, stage_kappas
from budgetplan.costs.cost_size import CostSize
from budgetplan.errors import ScenarioError
from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law import Law
from budgetplan.laws.law_files import find_record
from budgetplan.numerics.arrays import Array, as_array
from budgetplan.planning.allocation import Allocation
from budgetplan.planning.problem import Problem, problem
from budgetplan.scenario import Scenario
from budgetplan.workflow.resolve.amount import check_amount
from budgetplan.workflow.resolve.attended_law import attended
from budgetplan.workflow.resolve.demand import TOKENS_PER_SAMPLE, Demand
from budgetplan.workflow.resolve.named_checkpoint import with_named_checkpoint
from budgetplan.workflow.resolve.named_limits import limits_of
from budgetplan.workflow.resolve.settle import settled
from budgetplan.workflow.resolve.shape import Shape, shape_of


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
        FLOP per param and token of each stage, attention included where it is counted.
    demand : Demand
        Served tokens at any budget.
    sunk_tokens : float
        Tokens of a checkpoint. [token]
    shape : Shape or None
        Proportions of the model, where an architecture is named.
    priced_at : float
        Size at which its attention is priced; nan where that costs nothing. [param]
    attended : ndarray of shape (3,)
        `kappa` over what it is without attention. [1]
    sizes : CostSize or None
        How the first variable of a problem, ln M, gives ln N; None where it is ln N: without attention, and where N is fixed.
    """

    scenario: Scenario
    law: Law
    kappa: Array
    demand: Demand
    sunk_tokens: float
    shape: Shape | None = None
    priced_at: float = nan
    attended: Array = field(default_factory=lambda: np.ones(3))
    sizes: CostSize | None = None

    @property
    def decode_utilisation(self) -> float:
        """Of decoding relative to training, as the price of a served token has it. [1]"""
        return 2.0 / float(self.kappa[2] / self.attended[2])

    @property
    def tells_success(self) -> bool:
        """Whether the law predicts a success, of which its loss is -ln."""
        return self.law.model.evaluate(np.log(np.full((4, 1), 1e9))).success is not None

    def priced(self, params: float, share: Array | None = None) -> Question:
        """The same question with attention priced at a size.

        Parameters
        ----------
        params : float
            [param]
        share : ndarray of shape (3,), optional
            Of compute by stage, where params are a choice, which is then weighed at what other sizes cost. [1]
        """
        if self.shape is None or not self.shape.attends:
            return self
        ratios = self.shape.ratios(params)
        sizes = None if share is None else self.shape.sizes(params, share)
        return replace(self, kappa=self.kappa / self.attended * ratios, priced_at=params, attended=ratios, sizes=sizes)

    def params_of(self, size: Array | float) -> Array:
        """Params of what a problem of this question calls its size, shape kept. [param]

        Parameters
        ----------
        size : array_like
            e to the first variable of a problem.
        """
        return as_array(size) if self.sizes is None else np.exp(self.sizes.log_params(np.log(size))[0])

    def size_of(self, params: Array | float) -> Array:
        """What a problem of this question calls the size of a model, shape kept.

        Parameters
        ----------
        params : array_like
            [param]
        """
        return as_array(params) if self.sizes is None else np.exp(self.sizes.log_size(np.log(params)))

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
        prefill = self.demand.prefill(tokens)
        served = self.demand.served + prefill
        limits = limits_of(self.scenario, {}, self.kappa, budgets, tokens, served, self.sunk_tokens, prefill, self.size_of)
        return problem(attended(self.law, self.sizes).model, budgets, self.kappa, tokens, served, limits, self.sunk_tokens)

    def told(self, item: Allocation, budget: float) -> Allocation:
        """An allocation in params, and with the inference tokens that are generated, where the problem counts prompts among them.

        Parameters
        ----------
        item : Allocation
            As the problem at the budget describes it.
        budget : float
            [FLOP]
        """
        if self.sizes is not None:
            params = float(self.params_of(item.params))
            item = replace(item, params=params, tokens_per_param=item.tokens["pretraining"] / params)
        if self.demand.prompt_tokens == 0:
            return item
        read = float(self.read(np.array([budget]))[0])
        return replace(item, tokens={**item.tokens, "inference": max(item.tokens["inference"] - read, 0.0)})

    def read(self, budget: Array) -> Array:
        """What a problem of this question counts among its inference tokens for prompts that are read, shape kept. [token]

        Parameters
        ----------
        budget : ndarray
            [FLOP]
        """
        return self.demand.prefill(self.demand.first_sample(budget))


def resolve_law(scenario: Scenario, name: str | None = None) -> Law:
    """The scenario's law with links, verifier and unique tokens.

    Parameters
    ----------
    scenario : Scenario
        The question.
    name : str, optional
        Another law to take in its place; links then apply only to joint laws of links.
    """
    links = scenario.link if name is None or find_record(name).form == "four-links" else None
    law = load_law(scenario.law if name is None else name, links or None)
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
    shape = shape_of(scenario, law)
    scenario = with_named_checkpoint(scenario, shape)
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
    question = Question(scenario, law, np.array(kappa), demand, sunk, shape)
    if law.function is not None:
        _check_limits(question)
    return settled(question)


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
