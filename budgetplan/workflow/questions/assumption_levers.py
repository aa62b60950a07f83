"""What a plan assumes about costs, demand and the verifier, as levers beside the law's coefficients.

Each is moved alone: demand that follows from the budget is held where it is, so that a derivative by the budget is at fixed demand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from budgetplan.costs import find_method, stage_kappas
from budgetplan.costs.methods import load_method_table, load_methods, rl_kappa
from budgetplan.costs.money import Budget
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law import Law
from budgetplan.laws.selection import Selection
from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem
from budgetplan.uncertainty.lever import Lever, repriced
from budgetplan.workflow.resolve.attended_law import attended
from budgetplan.workflow.resolve.question import Question

DEMAND = 3.0
"""Factor by which demand may be off, either way (assumed). [1]"""
KIND = "assumption"
"""Kind and group of these levers."""
FLOP_PER = "FLOP/(param token)"
"""Unit of a price per token."""


def assumption_levers(question: Question, problem: Problem, money: Budget) -> tuple[Lever, ...]:
    """Every assumption that this question makes; those without a range have derivatives only.

    Parameters
    ----------
    question : Question
    problem : Problem
        Of one instance, as it was planned.
    money : Budget
        What the budget is in money.

    Returns
    -------
    tuple of Lever
    """
    out = [_lever("budget", "FLOP", float(problem.budget[0]), lambda value: problem.rescaled(np.array([value])))]
    out += _prices(question, problem)
    out += _demand(question, problem)
    out += _verifier(question, problem)
    if question.scenario.unique_tokens is not None:
        out.append(_unique(question, problem, question.scenario.unique_tokens))
    if money.price is not None:
        out.append(_money(question, problem, money.price))
    return tuple(out)


def _lever(
    name: str, unit: str, value: float, at: Callable[[float], Problem], low: float | None = None, high: float | None = None
) -> Lever:
    return Lever(name, unit, value, at, low, high, KIND, KIND)


def _prices(question: Question, problem: Problem) -> list[Lever]:
    """Utilisation of decoding, and what an RL and a served token cost."""
    scenario, kappa, attended = question.scenario, problem.kappa, question.attended
    out, u = [], question.decode_utilisation
    serves = bool(np.isfinite(problem.least_inference[0]))
    if scenario.count == "training-equivalent" and (serves or problem.has_rl):
        priced = kappas_at(scenario.method)
        stated = load_method_table().decode_utilisation
        ends = min(stated.low, u), max(stated.high, u)
        read = question.demand.prefill(problem.first_sample)  # in decoded tokens, of which more are worth a prompt's if u rises

        def decoding(value: float) -> Problem:
            return replace(repriced(problem, attended * priced(value)), served=problem.served + read * (value / u - 1.0))

        out.append(_lever("decode_utilisation", "1", u, decoding, *ends))
    if problem.has_rl:
        costs = {
            method.id: float(attended[1]) * rl_kappa(method, u, scenario.count) for method in load_methods() if method.decode_parts
        }
        ends = min(*costs.values(), float(kappa[1])), max(*costs.values(), float(kappa[1]))
        lever = _lever("rl_kappa", FLOP_PER, float(kappa[1]), _price(problem, 1), *ends)
        named: dict[float, str] = {}
        for name, cost in costs.items():
            named.setdefault(cost, name)
        out.append(replace(lever, said=named))
    if serves:
        out.append(_lever("inference_kappa", FLOP_PER, float(kappa[2]), _price(problem, 2)))
    return out


def kappas_at(method: str) -> Callable[[float], Array]:
    """The prices per token of a method as a function of the utilisation of decoding: affine in its inverse.

    Parameters
    ----------
    method : str
        Its id.
    """
    made = find_method(method)
    full, half = (np.array(stage_kappas(made, u)) for u in (1.0, 0.5))
    return lambda u: full + (half - full) * (1.0 / u - 1.0)


def rival(method: str, question: Question) -> Callable[[Problem], Problem]:
    """The problem with another method's RL, at the utilisation that its price of a served token implies.

    Parameters
    ----------
    method : str
        Its id.
    question : Question
        How compute is counted, and attention's factors on prices.
    """
    priced, attended = kappas_at(method), question.attended

    def exchanged(problem: Problem) -> Problem:
        u = 1.0 if question.scenario.count == "operations" else 2.0 / float(problem.kappa[2] / attended[2])
        return repriced(problem, np.array([problem.kappa[0], attended[1] * priced(u)[1], problem.kappa[2]]))

    return exchanged


def _price(problem: Problem, stage: int) -> Callable[[float], Problem]:
    def at(value: float) -> Problem:
        kappa = problem.kappa.copy()
        kappa[stage] = value
        return repriced(problem, kappa)

    return at


def _demand(question: Question, problem: Problem) -> list[Lever]:
    first, served, out = float(problem.first_sample[0]), question.demand.served, []
    if first > 0:

        def asked(value: float) -> Problem:
            return replace(question.at(problem.budget, np.array([value])), model=problem.model)

        out.append(_lever("demand", "token", first, asked, first / DEMAND, first * DEMAND))
    if served > 0:

        def serving(value: float) -> Problem:
            other = replace(question, demand=replace(question.demand, served=value))
            return replace(other.at(problem.budget, problem.first_sample), model=problem.model)

        out.append(_lever("served_tokens", "token", served, serving, served / DEMAND, served * DEMAND))
    return out


def _verifier(question: Question, problem: Problem) -> list[Lever]:
    """How much of the coverage is served, and the way from no verifier to an oracle."""
    made = question.law.function
    if not isinstance(made, FourLinks) or not problem.has_samples:
        return []
    chosen = made.selection
    rho, samples = float(chosen.efficiency), float(chosen.samples)
    selecting = partial(_selecting, question, problem, made)
    out = [_lever("verifier_efficiency", "1", rho, selecting(lambda value: Selection(value, samples)))]
    plateau = question.law.plateau
    if isinstance(question.scenario.verifier, str):
        least, most = float(plateau.efficiency), 1.0
        path = selecting(lambda value: _between(plateau, (value - least) / (most - least)))
        lever = _lever("verifier", "1", rho, path, least, most)
        return [*out, replace(lever, said={least: "none", most: "oracle"})]
    rate = float(question.scenario.verifier)
    ends = min(1e-3, rate), max(0.999, rate)
    wrong = _lever("verifier", "1", rate, selecting(lambda value: Selection(1.0 - value, 1.0 / value)), *ends)
    return [*out, wrong] if rate > 0 else out


def _between(plateau: Selection, part: float) -> Selection:
    """From no verifier to an oracle: efficiency, and the inverse of the samples that bring more, in proportion."""
    left = 1.0 - part
    efficiency = float(plateau.efficiency) + part * (1.0 - float(plateau.efficiency))
    return Selection(efficiency, float(plateau.samples) / left if left > 1e-12 else float("inf"))


def _selecting(
    question: Question, problem: Problem, made: FourLinks, selection: Callable[[float], Selection]
) -> Callable[[float], Problem]:
    def at(value: float) -> Problem:
        law = replace(question.law, function=replace(made, selection=selection(value)))
        return replace(problem, model=attended(law, question.sizes).model)

    return at


def _unique(question: Question, problem: Problem, tokens: float) -> Lever:
    law, verifier = question.law, question.scenario.verifier

    def at(value: float) -> Problem:
        return replace(problem, model=attended(law.with_options(verifier, value), question.sizes).model)

    return _lever("unique_tokens", "token", tokens, at, tokens / DEMAND, tokens * DEMAND)


def _money(question: Question, problem: Problem, price: float) -> Lever:
    """Price of an accelerator: a budget in FLOP costs more, a budget in money buys less."""

    def at(value: float) -> Problem:
        return problem if question.scenario.usd is None else problem.rescaled(problem.budget * price / value)

    return _lever("price", "usd/h", price, at)


def scenario_options(question: Question) -> Callable[[Law], Law]:
    """What the scenario does to a law: verifier and unique tokens, and params told by what they cost where attention is counted.

    Parameters
    ----------
    question : Question
    """
    verifier, tokens = question.scenario.verifier, question.scenario.unique_tokens
    return lambda law: attended(law.with_options(verifier, tokens), question.sizes)
