"""Transformers by shape: params and compute per token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from budgetplan.units import parse_quantity

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["describe_architecture", "list_architectures"]


def list_architectures(context: float | str = 4096, count: str = "causal") -> pd.DataFrame:
    """Transformers whose shape is published, and their compute per token against 6 N.

    Parameters
    ----------
    context : quantity
        Tokens of context. [token]
    count : {"causal", "full", "none"}
        Which pairs of tokens attention counts.

    Returns
    -------
    pandas.DataFrame
        A row each: params, FLOP per token forward and in training, the share of attention.

    Raises
    ------
    BudgetPlanError
        If the context is no positive number, or there is no such count.

    Examples
    --------
    >>> "deepseek-v3" in set(list_architectures()["id"])
    True
    """
    import pandas as pd

    from budgetplan.costs.architecture_record import architecture_row
    from budgetplan.costs.architecture_table import load_architectures

    records = [describe_architecture(item.id, context, count) for item in load_architectures()]
    return pd.DataFrame([architecture_row(record) for record in records])


def describe_architecture(name: str, context: float | str = 4096, count: str = "causal") -> dict[str, Any]:
    """Params and FLOP per token of one transformer, and when attention breaks 6 N.

    Parameters
    ----------
    name : str
        An id, such as "deepseek-v3".
    context : quantity
        Tokens of context. [token]
    count : {"causal", "full", "none"}
        Which pairs of tokens attention counts.

    Returns
    -------
    dict
        As `budgetplan architecture ID --format json` writes it.

    Raises
    ------
    BudgetPlanError
        If there is no such architecture or count, or the context is no positive number.

    Examples
    --------
    >>> describe_architecture("deepseek-v3")["id"]
    'deepseek-v3'
    """
    from budgetplan.costs.architecture_record import architecture_record

    return architecture_record(name, parse_quantity(context, "tokens", "context"), count)
