"""Finding a row of a table by what people call it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from budgetplan.errors import DataError, UnknownNameError


class Named(Protocol):
    """Something with an id and other names."""

    @property
    def id(self) -> str:
        """Its own name."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """What it is called too."""


Item = TypeVar("Item", bound=Named)


def folded(name: str) -> str:
    """Return a name without what people write differently: case, spaces, `-` and `_`.

    Parameters
    ----------
    name : str

    Examples
    --------
    >>> folded("A100 SXM4-80GB")
    'a100sxm480gb'
    """
    return "".join(character for character in name.casefold() if character not in " -_")


def named(items: Iterable[Item], name: str) -> Item | None:
    """Return the item that has a name, written however; None where none has.

    Parameters
    ----------
    items : iterable
        Each with `id` and `aliases`.
    name : str
    """
    wanted = folded(name)
    return next((item for item in items if wanted in map(folded, (item.id, *item.aliases))), None)


def find_named(items: Sequence[Item], name: str, what: str) -> Item:
    """Return the item that has a name, written however.

    Parameters
    ----------
    items : sequence
        Each with `id` and `aliases`.
    name : str
    what : str
        The kind of item, for the message.

    Raises
    ------
    UnknownNameError
        Where none has, with close ids.
    """
    found = named(items, name)
    if found is None:
        raise UnknownNameError(what, name, [item.id for item in items])
    return found


def refuse_shared_names(items: Iterable[Named], place: str) -> None:
    """Refuse a table in which two items have the same name: whoever asks for it would get either.

    Parameters
    ----------
    items : iterable
        Each with `id` and `aliases`.
    place : str
        The table, as a message begins.

    Raises
    ------
    DataError
        With the name and whose it is.
    """
    owners: dict[str, str] = {}
    for item in items:
        for name in (item.id, *item.aliases):
            owner = owners.setdefault(folded(name), item.id)
            if owner != item.id:
                raise DataError(f"{place}: {item.id}: the name `{name}` also belongs to {owner}.")
