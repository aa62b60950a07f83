"""A law as it shows itself in a notebook: every coefficient with its range, kind and source."""

from __future__ import annotations

from budgetplan.laws.law import Law
from budgetplan.laws.record import Coefficient
from budgetplan.markup import block, table


def law_html(law: Law) -> str:
    """The law as HTML.

    Parameters
    ----------
    law : Law

    Returns
    -------
    str
        One `<div>`.
    """
    records = law.parts or {law.link: law.record}
    rows = [
        (f"{link}.{name}", f"{item.value:.6g}", "" if item.unit == "1" else item.unit, _range(item), item.kind, item.source)
        for link, record in records.items()
        for name, item in record.coefficients.items()
    ]
    tables = [table(("coefficient", "value", "unit", "range", "kind", "source"), rows)] if rows else []
    links = [f"{link}: {name}" for link, name in law.links.items() if name != law.id]
    notes = [f"Links: {', '.join(links)}." if links else "", f"Hash {law.hash}.", law.record.warning, *law.record.caveats]
    return block(f"{law.id}: {law.record.title}", tables, notes)


def _range(item: Coefficient) -> str:
    if item.low is None or item.high is None:
        return ""
    return f"{item.low:.4g} to {item.high:.4g}" + (f" ({item.interval})" if item.interval else "")
