"""An allocation as a table, with another one beside it: a row per stage, then what the law predicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetplan.cli import figures
from budgetplan.cli.layout import Grid
from budgetplan.workflow.stage_names import WRITTEN

if TYPE_CHECKING:
    from budgetplan.planning.allocation import Allocation, Regret

ROUNDING = 1e-9
"""Difference of two losses, relative to them, below which they are the same."""


def allocation_grid(
    plan: Allocation, other: Allocation | None, heading: str, regret: Regret | None, tokens_per_sample: float | None, of: str = ""
) -> Grid:
    """Return the table of the first screen.

    Parameters
    ----------
    plan : Allocation
        In full.
    other : Allocation or None
        Beside it: shares and predictions only.
    heading : str
        What the other one is.
    regret : Regret or None
        What the worse of the two loses.
    tokens_per_sample : float or None
        For the remark on demand; None leaves it out. [token]
    of : str
        What the money of the regret is a part of, where that has to be said.

    Returns
    -------
    Grid
        Without rows of stages that neither uses, and of predictions that the law does not make.
    """
    model = ("model", figures.amount(plan.params), "", "", figures.amount(other.params) if other else "", _ratio(plan))
    rows = [model]
    for stage, name in WRITTEN.items():
        if plan.tokens[stage] > 0 or (other is not None and other.tokens[stage] > 0):
            beside = figures.percent(other.share[stage]) if other else ""
            remark = _demand(plan, tokens_per_sample) if stage == "inference" else ""
            cells = (figures.amount(plan.tokens[stage]), figures.flop(plan.flop[stage]), figures.percent(plan.share[stage]))
            rows.append((name, *cells, beside, remark))
    lost = _lost(regret, plan.loss, of)
    if plan.success is not None:
        rows.append(("success", figures.success(plan.success), "", "", figures.success(other.success if other else None), ""))
        rows.append(("task loss", figures.loss(plan.task_loss), "", "", figures.loss(other.task_loss if other else None), lost))
    elif plan.loss is not None:
        rows.append(("loss", figures.loss(plan.loss), "", "", figures.loss(other.loss if other else None), lost))
    head = ("", "tokens", "compute", "share", heading if other else "", "")
    kept = [index for index in range(6) if index != 4 or other is not None]
    return Grid(tuple(head[index] for index in kept), tuple(tuple(row[index] for index in kept) for row in rows))


def split_name(other: Allocation) -> str:
    """Return what a split into equal parts is called: thirds only where there are three."""
    return "equal thirds" if sum(share > 0 for share in other.share.values()) == 3 else "equal shares"


def _ratio(plan: Allocation) -> str:
    return f"params, {figures.amount(plan.tokens_per_param)} tokens per param"


def _demand(plan: Allocation, tokens_per_sample: float | None) -> str:
    if plan.queries <= 0 or tokens_per_sample is None:
        return ""
    drawn = f"{figures.samples(plan.samples_per_query)} samples" if plan.samples_per_query > 1 + 1e-6 else "1 sample"
    return f"{figures.amount(plan.queries)} queries x {drawn} x {figures.amount(tokens_per_sample)} tokens"


def _lost(regret: Regret | None, loss: float | None, of: str) -> str:
    """Return regret in its three currencies, as far as they are known; what is rounding beside the loss is none."""
    if regret is None:
        return ""
    parts = []
    if regret.loss is not None:
        parts.append("0 nat" if abs(regret.loss) <= ROUNDING * abs(loss or 0.0) else f"{regret.loss:+.2g} nat")
    parts.append(f"{figures.percent(max(regret.wasted_compute, 0.0))} of compute")
    if regret.usd is not None:
        parts.append(f"{figures.money(max(regret.usd, 0.0))}{of}")
    return ", ".join(parts)
