"""The proof of a plan, or the refusal of one that has none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetplan.errors import InfeasibleError, SolverError
from budgetplan.planning.allocation import describe
from budgetplan.planning.certificate import Certificate, certify_point
from budgetplan.planning.problem import Problem
from budgetplan.planning.solution import Solution
from budgetplan.workflow.plans.explain import endless
from budgetplan.workflow.resolve.question import Question


def certified(question: Question, problem: Problem, solution: Solution) -> Certificate:
    """The certificate of a solution, with the runner-up basin.

    Parameters
    ----------
    question : Question
        Whose problem it is: sizes are told in params.
    problem : Problem
        Of one instance.
    solution : Solution
        Its optimum.

    Raises
    ------
    InfeasibleError
        If RL is forbidden and the loss of the law is infinite without it.
    SolverError
        If there is no optimum, or it is not one to 1e-6.
    """
    if not np.isfinite(solution.loss[0]):
        if problem.limits.rl_forbidden and (sentence := endless(problem, question.law.id)):
            raise InfeasibleError(f"No plan is better than another: {sentence}.", "Allow RL, or take another law.", ("rl_share",))
        raise SolverError("No allocation was found although the limits allow one.", "Report this scenario.", "lost")
    certificate = certify_point(problem, solution.y[:, 0], float(solution.spread[0]))
    if question.sizes is not None and "params" in certificate.shadow_prices:
        size = solution.y[0, 0]  # the price is of one more unit of cost size: d ln M/d ln N of them per param, where M = N
        price = certificate.shadow_prices["params"] / float(question.sizes.log_params(size)[1])
        certificate = replace(certificate, shadow_prices={**certificate.shadow_prices, "params": price})
    if certificate.status != "optimal":
        raise SolverError(
            f"The best allocation found has a KKT residual of {certificate.kkt_residual:.2g}, above 1e-6: it is not certified.",
            "Report this scenario; a slightly different budget or limit usually solves it.",
            certificate.status,
        )
    if np.isfinite(solution.runner_up[0]):
        other = describe(problem, solution.runner_up_y[:, 0], 0.0)
        certificate = replace(
            certificate,
            runner_up={
                "loss": float(solution.runner_up[0]),
                "params": float(question.params_of(other.params)),
                "share": dict(other.share),
                "samples_per_query": other.samples_per_query,
            },
        )
    return certificate
