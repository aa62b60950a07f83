"""Numbers as the tables print them: no more digits than are known, the unit beside them."""

from __future__ import annotations

from collections.abc import Mapping

from budgetplan.units import format_quantity, format_share
from budgetplan.workflow.stage_names import WRITTEN

COLUMNS = "N params, D pre-training and R RL tokens, k samples per query; shares of compute: pre-training/RL/inference"
"""What the heads of a table of plans mean."""


def amount(value: float) -> str:
    """Return a number of params, tokens or queries.

    Examples
    --------
    >>> amount(98.2e9), amount(2000), amount(0)
    ('98.2 B', '2000', '0')
    """
    return format_quantity(value, "count")


def flop(value: float) -> str:
    """Return compute without its unit, which the column's head says. [FLOP]

    Examples
    --------
    >>> flop(2.713e24), flop(0)
    ('2.7e24', '0')
    """
    return format_quantity(value, "compute", 2).removesuffix(" FLOP")


def percent(share: float) -> str:
    """Return a share in percent. [1]"""
    return format_share(share)


def shares(share: Mapping[str, float]) -> str:
    """Return the shares of pre-training, RL and inference in percent. [1]

    Examples
    --------
    >>> shares({"pretraining": 0.47, "rl": 0.351, "inference": 0.179})
    '47/35/18'
    """
    return "/".join(f"{100 * share[stage]:.0f}" for stage in WRITTEN)


def number(value: float | None, digits: int = 4) -> str:
    """Return a number without a unit, with so many digits; `-` for none.

    Examples
    --------
    >>> number(7.0e10), number(0.34731), number(None)
    ('7e10', '0.3473', '-')
    """
    return "-" if value is None else f"{value:.{digits}g}".replace("e+", "e")


def success(value: float | None) -> str:
    """Return a probability of a right answer to a tenth of a percent. [1]

    Examples
    --------
    >>> success(0.87812), success(0.99999), success(None)
    ('87.8 %', '> 99.9 %', '')
    """
    if value is None:
        return ""
    return "> 99.9 %" if 0.9995 <= value < 1 else f"{100 * value:.1f} %"


def loss(value: float | None) -> str:
    """Return a loss with four digits. [nat]

    Examples
    --------
    >>> loss(0.130244), loss(None)
    ('0.1302', '')
    """
    return "" if value is None else format_quantity(value, "loss", 4)


def samples(value: float) -> str:
    """Return samples per query with two digits. [1]

    Examples
    --------
    >>> samples(7.7716), samples(1.0)
    ('7.8', '1')
    """
    return format_quantity(value, "count", 2)


def money(value: float) -> str:
    """Return money with two digits. [usd]

    Examples
    --------
    >>> money(2_344_039)
    '$2.3M'
    """
    return format_quantity(value, "money", 2)
