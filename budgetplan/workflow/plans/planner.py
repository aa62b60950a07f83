"""Scenario -> study: resolve, solve, certify, compare with rules of thumb, explain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetplan.errors import InfeasibleError, ScenarioError, SolverError
from budgetplan.laws.law import Law
from budgetplan.planning.allocation import describe
from budgetplan.planning.bound import lower_bound
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.feasible import conflict, feasible_params
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.workflow.plans.assumptions import assumptions
from budgetplan.workflow.plans.certified import certified
from budgetplan.workflow.plans.explain import cautions, headline, infinite, reasons
from budgetplan.workflow.plans.policy_study import plan_policy
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.plans.rules import regrets, rules_of_thumb
from budgetplan.workflow.plans.study import LawName, Study
from budgetplan.workflow.plans.sureness import how_sure, robust_of
from budgetplan.workflow.plans.timing import late, timed
from budgetplan.workflow.resolve.amount import resolve_amount
from budgetplan.workflow.resolve.demand import require_near
from budgetplan.workflow.resolve.question import Question, resolve
from budgetplan.workflow.resolve.settle import BEGIN, LARGEST, SPARE, STARTS, require_settled, require_shared_price
from budgetplan.workflow.resolve.shape import shape_cautions


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
    if scenario.objective != "law" or scenario.certify:
        require_shared_price(question, "`certify`" if scenario.objective == "law" else f"`objective` {scenario.objective}")
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
    baselines, points = rules_of_thumb(question, problem, solution, money)
    robust = None if scenario.objective == "law" else robust_of(question, problem, {"plan": y, **points}, compared)
    if robust is not None:
        lost = regrets(question, problem, solution, [float(problem.loss(robust.y[:, None])[0])], money.usd)[0]
        y, best = robust.y, replace(question.told(describe(problem, robust.y, queries), budget), regret=lost)
        certificate = replace(certificate, kkt_residual=robust.found.kkt_residual, runner_up=None, lower_bound=None)
    when = timed(question, best, money)
    uncertain, region = how_sure(question, problem, {"plan": y, **points})
    return Study(
        scenario=scenario,
        law=LawName(question.law.id, question.law.links, question.law.hash),
        budget=money,
        plan=best,
        baselines=baselines,
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


def _budget_of_target(question: Question) -> float:
    """Least compute that reaches the target."""
    scenario = question.scenario
    model = question.law.model
    if scenario.target_success is not None:
        if not question.tells_success:
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
    answer = budget_for(lambda c, _: question.at(c), np.array([target]), np.log([BEGIN]), highest=float(np.log(LARGEST)))
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
