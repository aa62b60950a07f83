"""What a plan costs in hours, money and days, as lines of the first screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetplan.cli import figures
from budgetplan.units import format_quantity

if TYPE_CHECKING:
    from budgetplan.costs import Budget, Schedule
DAY = 86400.0
"""[s]"""


def cost_lines(budget: Budget) -> list[str]:
    """Return hours and money of the final run with what they include, and of the project where there is a reserve.

    Parameters
    ----------
    budget : Budget
        Resolved.
    """
    cost = f"{figures.amount(budget.gpu_hours)} {budget.gpu}-hours at {figures.percent(budget.mfu)} MFU"
    if budget.precision is not None and budget.gain != 1:
        cost += f" of bf16 and {budget.gain:g} times its speed in {budget.precision}"
    if budget.usd is not None and budget.price is not None:
        cost += f", {figures.money(budget.usd)} at {format_quantity(budget.price, 'price')}"
        cost += f" (of {budget.price_date})" if budget.price_date else ""
    cost += f": {_included(budget)}"
    names = [sentence.partition(":")[0] for sentence in budget.assumed]
    assumed = [name if name.isupper() else name.lower() for name in names if name != "Money"]
    if "Money" in names:
        cost += ", no price known"
    lines = [f"{cost}; assumed: {', '.join(assumed)}" if assumed else cost]
    if budget.reserve > 0:
        whole = budget.project
        money = "" if whole.usd is None else f", {figures.money(whole.usd)}"
        lines.append(
            f"project {format_quantity(whole.flop, 'compute')}, {figures.amount(whole.gpu_hours)} {budget.gpu}-hours{money}: "
            f"{figures.percent(budget.reserve)} of it is kept for experiments"
        )
    return lines


def schedule_lines(told: Schedule | None) -> list[str]:
    """Return the days of each stage, and what is done by the deadline; nothing where the number of devices is open.

    Parameters
    ----------
    told : Schedule or None
    """
    if told is None or told.gpus is None or not told.stretches:
        return []
    parts = [f"{item.title} {format_quantity(item.duration or 0.0, 'duration', 3)}" for item in told.stretches]
    devices = format_quantity(told.gpus, "count", max(3, len(f"{told.gpus:.0f}")))
    lines = [f"{', '.join(parts)} on {devices} {told.gpu}"]
    if told.deadline is not None:
        late = ", ".join(f"{item.title} (day {(item.end or 0.0) / DAY:.3g})" for item in told.stretches if not item.fits)
        done = ", ".join(item.title for item in told.stretches if item.fits)
        said = "; ".join(line for line in (done and f"in time {done}", late and f"late {late}") if line)
        lines.append(f"deadline {format_quantity(told.deadline, 'duration')}: {said}")
    return lines


def _included(budget: Budget) -> str:
    """Say what the hours pay for and what they leave out."""
    failures = "no failures" if budget.goodput == 1 else f"failures included ({figures.percent(budget.goodput)} goodput)"
    return f"final run, {failures}"
