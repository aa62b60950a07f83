"""The served tokens at which a smaller, longer-trained model becomes the cheaper way to the same pre-training loss.

Both sizes are trained to one loss L: D_j with L(N_j, D_j) = L. Lifetime compute is N_j (kappa_pre D_j + kappa_inf S), so they cost
the same at

    S* = kappa_pre (N_s D_s - N_l D_l)/(kappa_inf (N_l - N_s))

below which the larger is cheaper and above which the smaller is. A size in between is usually cheaper than both at S*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from budgetplan.errors import InfeasibleError, ScenarioError
from budgetplan.laws.model import AbstractModel, AbstractPretraining
from budgetplan.numerics.arrays import Array, Index
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.problem import Problem, problem
from budgetplan.scenario import Scenario
from budgetplan.units import format_quantity
from budgetplan.workflow.charts.loss_surface import pretraining_of
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.resolve.amount import check_amount, rate_of
from budgetplan.workflow.resolve.attended_law import AttendedModel
from budgetplan.workflow.resolve.demand import TOKENS_PER_SAMPLE
from budgetplan.workflow.resolve.question import Question, resolve

SCHEMA = "budgetplan/break-even/1"
"""Form of `BreakEven.to_dict`."""
SIZES = 40
"""Sizes tried until attention is priced at the one that is cheapest."""
MOST_TOKENS = 1e30
"""Training tokens beyond which a loss counts as out of reach. [token]"""


@dataclass(frozen=True)
class Side:
    """One of the two sizes, trained to the loss.

    Attributes
    ----------
    params, tokens : float
        [param], [token]
    training_flop : float
        [FLOP]
    flop_per_served_token : float
        [FLOP]
    usd_per_million_tokens : float or None
        Compute cost of serving, without margin; None without a price. [usd]
    """

    params: float
    tokens: float
    training_flop: float
    flop_per_served_token: float
    usd_per_million_tokens: float | None


@dataclass(frozen=True)
class BreakEven:
    """Where two sizes cost the same at equal loss.

    Attributes
    ----------
    law : str
        Its pre-training link.
    loss : float
        That both are trained to. [nat/token]
    small, large : Side
    served : float
        Tokens at which they cost the same; 0 where the smaller is cheaper to train too. [token]
    queries : float
        The same, at the question's tokens per query. [1]
    best_params, best_saves : float or None
        Cheapest size at that demand, and the part of the compute that it saves against both. [param], [1]
    assumptions : tuple of str
    provenance : mapping
    """

    law: str
    loss: float
    small: Side
    large: Side
    served: float
    queries: float
    best_params: float | None
    best_saves: float | None
    assumptions: tuple[str, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The finding in one sentence."""
        small, large = (format_quantity(side.params, "params") for side in (self.small, self.large))
        if self.served == 0:
            return f"{small} is cheaper than {large} at any demand: it costs no more to train to {self.loss:.4g} nat."
        tokens, queries = format_quantity(self.served, "tokens"), format_quantity(self.queries, "count")
        return (
            f"{small} becomes cheaper than {large} from {tokens} served tokens on ({queries} queries), both at {self.loss:.4g} nat."
        )

    def to_dict(self) -> dict[str, Any]:
        """The answer in the JSON shape `budgetplan/break-even/1`."""
        out = {name: value for name, value in vars(self).items() if name not in ("small", "large", "provenance", "assumptions")}
        sides = {"small": dict(vars(self.small)), "large": dict(vars(self.large))}
        tail = {"assumptions": list(self.assumptions), "provenance": dict(self.provenance)}
        return {"schema": SCHEMA, "headline": self.headline, **out, **sides, **tail}


def break_even(scenario: Scenario, one: float, other: float, tokens: float | None = None, command: str = "") -> BreakEven:
    """Demand at which the smaller of two sizes becomes the cheaper.

    Parameters
    ----------
    scenario : Scenario
        Law, decoding, tokens per query; with `target_loss` the loss that both are trained to; with a device or its price, what
        serving costs in money.
    one, other : float
        The sizes, in any order. [param]
    tokens : float, optional
        What the larger is trained on, where no `target_loss` is given; default: its compute-optimal tokens. [token]
    command : str
        What was typed, for the provenance.

    Returns
    -------
    BreakEven

    Raises
    ------
    ScenarioError
        If the sizes are equal or none, two losses or a success are asked for, or the law has no pre-training link.
    InfeasibleError
        If a size does not reach the loss on any number of tokens.

    References
    ----------
    .. [1] Sardana et al., "Beyond Chinchilla-Optimal: Accounting for Inference in Language Model Scaling Laws", 2023,
       arXiv:2401.00448.
    """
    for name, given in (("params", one), ("params", other), ("tokens", tokens)):
        check_amount(name, given, 1.0)
    low, high = sorted((one, other))
    if low == high:
        raise ScenarioError(f"Both sizes are {low:.4g} params.", "Name two different sizes: break-even 8B 13B.")
    if tokens is not None and scenario.target_loss is not None:
        raise ScenarioError("`tokens` of the larger model and `target_loss` both set the loss.", "Leave one of them out.")
    if scenario.target_success is not None:
        raise ScenarioError(
            "Both sizes are trained to one pre-training loss, which `target_success` does not set.", "Give --target-loss."
        )
    question = resolve(scenario)
    law = pretraining_of(question.law)
    said = []
    if scenario.target_loss is not None:
        loss = scenario.target_loss
    else:
        if tokens is None:
            tokens = _optimal_tokens(law, high)
            amount, size = format_quantity(tokens, "tokens"), format_quantity(high, "params")
            said.append(f"the loss is that of {size} trained compute-optimally, on {amount} tokens")
        loss = float(law.loss_and_partials(np.log(np.array([high])), np.log(np.array([tokens])))[0][0])
    trained = {size: _tokens_to(law, size, loss) for size in (low, high)}
    price = _serving_price(scenario, said)
    small, large = (_side(size, trained[size], question.priced(size).kappa, price) for size in (low, high))
    more, less = small.training_flop - large.training_flop, large.flop_per_served_token - small.flop_per_served_token
    served = max(more / less, 0.0)
    each = scenario.tokens_per_sample or TOKENS_PER_SAMPLE
    if scenario.decode_utilisation is None and scenario.count == "training-equivalent":
        said.append(f"decoding at {question.decode_utilisation:.2g} of training utilisation")
    if question.shape is not None:
        said.append(question.shape.named)
    if scenario.tokens_per_sample is None:
        said.append(f"{each:g} tokens per query")
    best, saves = _between(law, loss, question, served, small) if served > 0 else (None, None)
    name = question.law.parts["pretraining"].id if "pretraining" in question.law.parts else question.law.id
    source = provenance(scenario, question.law, command)
    return BreakEven(name, loss, small, large, served, served / each, best, saves, tuple(said), source)


def _side(params: float, tokens: float, kappa: Any, usd_per_flop: float | None) -> Side:
    each = float(kappa[2] * params)
    price = None if usd_per_flop is None else 1e6 * each * usd_per_flop
    return Side(params, tokens, float(kappa[0] * params * tokens), each, price)


def _tokens_to(law: AbstractPretraining, params: float, loss: float) -> float:
    """Tokens on which a size reaches a loss."""
    n = np.log(np.array([params]))

    def reached(log_tokens: float) -> float:
        return float(law.loss_and_partials(n, np.array([log_tokens]))[0][0])

    low, high = np.log(1.0), np.log(MOST_TOKENS)
    if reached(high) > loss * (1 - 1e-12):
        size = format_quantity(params, "params")
        raise InfeasibleError(
            f"{size} params do not reach {loss:.4g} nat on any number of tokens: their floor is {reached(high):.4g}.",
            f"Take a larger small model, or a loss above {reached(high):.4g}: --target-loss {1.01 * reached(high):.3g}.",
            ("target_loss",),
        )
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if reached(middle) > loss else (low, middle)
    return float(np.exp(high))


def _optimal_tokens(law: AbstractPretraining, params: float) -> float:
    """Tokens at which a size is compute-optimal for its own budget: dL/d ln N = dL/d ln D."""
    n = np.log(np.array([params]))
    low, high = np.log(1.0), np.log(MOST_TOKENS)
    for _ in range(200):
        middle = 0.5 * (low + high)
        _, by_params, by_tokens = law.loss_and_partials(n, np.array([middle]))
        low, high = (middle, high) if by_tokens[0] < by_params[0] else (low, middle)
    return float(np.exp(high))


def _between(law: AbstractPretraining, loss: float, question: Question, served: float, small: Side) -> tuple[float, float]:
    """Cheapest size at a demand, and what it saves against the two; its attention is priced at that size."""
    both = small.training_flop + small.flop_per_served_token * served
    spent = np.array([small.training_flop, 0.0, small.flop_per_served_token * served])
    for _ in range(SIZES):
        question = question.priced(small.params, spent / spent.sum())
        made = law if question.sizes is None else AttendedModel(law, question.sizes)
        found = budget_for(partial(_served, made, question.kappa, served), np.array([loss]), np.log(np.array([both])))
        size = float(question.params_of(np.exp(found.y[0, 0])))
        if question.sizes is None or abs(size / small.params - 1.0) < 1e-9:
            break
        spent = _served(made, question.kappa, served, np.exp(found.log_budget), np.array([0])).cost(found.y)[:, 0]
        small = replace(small, params=size)
    return size, 1.0 - float(np.exp(found.log_budget[0])) / both


def _served(law: AbstractModel, kappa: Array, served: float, budget: Array, _: Index) -> Problem:
    return problem(law, budget, kappa, served=served)


def _serving_price(scenario: Scenario, said: list[str]) -> float | None:
    """Price of a training-equivalent FLOP; None where neither a device nor its price is named, or nobody states one. [usd/FLOP]"""
    if scenario.gpu is None and scenario.gpus is None and scenario.price is None:
        return None
    rate = rate_of(scenario)
    said += [*rate.assumed, *(() if rate.rent is None else ("usd per million tokens: compute only, no margin",))]
    return rate.usd_per_flop
