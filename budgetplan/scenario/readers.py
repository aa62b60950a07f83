"""Readers of single values: text or number as the user wrote it, to the type of a field, or a sentence.

Every reader passes None on, since None means "not given". Text comes from the command line and from YAML (where a
scalar is kept as it was written, so that `1e24` means the same in both); numbers come from Python.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from budgetplan.errors import UnitError, suggest
from budgetplan.units import format_devices, parse_devices, parse_quantity
from budgetplan.units.numerals import shown

SCHEMA = "budgetplan/scenario/1"
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_LONGEST_TEXT = 4096
_LONGEST_WHOLE = 40
_DIGITS = re.compile(r"[0-9](?:_?[0-9])*")


def quantity(
    dimension: str, *, minimum: float | None = None, maximum: float | None = None, positive: bool | None = None
) -> Callable[[object], float | None]:
    """Return a reader of one dimension; the range is as for `parse_quantity`."""

    def read(value: object) -> float | None:
        if value is None:
            return None
        return parse_quantity(value, dimension, minimum=minimum, maximum=maximum, positive=positive)  # type: ignore[arg-type]  # it refuses other types with a sentence

    return read


def open_share(value: object) -> float | None:
    """Read a probability strictly between 0 and 1."""
    number = quantity("ratio", positive=True)(value)
    if number is not None and number >= 1:
        raise UnitError(f"{shown(value)} is certainty, which no law reaches.", "Write a value below 1, such as 90%.")
    return number


def part(example: str, *, positive: bool = False) -> Callable[[object], float | None]:
    """Return a reader of a share that leaves something: 0 or more, or above 0, and below 1."""

    def read(value: object) -> float | None:
        number = quantity("ratio", positive=positive)(value)
        if number is not None and number >= 1:
            raise UnitError(f"{shown(value)} leaves nothing.", f"Write a share below 1, such as {example}.")
        return number

    return read


def whole(minimum: int = 0) -> Callable[[object], int | None]:
    """Return a reader of whole numbers from `minimum`."""

    def read(value: object) -> int | None:
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and value >= minimum:
            return value
        if isinstance(value, str) and len(value) <= _LONGEST_WHOLE and _DIGITS.fullmatch(value.strip()):
            value = int(value)  # exact, where a float would round a large seed
            if value >= minimum:
                return value
        number = quantity("count", minimum=minimum)(value)
        if number is None or number != int(number):
            raise UnitError(f"{shown(value)} is not a whole number.", f"Write one from {minimum}, such as 2000.")
        return int(number)

    return read


def flag(value: object) -> bool | None:
    """Read true or false."""
    if value is None or isinstance(value, bool):
        return value
    folded = value.strip().casefold() if isinstance(value, str) else ""
    if folded not in _TRUE + _FALSE:
        raise UnitError(f"{shown(value)} is neither true nor false.", "Write `true` or `false`.")
    return folded in _TRUE


def text(what: str, example: str) -> Callable[[object], str | None]:
    """Return a reader of a name or path; a path object becomes text."""

    def read(value: object) -> str | None:
        if value is None:
            return None
        written = os.fspath(value) if isinstance(value, os.PathLike) else value
        if not isinstance(written, str):
            raise UnitError(f"{shown(value)} is not text.", f"Write {what}, such as `{example}`.")
        if not written.strip() or not written.isprintable() or len(written) > _LONGEST_TEXT:
            trouble = "is empty" if not written.strip() else "is no name: it is too long or has control characters"
            raise UnitError(f"{shown(written)} {trouble}.", f"Write {what}, such as `{example}`.")
        return written.strip()

    return read


def choice(*options: str) -> Callable[[object], str | None]:
    """Return a reader of one of a few words."""

    def read(value: object) -> str | None:
        if value is None or (isinstance(value, str) and value.strip() in options):
            return value.strip() if isinstance(value, str) else None
        close = suggest(value, options) if isinstance(value, str) else ""
        listed = " or ".join(f"`{option}`" for option in options)
        raise UnitError(f"{shown(value)} is not {listed}.", f"Did you mean {close}?" if close else "")

    return read


def schema(value: object) -> str:
    """Read the version of the scenario's form, of which there is one."""
    if value != SCHEMA:
        raise UnitError(f"{shown(value)} is not a form that is known here.", f"Write `{SCHEMA}`, or leave it out.")
    return SCHEMA


def devices(value: object) -> str | None:
    """Read how many devices of which name, in one way of writing it."""
    return None if value is None else format_devices(*parse_devices(value))  # type: ignore[arg-type]  # it refuses other types with a sentence


def verifier(value: object) -> str | float | None:
    """Read what picks among samples: nothing, an oracle, or the rate at which it accepts wrong answers."""
    if value is None or (isinstance(value, str) and value.strip() in ("none", "oracle")):
        return value.strip() if isinstance(value, str) else None
    try:
        return quantity("ratio")(value)
    except UnitError as error:
        hint = "Write `none`, `oracle`, or the rate at which it accepts wrong answers, 0 (an oracle) to 1."
        raise UnitError(error.message, hint) from None
