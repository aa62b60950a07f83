"""A plan in time: what each stage takes on the scenario's devices, and what has to be said where the deadline is missed.

A plan that misses its deadline is still the best split of its budget, so it is told with a warning (code `deadline`; exit
code 5 under `strict`) and not refused: the answer has to show what fits and what does not.
"""

from __future__ import annotations

from math import ceil

from budgetplan.costs import Budget, Schedule, find_method, prefill_kappa, schedule
from budgetplan.costs.stages import FORWARD
from budgetplan.planning.allocation import Allocation
from budgetplan.units import format_quantity
from budgetplan.workflow.plans.study import Caution
from budgetplan.workflow.resolve.question import Question


def timed(question: Question, plan: Allocation, money: Budget) -> Schedule:
    """Hours and days of each stage of a plan.

    Parameters
    ----------
    question : Question
        Price of decoding; the scenario's method, utilisation of decoding, count, deadline.
    plan : Allocation
        Whose compute is spent.
    money : Budget
        What it is a part of.
    """
    scenario, method = question.scenario, find_method(question.scenario.method)
    prefill = (0.0, 1.0)
    if scenario.prompt_tokens:
        reading = plan.flop["inference"] - float(question.kappa[2]) * plan.params * plan.tokens["inference"]
        prefill = (reading, FORWARD / prefill_kappa(scenario.prefill_utilisation, scenario.count))
    return schedule(money, plan.flop, method, scenario.decode_utilisation, scenario.count, scenario.deadline, prefill)


def late(told: Schedule) -> tuple[Caution, ...]:
    """What to say where the model is not trained by the deadline; nothing where it is, or where there is none.

    Parameters
    ----------
    told : Schedule
    """
    if told.meets_deadline is not False or told.deadline is None or told.ready is None or told.gpus is None:
        return ()
    behind = [item for item in told.stretches if item.fits is False and item.trains]
    fits = [item.title for item in told.stretches if item.fits and item.trains]
    said = ", ".join(f"{item.title} on day {_days(item.end)}" for item in behind)
    needed = told.gpus * told.ready / told.deadline
    message = (
        f"The deadline of {format_quantity(told.deadline, 'duration')} is missed on {told.gpus:,.0f} {told.gpu}: it allows "
        f"{' and '.join(fits) if fits else 'no stage'}, and not {said}. All of it in time takes {ceil(needed):,} {told.gpu}."
    )
    details = {"deadline_s": told.deadline, "ready_s": told.ready, "gpus_needed": needed}
    return (Caution("deadline", message, details),)


def _days(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / 86400.0:.3g}"
