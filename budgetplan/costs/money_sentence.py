"""What a sum of money pays for and what it leaves out, and of when its price is, in words."""

from __future__ import annotations

from budgetplan.costs.budget import Budget
from budgetplan.units import format_quantity


def money_sentence(budget: Budget) -> str | None:
    """Return what the money of a budget includes, or None where no price is known.

    Parameters
    ----------
    budget : Budget
        Resolved.

    Examples
    --------
    >>> from budgetplan.costs.money import resolve_budget
    >>> money_sentence(resolve_budget(usd="1Musd", price="2usd/h", gpu="H100", goodput="90%"))
    '$1M for the final run, failures and restarts included (goodput 90 %); experiments left out (no reserve); price $2/h, as given.'
    >>> money_sentence(resolve_budget(budget="1e25", gpu="B200")) is None
    True
    """
    if budget.usd is None or budget.project.usd is None or budget.price is None:
        return None
    said = [f"{format_quantity(budget.usd, 'money')} for the final run, {failures(budget)}"]
    if budget.reserve > 0:
        kept = format_quantity(budget.reserve, "ratio")
        said.append(f"{format_quantity(budget.project.usd, 'money')} with the experiments (reserve {kept})")
        said.append("money that a split wastes is the final run's")
    else:
        said.append("experiments left out (no reserve)")
    price = format_quantity(budget.price, "price")
    of = "as given" if budget.price_date is None else f"of {budget.price_date} ({budget.price_source})"
    return f"{'; '.join(said)}; price {price}, {of}."


def failures(budget: Budget) -> str:
    """Return whether hours and money count what failures and restarts lose.

    Parameters
    ----------
    budget : Budget
        Resolved.
    """
    if budget.goodput == 1:
        return "failures and restarts left out (goodput 100 %)"
    return f"failures and restarts included (goodput {format_quantity(budget.goodput, 'ratio')})"
