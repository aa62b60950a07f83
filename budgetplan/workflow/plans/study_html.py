"""A study as it shows itself in a notebook: the finding, the plan beside the rules of thumb, how sure it is, and its warnings."""

from __future__ import annotations

from budgetplan.markup import block, table
from budgetplan.planning.allocation import STAGES, Allocation
from budgetplan.units import format_quantity
from budgetplan.workflow.plans.study import Study
from budgetplan.workflow.stage_names import WRITTEN

_HEADS = ("", "params", *WRITTEN.values(), "loss", "wasted compute")
MOST_WARNINGS = 5
"""Warnings that are shown."""


def study_html(study: Study) -> str:
    """The study as HTML.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
        One `<div>`.
    """
    tables = [table(_HEADS, [_row(name, item) for name, item in {"plan": study.plan, **study.baselines}.items()])]
    notes = []
    if study.intervals is not None:
        ranges = [
            f"{WRITTEN[stage]} {_percent(ends['q05'])} to {_percent(ends['q95'])}"
            for stage in STAGES
            if (ends := study.intervals.get(f"{stage}_share")) is not None
        ]
        notes.append(f"90 % of the draws' optima have {', '.join(ranges)}." if ranges else "")
        if (sure := study.intervals.get("beats_equal_thirds")) is not None:
            notes.append(f"The plan beats equal thirds in {_percent(sure)} of the draws.")
    notes += [f"Proof: {study.certificate.status}, KKT residual {study.certificate.kkt_residual:.1g}."]
    if study.assumptions:
        notes.append(f"Assumed: {'; '.join(study.assumptions)}.")
    told = [item.message for item in study.warnings]
    left = len(told) - MOST_WARNINGS
    more = [f"And {left} more warnings: `study.warnings`."] if left > 0 else []
    return block(study.headline, tables, [*notes, *told[:MOST_WARNINGS], *more, study.caption])


def _row(name: str, item: Allocation) -> tuple[str, ...]:
    stages = (f"{format_quantity(item.tokens[stage], 'tokens', 3)} tokens, {_percent(item.share[stage])}" for stage in STAGES)
    loss = "" if item.loss is None else f"{item.loss:.4g}"
    wasted = "" if item.regret is None else _percent(item.regret.wasted_compute)
    return (name, format_quantity(item.params, "params", 3), *stages, loss, wasted)


def _percent(part: float) -> str:
    return f"{100 * part:.1f} %"
