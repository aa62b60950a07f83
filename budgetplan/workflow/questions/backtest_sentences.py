"""What a backtest says in words: its finding, what was assumed, what to beware of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from budgetplan.laws.law import Law
from budgetplan.units import format_quantity
from budgetplan.workflow.plans.study import Caution
from budgetplan.workflow.resolve.question import Question

FAR = 1.0
"""Decades outside a law's measurements that are worth a warning. [decade]"""


def finding(law: Law, rows: Sequence[Mapping[str, Any]]) -> str:
    """Say in a sentence how the models compare with the law.

    Parameters
    ----------
    law : Law
    rows : sequence of mapping
        As in `Backtest`. A model trained further from another is not counted beside its base.

    Returns
    -------
    str
    """
    known = [row for row in rows if row["optimal_params"] is not None]
    if not known:
        return "No source states both the params and the pre-training tokens of these models."
    if len(rows) == 1:
        return _of_one(law, rows[0])
    counted = [row for row in known if row["base"] is None] or known
    smaller = [row for row in counted if row["params_over_optimal"] < 1.0]
    said = f"{len(smaller)} of {len(counted)} public models are smaller than `{law.id}` finds optimal for their compute"
    ratios = [row["revealed_over_pretraining"] for row in smaller if row["revealed_over_pretraining"] is not None]
    if not ratios:
        return f"{said}."
    return f"{said}; the median of them is right if it serves {median(ratios):.2g} tokens per pre-training token."


def _of_one(law: Law, row: Mapping[str, Any]) -> str:
    over = row["params_over_optimal"]
    times = f"{1 / over:.2g} times smaller" if over < 1 else f"{over:.2g} times larger"
    said = f"{row['title']} is {times} than `{law.id}` finds optimal for its compute"
    served = row["revealed_served_tokens"]
    if served is None:
        return f"{said}."
    return f"{said}; that is right if it serves {format_quantity(served, 'tokens', 2)} tokens."


def assumptions(question: Question) -> tuple[str, ...]:
    """Say what was assumed.

    Parameters
    ----------
    question : Question
        With the law and the prices.
    """
    told = ["operations are 6 N D with the params active per token, without attention over the context"]
    if question.law.policy is not None:
        return tuple(told)
    told.append(f"a served token costs {question.kappa[2]:.3g} FLOP per param, a pre-training token {question.kappa[0]:.3g}")
    if question.demand.exists:
        told.append("models did no RL and draw one sample per query; they and the plan serve a tenth of the compute-optimal tokens")
        told.append(f"revealed demand is that of the pre-training link alone, `{question.law.links['pretraining']}`")
    return tuple(told)


def cautions(law: Law, rows: Sequence[Mapping[str, Any]]) -> tuple[Caution, ...]:
    """Say what to beware of.

    Parameters
    ----------
    law : Law
    rows : sequence of mapping
        As in `Backtest`.

    Returns
    -------
    tuple of Caution
    """
    found = [Caution("law", f"`{law.id}`: {law.record.warning}")] if law.record.warning else []
    far = [row for row in rows if (row["decades_beyond_law"] or 0.0) > FAR]
    if far:
        most = max(far, key=lambda row: row["decades_beyond_law"])
        found.append(
            Caution(
                "extrapolation",
                f"More than a decade outside what `{law.id}` was measured on: {len(far)} of {len(rows)} models, {most['title']} by "
                f"{most['decades_beyond_law']:.1f} decades.",
            )
        )
    if any(row["revealed_served_tokens"] is not None for row in far):
        found.append(
            Caution(
                "over-training",
                "Laws measured at usual ratios overrate more tokens at extreme ones (arXiv:2401.00448), so such models need more "
                "demand than is said here.",
            )
        )
    if law.function is not None and law.model.uses[2] and any(row["wasted_compute"] is not None for row in rows):
        found.append(
            Caution(
                "base-models", f"Under `{law.id}` wasted compute is that of stopping after pre-training, which no developer does."
            )
        )
    if any(row["total_params"] is not None and row["optimal_params"] is not None for row in rows):
        found.append(Caution("sparse", f"Sparse models count by their active params; `{law.id}` was measured on dense ones."))
    return tuple(found)
