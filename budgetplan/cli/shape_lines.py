"""What the shape of a planned model says, as lines of the first screen: params as others count them, and attention's share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetplan.cli import figures
from budgetplan.units import format_quantity
from budgetplan.workflow.stage_names import WRITTEN

if TYPE_CHECKING:
    from budgetplan.workflow import Study

COUNTED = {"all": "", "matmul": " without the embedding", "blocks": " without embedding and head"}
"""Conventions of params as the line says them."""
LENGTHS = {"pretraining": "context", "rl": "decode_context", "inference": "decode_context"}
"""Which context a stage has."""


def shape_lines(study: Study) -> list[str]:
    """Return the params that a token passes through, all that there are, and what attention takes of each stage.

    Parameters
    ----------
    study : Study
        Nothing is said of one without an architecture, nor of stages without compute.
    """
    told = study.architecture
    if told is None:
        return []
    counted, active, total = told["counted"], told["params"]["active"], told["params"]["total"]
    parts = [f"{told['id']}: {figures.amount(active[counted])} active params{COUNTED[counted]}"]
    if counted != "all":
        parts.append(f"{figures.amount(active['all'])} with everything")
    if told["sparse"]:
        parts.append(f"{figures.amount(total['all'])} in total")
    lines = [", ".join(parts)]
    seen = [
        f"{figures.percent(told['attention_share'][stage])} of {name} ({format_quantity(told[LENGTHS[stage]], 'count', 4)} tokens)"
        for stage, name in WRITTEN.items()
        if told[LENGTHS[stage]] is not None and study.plan.flop[stage] > 0
    ]
    if seen:
        lines.append(f"attention takes {', '.join(seen)}")
    return lines
