"""Finding a row of a table by what people call it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


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


def by_name(items: Iterable[Item]) -> dict[str, Item]:
    """Return items by each of their names, folded.

    Parameters
    ----------
    items : iterable
        Each with `id` and `aliases`; of two that share a name the later one has it.
    """
    return {folded(name): item for item in items for name in (item.id, *item.aliases)}
