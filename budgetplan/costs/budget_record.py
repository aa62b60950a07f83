"""A budget as a plain dictionary, ready for JSON: the final run, the project that it is a part of, what the money includes."""

from __future__ import annotations

from typing import Any

from budgetplan.costs.budget import Budget
from budgetplan.costs.money_sentence import money_sentence


def budget_record(budget: Budget) -> dict[str, Any]:
    """Return a budget with units in the keys.

    Parameters
    ----------
    budget : Budget
        Resolved.

    Returns
    -------
    dict
        `flop`, `usd` and `gpu_hours` are those of the final run, as `final_run` says once more; `project` adds the reserve;
        `precision` and its gain only where one was named.

    Examples
    --------
    >>> from budgetplan.costs.money import resolve_budget
    >>> told = budget_record(resolve_budget(budget="1e25", reserve="50%"))
    >>> told["flop"], told["project"]["flop"]
    (5e+24, 1e+25)
    """
    precise = {} if budget.precision is None else {"precision": budget.precision, "precision_gain": budget.gain}
    return {
        "flop": budget.flop,
        "usd": budget.usd,
        "gpu_hours": budget.gpu_hours,
        "gpu": budget.gpu,
        "gpus": budget.gpus,
        "duration_s": budget.duration,
        "mfu": budget.mfu,
        "goodput": budget.goodput,
        **precise,
        "reserve": budget.reserve,
        "price_usd_per_h": budget.price,
        "price_date": budget.price_date,
        "price_source": budget.price_source,
        "final_run": dict(vars(budget.final_run)),
        "project": dict(vars(budget.project)),
        "money": money_sentence(budget),
    }
