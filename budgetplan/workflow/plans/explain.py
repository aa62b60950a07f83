"""Why a plan is what it is, in sentences: headline, reasons, cautions. Numbers come in, words go out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetplan.laws.box import extrapolations
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law import Law
from budgetplan.laws.policy import FLOP_PER_PARAM_TOKEN
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import STAGES, Allocation
from budgetplan.planning.certificate import Certificate
from budgetplan.planning.problem import Problem
from budgetplan.units import format_quantity
from budgetplan.workflow.plans.study import Caution
from budgetplan.workflow.resolve.question import data_note
from budgetplan.workflow.stage_names import WRITTEN

SATURATED = 1e-6
"""Task loss below which the law has nothing left to tell apart. [nat/task]"""
NOTHING = 1e-6
"""Share of compute that counts as none."""
SLIGHT = 0.01
"""Wasted compute below which equal thirds count as good as the optimum."""


def headline(plan: Allocation, baselines: Mapping[str, Allocation]) -> str:
    """The finding in one sentence.

    Parameters
    ----------
    plan : Allocation
        The optimum.
    baselines : mapping of str to Allocation
        With equal thirds, where there is one.
    """
    thirds = baselines.get("equal-thirds")
    if thirds is None or thirds.regret is None:
        ratio = f"{plan.tokens_per_param:.3g} tokens per param"
        tokens = format_quantity(plan.tokens["pretraining"], "count", 3)
        params = format_quantity(plan.params, "count", 3)
        return f"The compute-optimal model has {params} params and sees {tokens} tokens ({ratio})."
    wasted = thirds.regret.wasted_compute
    moved = {stage: plan.share[stage] - thirds.share[stage] for stage in STAGES}
    to, origin = max(moved, key=lambda s: moved[s]), min(moved, key=lambda s: moved[s])
    split = "equal thirds" if sum(share > 0 for share in thirds.share.values()) == 3 else "equal shares"
    if wasted < SLIGHT:
        return f"{split.capitalize()} are within {100 * max(wasted, 0.0):.1f} % of the optimum: keep them."
    return f"The optimum needs {100 * wasted:.0f} % less compute than {split}: move from {WRITTEN[origin]} to {WRITTEN[to]}."


def reasons(problem: Problem, y: Array, plan: Allocation, certificate: Certificate) -> tuple[str, ...]:
    """Why each stage earns its share, and why an answer lies in a corner.

    At an interior optimum the share of a stage is its elasticity d ln l/d ln spend over the sum of all.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    y : ndarray of shape (4,)
        The optimum.
    plan : Allocation
        The same, described.
    certificate : Certificate
        Of it.
    """
    loss, gradient = (item[..., 0] for item in problem.loss_and_gradient(y[:, None]))
    if not loss > 0:
        return ("The loss is zero to every digit: the budget is beyond what the law can tell apart.",)
    elasticity = {stage: float(-gradient[row] / loss) for row, stage in enumerate(STAGES, start=1)}
    out = []
    active = [stage for stage in STAGES if plan.share[stage] > 0 and elasticity[stage] > 0]
    if len(active) > 1:
        parts = ", ".join(f"{WRITTEN[s]} {elasticity[s]:.2g}" for s in active)
        out.append(f"shares follow what one more percent of spend takes off the loss, in percent: {parts}")
    if problem.model.uses[2] and plan.tokens["rl"] == 0:
        why = "it is ruled out" if problem.limits.rl_forbidden else "a first RL token takes less off the loss than it costs"
        out.append(f"no RL: {why}")
    if problem.has_samples and plan.samples_per_query <= 1 + 1e-6:
        out.append("one sample per query: a second one takes less off the loss than the same compute elsewhere")
    idle = problem.sunk_tokens > 0 and plan.share["pretraining"] < NOTHING
    if idle:
        out.append("no further pre-training of the checkpoint: it takes less off the loss than it costs")
    for name in certificate.active_limits:
        if name not in ("budget", "samples_per_query") and not (name == "pretraining_tokens" and idle):
            elasticity_of_limit = certificate.shadow_prices[name] * _amount(plan, name) / float(loss)
            out.append(f"the limit on `{name}` holds: 1 % more of it takes {elasticity_of_limit:.2g} % off the loss")
    return tuple(out)


def endless(problem: Problem, law: str) -> str:
    """Say that the loss of a law is infinite without RL, as that of the additive law is; empty where it is not.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    law : str
        Its name.
    """
    point = np.array([[25.0], [28.0], [-np.inf], [0.0]])
    return "" if np.isfinite(problem.model.evaluate(point).loss[0]) else f"without RL the loss of the law `{law}` is infinite"


def infinite(problem: Problem, law: str, baselines: Mapping[str, Allocation]) -> tuple[str, ...]:
    """Why the baseline `chinchilla` has no finite loss, where it has none.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    law : str
        Its name.
    baselines : mapping of str to Allocation
        By name.
    """
    if "chinchilla" not in baselines or not (sentence := endless(problem, law)):
        return ()
    return (f"`chinchilla` has no finite loss: {sentence}",)


def cautions(law: Law, problem: Problem, y: Array, plan: Allocation, certificate: Certificate) -> tuple[Caution, ...]:
    """What must be known before the plan is used.

    Parameters
    ----------
    law : Law
        That answered.
    problem : Problem
        Of one instance.
    y : ndarray of shape (4,)
        The optimum.
    plan : Allocation
    certificate : Certificate
    """
    found = []
    for part in law.parts.values():
        if part.warning:
            found.append(Caution("law", f"`{part.id}`: {part.warning}", {"law": part.id}))
    for item in extrapolations(law.parts, _point(law, problem, y, plan)):
        details = {"law": item.law, "axis": item.axis, "value": item.value, "limit": item.limit}
        found.append(Caution("extrapolation", item.sentence, {**details, "decades": item.decades, "grade": item.grade}))
    if note := data_note(law):
        found.append(Caution("repeated-data", note))
    if plan.success is not None and plan.loss is not None and plan.loss < SATURATED:
        message = f"Task loss {plan.loss:.2g}: success is 1 for any purpose, and differences between splits mean nothing here."
        found.append(Caution("saturated", message, {"loss": plan.loss}))
    if certificate.unspent > 1e-9 * float(problem.budget[0]):
        stops = ", ".join(f"`{name}`" for name in certificate.active_limits if name != "budget")
        found.append(
            Caution(
                "unspent",
                f"{certificate.unspent:.3g} FLOP of the budget stay unspent: {stops} stop it.",
                {"flop": certificate.unspent, "limits": list(certificate.active_limits)},
            )
        )
    return tuple(found)


def _point(law: Law, problem: Problem, y: Array, plan: Allocation) -> dict[str, float]:
    """The plan on the axes of the laws' boxes."""
    point = {
        "params": plan.params,
        "pretraining_tokens": plan.tokens["pretraining"],
        "training_flop": FLOP_PER_PARAM_TOKEN * plan.params * plan.tokens["pretraining"],
        "tokens_per_param": plan.tokens_per_param,
        "samples_per_query": plan.samples_per_query,
    }
    if plan.tokens["rl"] > 0:
        point["rl_tokens"] = plan.tokens["rl"]
        point["rl_flop"] = FLOP_PER_PARAM_TOKEN * plan.params * plan.tokens["rl"]
    if plan.pretraining_loss is not None:
        point["pretraining_loss"] = plan.pretraining_loss
    if isinstance(law.function, FourLinks):
        none = y.copy()
        none[2] = -np.inf
        none[3] = problem.least_inference[0] if problem.has_samples else y[3]
        success = problem.model.evaluate(problem.law_point(none[:, None])).success
        if success is not None:
            point["success"] = float(success[0])
    return point


def _amount(plan: Allocation, name: str) -> float:
    """The plan's value of a limited quantity."""
    if name == "params":
        return plan.params
    stage, kind = name.rsplit("_", 1)
    return plan.share[stage] if kind == "share" else plan.tokens[stage]
