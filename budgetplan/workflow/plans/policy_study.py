"""Plans by a published policy: a size for a budget, with no loss to compare."""

from __future__ import annotations

import numpy as np

from budgetplan.errors import InfeasibleError, ScenarioError
from budgetplan.laws.policy import FLOP_PER_PARAM_TOKEN
from budgetplan.planning.allocation import Allocation
from budgetplan.planning.certificate import Certificate
from budgetplan.workflow.plans.assumptions import assumptions
from budgetplan.workflow.plans.explain import headline
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.plans.study import Caution, LawName, Study
from budgetplan.workflow.plans.timing import late, timed
from budgetplan.workflow.resolve.amount import resolve_amount
from budgetplan.workflow.resolve.question import Question
from budgetplan.workflow.resolve.shape import shape_cautions


def plan_policy(question: Question, command: str = "") -> Study:
    """The policy's size and tokens for what serving leaves of the budget.

    Parameters
    ----------
    question : Question
        With a law that states a policy.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    Study
        Its losses are None, except where the law has a loss beside its policy, which is then for evaluation only.

    Raises
    ------
    ScenarioError
        If limits, a target or a robust objective are given: a policy cannot trade anything off.
    """
    scenario, law, policy = question.scenario, question.law, question.law.policy
    assert policy is not None
    if scenario.fix or scenario.min or scenario.max or scenario.checkpoint is not None:
        raise ScenarioError(
            f"`{law.id}` is a policy and cannot plan under limits.", "Use a law with a loss, such as besiroglu-2024."
        )
    if scenario.target_loss is not None or scenario.target_success is not None:
        raise ScenarioError(f"`{law.id}` is a policy and has no loss to aim at.", "Use a law with a loss, such as besiroglu-2024.")
    if scenario.objective != "law":
        raise ScenarioError(
            f"`{law.id}` is a policy: without a loss there is no regret, and `objective` {scenario.objective} wants the least.",
            "Use a law with a loss, such as besiroglu-2024.",
        )
    money = resolve_amount(scenario)
    first = question.demand.first_sample(np.array([money.flop]))
    read = float(question.demand.prefill(first)[0])
    served = question.demand.served + float(first[0]) + read
    compute, params, tokens = money.flop, 0.0, 0.0  # compute: 6 N D, what the policy knows of
    for _ in range(200):
        if scenario.params is None:
            size, length = policy.allocate(compute)
            params, tokens = float(size), float(length)
        else:
            params, tokens = scenario.params, compute / (FLOP_PER_PARAM_TOKEN * scenario.params)
        question = question.priced(params)
        left = money.flop - question.kappa[2] * params * served
        if left <= 0:
            raise InfeasibleError(
                f"Serving {served:.3g} tokens with {params:.3g} params takes {money.flop - left:.3g} FLOP, "
                f"over the budget of {money.flop:.3g} FLOP.",
                "Serve less, or raise the budget.",
                ("serve",),
            )
        trained = float(left / question.attended[0])
        if abs(trained - compute) <= 1e-13 * money.flop:
            break
        compute = trained
    trained = FLOP_PER_PARAM_TOKEN * params * tokens * float(question.attended[0])
    flop = {"pretraining": trained, "rl": 0.0, "inference": float(question.kappa[2]) * params * served}
    total = sum(flop.values())
    loss = None if law.function is None else float(law.pretraining_loss(params, tokens))
    allocation = Allocation(
        params=params,
        tokens={"pretraining": tokens, "rl": 0.0, "inference": served - read},
        flop={**flop, "total": total},
        share={stage: amount / total for stage, amount in flop.items()},
        queries=question.demand.number_of_queries(money.flop),
        samples_per_query=1.0,
        tokens_per_param=tokens / params,
        pretraining_loss=loss,
        success=None,
        task_loss=None,
        loss=loss,
    )
    when = timed(question, allocation, money)
    warnings = [Caution("law", f"`{law.id}`: {law.record.warning}")] if law.record.warning else []
    idle = " and ".join(f"`{name}`" for name in ("draws", "certify") if getattr(scenario, name))
    unused = f" There is nothing for {idle} to tell." if idle else ""
    warnings.append(Caution("policy", f"`{law.id}` is a published policy: it states a size and has no optimum to certify.{unused}"))
    warnings += shape_cautions(question.shape, law, params)
    return Study(
        scenario=scenario,
        law=LawName(law.id, law.links, law.hash),
        budget=money,
        plan=allocation,
        baselines={},
        certificate=Certificate("optimal", 0.0, 0.0, ("budget",), {}),
        headline=headline(allocation, {}),
        reasons=("the published policy, not an optimisation",),
        assumptions=assumptions(question, money),
        warnings=(*late(when), *warnings),
        intervals=None,
        provenance=provenance(scenario, law, command),
        schedule=when,
        architecture=None if question.shape is None else question.shape.to_dict(params),
    )
