"""A law with some of its coefficients replaced: by other values, or by draws of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from budgetplan.laws.catalogue import assemble
from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array


def coefficient_name(law: Law, link: str, name: str) -> str:
    """How a coefficient is called among those of the whole law: `link.name` where the law has links, else its own name.

    Parameters
    ----------
    law : Law
    link, name : str
        The link; its kind for a single law. The coefficient.
    """
    return f"{link}.{name}" if law.record.form == "four-links" else name


def changed_law(law: Law, values: Mapping[str, float | Array]) -> Law:
    """The law with other coefficients, those that are not named as they are.

    Parameters
    ----------
    law : Law
    values : mapping of str to float or ndarray
        By `coefficient_name`; arrays make a law of many coefficient vectors.

    Returns
    -------
    Law

    Examples
    --------
    >>> from budgetplan.laws.catalogue import load_law
    >>> changed_law(load_law("besiroglu-2024"), {"E": 1.7}).record.values["E"]
    1.7
    """
    parts = {}
    for link, part in law.parts.items():
        kept = dict(part.coefficients)
        for name, coefficient in part.coefficients.items():
            full = coefficient_name(law, link, name)
            if full in values:  # an array makes a record of many coefficient vectors: what the forms build from it broadcasts
                kept[name] = replace(coefficient, value=cast(float, values[full]))
        parts[link] = replace(part, coefficients=kept)
    return assemble(law.record if law.record.form == "four-links" else next(iter(parts.values())), parts)
