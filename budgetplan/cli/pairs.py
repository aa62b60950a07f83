"""Repeatable options of the form NAME=VALUE."""

from __future__ import annotations

from collections.abc import Iterable

from budgetplan.errors import DataError


def pairs_of(items: Iterable[str], option: str, shape: str) -> dict[str, str]:
    """Return the names and values of a repeatable option.

    Parameters
    ----------
    items : iterable of str
        As typed.
    option, shape : str
        For the message: `--column`, `ROLE=NAME`.

    Raises
    ------
    DataError
        Where one has no name or no value, or a name is given twice: neither of two values would be the one that is meant.

    Examples
    --------
    >>> pairs_of(["params=Model Size"], "--column", "ROLE=NAME")
    {'params': 'Model Size'}
    """
    found: dict[str, str] = {}
    for item in items:
        name, equals, value = (part.strip() for part in item.partition("="))
        if not (name and equals and value):
            raise DataError(f"{option}: `{item}` is not of the form {shape}.", f"Write {option} {shape}.")
        if name in found:
            raise DataError(f"{option} {name} is given twice, as `{found[name]}` and `{value}`.", "Keep one.")
        found[name] = value
    return found
