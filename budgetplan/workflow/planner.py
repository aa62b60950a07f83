"""Scenario -> study: resolve, solve, certify, compare with rules of thumb, explain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from budgetplan.costs import prefill_kappa
from budgetplan.costs.money import Budget
from budgetplan.errors import InfeasibleError, ScenarioError, SolverError
from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import Allocation, Regret, describe
from budgetplan.planning.baselines import NAMES, baseline_problem, stages_of
from budgetplan.planning.bound import lower_bound
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.feasible import conflict, feasible_params
from budgetplan.planning.problem import Problem, stacked
from budgetplan.planning.solution import Solution
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.workflow.amount import resolve_amount
from budgetplan.workflow.certified import certified
from budgetplan.workflow.demand import require_near
from budgetplan.workflow.explain import cautions, headline, infinite, reasons
from budgetplan.workflow.policy_study import plan_policy
from budgetplan.workflow.provenance import provenance
from budgetplan.workflow.question import Question, resolve
from budgetplan.workflow.settle import SPARE, STARTS, pinned, require_settled
from budgetplan.workflow.shape import shape_cautions
from budgetplan.workflow.study import LawName, Study
from budgetplan.workflow.sureness import how_sure, robust_of
from budgetplan.workflow.timing import late, timed

LARGEST = 1e40
"""Budget up to which a target is looked for. [FLOP]"""


def plan(scenario: Scenario, law: Law | None = None, command: str = "", compared: tuple[str, ...] = ()) -> Study:
    """Answer a planning question.

    Parameters
    ----------
    scenario : Scenario
        The question.
    law : Law, optional
        In place of the scenario's law.
    command : str
        What was typed, for the provenance.
    compared : tuple of str
        Laws over which the objective `minimax-law` takes the greatest regret.

    Returns
    -------
    Study
        Its certificate is `optimal`.

    Raises
    ------
    InfeasibleError
        If the limits conflict or no budget reaches the target.
    SolverError
        If the optimum could not be certified.
    BudgetPlanError
        If the question is malformed.
    """
    asks = scenario.require_question()
    question = resolve(scenario, law)
    if question.law.policy is not None:
        return plan_policy(question, command)
    _check_objective(question)
    if asks.startswith("target"):
        budget = _budget_of_target(question)
        money = resolve_amount(scenario, budget)
    else:
        money = resolve_amount(scenario)
        budget = money.flop
    problem = question.at(np.array([budget]))
    require_feasible(problem)
    require_near(problem)
    solution = solve(problem, STARTS, SPARE)
    y = solution.y[:, 0]
    certificate = certified(question, problem, solution)
    require_settled(question, float(y[0]))
    if scenario.certify:
        bound = lower_bound(problem, float(solution.loss[0]))
        certificate = replace(certificate, lower_bound=bound.value)
        if not bound.complete:
            raise SolverError(
                f"The lower bound {bound.value:.6g} is further than 1e-3 from the loss {solution.loss[0]:.6g} "
                f"after {bound.boxes:,} boxes.",
                "Plan without --certify, or narrow the limits.",
                "bound-incomplete",
            )
    queries = question.demand.number_of_queries(budget)
    best = question.told(describe(problem, y, queries), budget)
    baselines, points = _baselines(problem, solution, queries, money)
    robust = None if scenario.objective == "law" else robust_of(question, problem, {"plan": y, **points}, compared)
    if robust is not None:
        lost = regrets(problem, solution, [float(problem.loss(robust.y[:, None])[0])], money.usd)[0]
        y, best = robust.y, replace(question.told(describe(problem, robust.y, queries), budget), regret=lost)
        certificate = replace(certificate, kkt_residual=robust.found.kkt_residual, runner_up=None, lower_bound=None)
    when = timed(question, best, money)
    uncertain, region = how_sure(question, problem, {"plan": y, **points})
    return Study(
        scenario=scenario,
        law=LawName(question.law.id, question.law.links, question.law.hash),
        budget=money,
        plan=best,
        baselines={name: question.told(item, budget) for name, item in baselines.items()},
        certificate=certificate,
        headline=headline(best, baselines) if robust is None else robust.headline,
        reasons=(*reasons(problem, y, best, certificate), *infinite(problem, question.law.id, baselines)),
        assumptions=assumptions(question, money),
        warnings=(
            *late(when),
            *shape_cautions(question.shape, question.law, best.params),
            *cautions(question.law, problem, y, best, certificate),
            *(() if uncertain is None else uncertain.cautions),
        ),
        intervals=None if uncertain is None else uncertain.intervals,
        regret=None if uncertain is None else uncertain.regret,
        region=region,
        robust=None if robust is None else robust.to_dict(),
        provenance=provenance(scenario, question.law, command),
        schedule=when,
        architecture=None if question.shape is None else question.shape.to_dict(best.params),
    )


def _check_objective(question: Question) -> None:
    """Refuse a robust plan where attention is priced to the digit at the law's own optimum alone: with two contexts."""
    scenario, shape = question.scenario, question.shape
    if scenario.objective != "law" and shape is not None and shape.context != shape.decode_context and pinned(scenario) is None:
        raise ScenarioError(
            f"`objective` {scenario.objective} weighs plans of several sizes, whose prices two contexts change differently.",
            "Give one --context for all stages, or fix the size with --params.",
        )


def require_feasible(problem: Problem) -> None:
    """Raise where the limits of a problem of one instance leave nothing.

    Parameters
    ----------
    problem : Problem
        Of one instance.

    Raises
    ------
    InfeasibleError
        With the limits that conflict.
    """
    if bool(feasible_params(problem).any[0]):
        return
    sentence, limits = conflict(problem)
    names = ", ".join(f"`{name}`" for name in limits)
    raise InfeasibleError(f"No plan satisfies the limits: {sentence}.", f"Relax one of {names}, or raise the budget.", limits)


def assumptions(question: Question, money: Budget) -> tuple[str, ...]:
    """What the user did not say, as sentences.

    Parameters
    ----------
    question : Question
    money : Budget
    """
    scenario = question.scenario
    said = list(question.demand.assumptions(money.flop))
    priced = (
        question.demand.exists or question.demand.served > 0 or (question.law.function is not None and question.law.model.uses[2])
    )
    if scenario.decode_utilisation is None and scenario.count == "training-equivalent" and priced:
        said.append(f"decoding at {question.decode_utilisation:.2g} of training utilisation")
    if scenario.prompt_tokens and scenario.prefill_utilisation is None and scenario.count == "training-equivalent":
        said.append(f"prompts read at {2 / prefill_kappa():.2g} of training utilisation")
    if question.law.function is not None and question.law.model.uses[3] and "verifier" not in scenario.model_fields_set:
        said.append("no verifier")
    if question.shape is not None:
        said.append(question.shape.assumed(question.priced_at))
    return (*said, *money.assumed)


def _budget_of_target(question: Question) -> float:
    """Least compute that reaches the target."""
    scenario = question.scenario
    model = question.law.model
    if scenario.target_success is not None:
        if not question.law.model.evaluate(np.log(np.full((4, 1), 1e9))).success is not None:
            raise ScenarioError(f"The law `{question.law.id}` has no success to aim at.", "Use --target-loss, or --law default.")
        target, shown = -np.log(scenario.target_success), f"a success of {scenario.target_success:.6g}"
    else:
        assert scenario.target_loss is not None
        target, shown = scenario.target_loss, f"a loss of {scenario.target_loss:.6g}"
    if target <= model.floor:
        raise InfeasibleError(
            f"No budget reaches {shown}: the law `{question.law.id}` has an irreducible loss of {model.floor:.6g}.",
            f"Aim above {model.floor:.6g}.",
            ("target_loss",),
        )
    answer = budget_for(lambda c, _: question.at(c), np.array([target]), np.log(np.array([1e21])), highest=float(np.log(LARGEST)))
    if not np.isfinite(answer.log_budget[0]):
        best = float(answer.loss[0])
        if not np.isfinite(best):
            require_feasible(question.at(np.array([LARGEST])))
        raise InfeasibleError(
            f"No budget up to {LARGEST:.0e} FLOP reaches {shown}: the best loss there is {best:.6g}.",
            "Aim higher, or relax the limits.",
            ("target_loss",),
        )
    return float(np.exp(answer.log_budget[0]))


def _baselines(
    problem: Problem, solution: Solution, queries: float, money: Budget
) -> tuple[dict[str, Allocation], dict[str, Array]]:
    """Rules of thumb with their regret, and where they lie; none where only one stage is a choice."""
    if len(stages_of(problem)) < 2:
        return {}, {}
    rules = {name: baseline_problem(problem, name) for name in NAMES}
    rules = {name: other for name, other in rules.items() if feasible_params(other).any[0]}
    found = {name: (other, *answer) for (name, other), answer in zip(rules.items(), _solved(list(rules.values())), strict=True)}
    endless = [name for name, item in found.items() if not np.isfinite(item[2])]
    if endless and isinstance(problem.model, AdditiveLoss):
        found |= {name: _by_the_other_terms(found[name][0], problem.model) for name in endless}
    lost = regrets(problem, solution, [item[2] for item in found.values()], money.usd)
    told = {
        name: replace(describe(other, y, queries), regret=regret)
        for (name, (other, y, _)), regret in zip(found.items(), lost, strict=True)
    }
    return told, {name: y for name, (_, y, _) in found.items() if name not in endless}


def _by_the_other_terms(rule: Problem, law: AdditiveLoss) -> tuple[Problem, Array, float]:
    """A rule without RL under an additive law: an infinite loss, at the best N and D of the terms that can be lowered."""
    ((y, _),) = _solved([replace(rule, model=replace(law, G=0.0))])
    return rule, y, float("inf")


def _solved(problems: list[Problem]) -> list[tuple[Array, float]]:
    """Optimum and loss of problems of one instance; those that fix the same rows are solved in one call."""
    answers: dict[int, tuple[Array, float]] = {}
    alike: dict[tuple[bool, ...], list[int]] = {}
    for index, item in enumerate(problems):
        alike.setdefault((*map(bool, item.limits.fixed), item.limits.rl_forbidden), []).append(index)
    for group in alike.values():
        answer = solve(stacked([problems[index] for index in group]), 3)
        answers |= {index: (answer.y[:, place], float(answer.loss[place])) for place, index in enumerate(group)}
    return [answers[index] for index in range(len(problems))]


def regrets(problem: Problem, solution: Solution, losses: list[float], usd: float | None) -> list[Regret]:
    """Regret of allocations with the given losses against the optimum, at the same demand and limits.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    solution : Solution
        Its optimum.
    losses : list of float
        Of the allocations; inf is allowed.
    usd : float or None
        Price of the whole budget. [usd]
    """
    best = float(solution.loss[0])
    finite = [index for index, loss in enumerate(losses) if np.isfinite(loss)]
    wasted = np.ones(len(losses))
    if finite:
        wanted = np.array([losses[index] for index in finite])
        many = problem.repeated(len(finite))
        known = np.repeat(solution.y[:, :1], len(finite), axis=1), np.full(len(finite), best)
        answer = budget_for(lambda c, who: many.take(who).rescaled(c), wanted, np.log(many.budget), known=known)
        wasted[finite] = 1.0 - np.exp(answer.log_budget - np.log(problem.budget[0]))
        wasted[finite] = np.where(np.abs(wanted - best) <= 1e-12 * abs(best), 0.0, wasted[finite])
    return [
        Regret(
            loss - best if np.isfinite(loss) else None,
            float(share),
            None if usd is None else float(share) * usd,
        )
        for loss, share in zip(losses, wasted, strict=True)
    ]


def arguments(fields: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments without those that are None."""
    return {name: value for name, value in fields.items() if value is not None}
