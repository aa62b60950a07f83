"""A law at many coefficient vectors that are as likely as each other.

Each link is drawn from what is known about it, in this order: joint draws of its fit, which the law file carries; ranges and
standard errors of its coefficients, with coefficients that belong together kept together (see `pivots`). Coefficients without any
spread stay as they are and are named. Links are independent of each other, unless they are parts of one fit: their draws then go
row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.laws.forms import FORMS
from budgetplan.laws.law import Law
from budgetplan.laws.record import Record
from budgetplan.numerics.arrays import Array
from budgetplan.uncertainty.changed_law import changed_law, coefficient_name
from budgetplan.uncertainty.pivots import follow, partners
from budgetplan.uncertainty.spread import drawn_values, has_spread

MOST = 1_000_000
"""Draws in one call."""


@dataclass(frozen=True)
class Draws:
    """A drawn law.

    Attributes
    ----------
    law : Law
        Its coefficients are arrays of shape (draw,).
    values : mapping of str to ndarray of shape (draw,)
        Coefficients that vary, `link.name` where the law has links.
    kinds : mapping of str to str
        By link: `joint` for draws of a fit, `ranges` for stated ones, `fixed` where nothing is stated.
    still : tuple of str
        Coefficients that the law says nothing about the spread of.
    """

    law: Law
    values: Mapping[str, Array]
    kinds: Mapping[str, str]
    still: tuple[str, ...]


def draw_law(law: Law, count: int, seed: int) -> Draws:
    """Draw a law's coefficients, all links together.

    Parameters
    ----------
    law : Law
    count : int
        Draws.
    seed : int
        The same seed gives the same draws; the first of more draws are not those of fewer.

    Returns
    -------
    Draws

    Raises
    ------
    ScenarioError
        If `count` is not between 1 and a million, or nothing about the law is uncertain.
    """
    if not 1 <= count <= MOST:
        raise ScenarioError(f"`draws` must lie between 1 and {MOST:,}, got {count:,}.", "2000 give 90 % intervals to about 1 %.")
    values: dict[str, Array] = {}
    kinds: dict[str, str] = {}
    still: list[str] = []
    for link, part in law.parts.items():
        drawn, kind = draw_record(part, count, seed)
        values |= {coefficient_name(law, link, name): column for name, column in drawn.items()}
        kinds[link] = kind
        alone = [name for name in part.coefficients if name not in drawn and name in FORMS[part.form].wants]
        still += [coefficient_name(law, link, name) for name in alone]
    if not values:
        raise ScenarioError(
            f"`{law.id}` states no spread for any coefficient: there is nothing to draw.",
            "Compare laws instead (--law a,b,c), or fit one with --bootstrap, which keeps joint draws.",
        )
    return Draws(changed_law(law, values), values, kinds, tuple(still))


def draw_record(record: Record, count: int, seed: int) -> tuple[dict[str, Array], str]:
    """Draws of one record's coefficients by name, each of shape (count,), and where they come from.

    Parameters
    ----------
    record : Record
    count, seed : int

    Returns
    -------
    dict of str to ndarray
        Only coefficients that vary.
    str
        joint, ranges or fixed.
    """
    joint = record.draws
    # Links of one file, or of one fit, share the rows that are chosen; other links get a stream of their own.
    stream = np.random.default_rng([seed, crc32((record.data or record.id.partition(":")[0]).encode())])
    if joint is not None:
        enough = count <= len(joint)
        rows = stream.permutation(len(joint))[:count] if enough else stream.integers(len(joint), size=count)
        columns = dict(zip(record.coefficients, joint[rows].T, strict=True))
        return {name: column for name, column in columns.items() if np.ptp(column) > 0}, "joint"
    follows = partners(record)
    out: dict[str, Array] = {}
    for name, coefficient in record.coefficients.items():
        z = stream.standard_normal(count)
        if name in follows or name not in FORMS[record.form].wants or not has_spread(coefficient):
            continue
        out[name] = drawn_values(name, coefficient, z)
    alone = [name for name in follows if name not in follow(record, out)]
    out |= follow(record, out)
    for name in alone:
        if has_spread(record.coefficients[name]):
            out[name] = drawn_values(name, record.coefficients[name], stream.standard_normal(count))
    return out, "ranges" if out else "fixed"
