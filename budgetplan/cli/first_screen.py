"""The first screen of a plan: the finding, the table with equal thirds beside it, then why, proof and cautions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from budgetplan.cli import figures
from budgetplan.cli.allocation_table import allocation_grid, split_name
from budgetplan.cli.cost_lines import cost_lines, schedule_lines
from budgetplan.cli.layout import Lines, Page, labelled
from budgetplan.cli.shape_lines import shape_lines
from budgetplan.units import format_quantity
from budgetplan.workflow.stage_names import WRITTEN

if TYPE_CHECKING:
    from budgetplan.workflow import Study

SHOWN = 3
"""Warnings told on the first screen; the rest are counted."""
FAR = 10
"""Times the loss from which a runner-up is only said to be far."""


def first_screen(study: Study) -> Page:
    """Return a study as the page that `budgetplan plan` prints.

    Parameters
    ----------
    study : Study
        Certified.

    Returns
    -------
    Page
        Lines without anything to say are left out.
    """
    plan, thirds = study.plan, study.baselines.get("equal-thirds")
    scenario = study.scenario
    asked = scenario.target_loss is None and scenario.target_success is None
    amount = format_quantity(study.budget.flop, "compute")
    if study.budget.reserve > 0:
        amount = f"{amount.removesuffix(' FLOP')} of {format_quantity(study.budget.project.flop, 'compute')}"
    aside = f"{amount if asked else f'least compute {amount}'}, law {study.law.id}"
    drawn = plan.queries * plan.samples_per_query
    each = (plan.tokens["inference"] - (scenario.serve or 0.0)) / drawn if drawn > 0 else None
    name, regret = ("", None) if thirds is None else (split_name(thirds), thirds.regret)
    grid = allocation_grid(plan, thirds, name, regret, each, " of the final run" if study.budget.reserve > 0 else "")
    said = [sentence for sentence in study.assumptions if sentence not in study.budget.assumed]
    lines = [
        *labelled("how sure", _intervals(study.intervals)),
        *labelled("regret", _regret(study)),
        *labelled("how flat", _flat(study)),
        *labelled("objective", _robust(study)),
        *labelled("why", study.reasons),
        *labelled("thirds", _thirds(study)),
        *labelled("shape", shape_lines(study)),
        *labelled("cost", cost_lines(study.budget)),
        *labelled("days", schedule_lines(study.schedule)),
        ("proof", _proof(study)),
        *ending(said, [item.message for item in study.warnings]),
    ]
    return Page(study.headline, aside, (grid, Lines(tuple(lines), str(study.provenance["command"]))))


def ending(assumptions: Sequence[str], warnings: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the lines that end every answer: what is assumed, what to beware of.

    Parameters
    ----------
    assumptions : sequence of str
        What the user did not say.
    warnings : sequence of str
        The first few are told.

    Examples
    --------
    >>> ending(["no verifier", "GPU: H100."], ["one", "two", "three", "four"])[:2]
    (('assumed', 'no verifier; GPU: H100'), ('beware', 'one'))
    """
    told = list(warnings[:SHOWN])
    if len(warnings) > SHOWN:
        told[-1] += f" And {len(warnings) - SHOWN} more: --format json"
    assumed = "; ".join(sentence.rstrip(".") for sentence in assumptions)
    return (*labelled("assumed", [assumed] if assumed else []), *labelled("beware", told))


def _thirds(study: Study) -> list[str]:
    """Say why equal thirds are not in the table, or what they do not obey."""
    thirds = study.baselines.get("equal-thirds")
    if thirds is None:
        return ["equal thirds cannot serve this demand under these limits"] if study.baselines else []
    return [f"equal thirds: {thirds.note}"] if thirds.note else []


def _proof(study: Study) -> str:
    """Say how the plan is known to be the optimum."""
    if any(item.code == "policy" for item in study.warnings):
        return "none: a published policy states the size, nothing is optimised"
    proof = study.certificate
    parts = [f"{proof.status}, KKT residual {proof.kkt_residual:.0e}".replace("e-0", "e-")]
    if proof.lower_bound is not None:
        parts.append(f"no plan reaches a loss below {figures.loss(proof.lower_bound)} (proven)")
    if proof.runner_up is not None and study.plan.loss:
        worse = proof.runner_up["loss"] / study.plan.loss - 1
        k = figures.samples(proof.runner_up["samples_per_query"])
        more = f"{figures.percent(worse)} more loss" if worse < FAR else f"more than {FAR} times the loss"
        parts.append(f"runner-up basin (k = {k}) has {more}")
    limits = [name for name in proof.active_limits if name != "budget"]
    parts.append(f"limits that hold: {', '.join(limits)}" if limits else "no limit active")
    return "; ".join(parts)


def _intervals(intervals: Mapping[str, Any] | None) -> list[str]:
    """Say how far the draws spread the plan: 90 % intervals, and how often equal thirds lose."""
    if not intervals:
        return []
    parts = []
    if (beats := intervals.get("beats_equal_thirds")) is not None:
        parts.append(f"beats equal thirds in {figures.percent(beats)} of draws")
    ranges = [
        f"{name} {_range(intervals[f'{stage}_share'], 'ratio')}" for stage, name in WRITTEN.items() if f"{stage}_share" in intervals
    ]
    if "params" in intervals:
        ranges.append(f"N {_range(intervals['params'], 'params')}")
    if ranges:
        parts.append(f"90 %: {', '.join(ranges)}")
    return ["; ".join(parts)] if parts else []


def _regret(study: Study) -> list[str]:
    """Say what the plan and equal thirds are expected to waste, over the draws and in their worst tenth."""
    told = [
        f"{name} {figures.percent(item['expected'])}, in the worst tenth {figures.percent(item['worst_tenth'])}"
        for name, item in (study.regret or {}).items()
    ]
    return [f"compute wasted against each draw's own optimum: {'; '.join(told).replace('plan', 'this plan', 1)}"] if told else []


def _robust(study: Study) -> list[str]:
    """Say over what a robust plan was chosen and told."""
    if study.robust is None:
        return []
    told = f"least {study.robust['objective']} regret; told over {study.robust['worlds']}"
    lost = study.plan.regret
    return [told if lost is None else f"{told}; under the law as it stands it wastes {figures.percent(lost.wasted_compute)}"]


def _flat(study: Study) -> list[str]:
    """Say which splits are as good within the tolerance."""
    region = study.region
    if region is None:
        return []
    parts = ", ".join(
        f"{WRITTEN[stage]} {_range({'q05': low, 'q95': high}, 'ratio')}" for stage, (low, high) in region.ranges.items()
    )
    where = "inside" if region.thirds_inside else "outside"
    return [f"within {figures.percent(region.tolerance)} of compute: {parts}; equal thirds are {where}"]


def _range(interval: Mapping[str, float], dimension: str) -> str:
    low, high = (format_quantity(interval[end], dimension, 2) for end in ("q05", "q95"))
    unit = low.partition(" ")[2]
    return f"{low.partition(' ')[0]}-{high}" if unit and unit == high.partition(" ")[2] else f"{low} to {high}"
