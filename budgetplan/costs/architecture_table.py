"""The shipped table of architectures: shapes as published, each with its sources."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from budgetplan.costs.architecture import Architecture, Attention, FeedForward, PublishedFlop
from budgetplan.costs.attention import COUNTS
from budgetplan.costs.names import find_named, refuse_shared_names
from budgetplan.costs.table import Row, read_table
from budgetplan.datafiles import data_path
from budgetplan.errors import DataError

_FIELDS = (
    "id", "title", "aliases", "layers", "width", "vocabulary", "tied", "attention", "feed_forward", "published_flop", "sources",
    "status", "notes",
)  # fmt: skip


@cache
def load_architectures(path: Path | None = None) -> tuple[Architecture, ...]:
    """Return all architectures of a table.

    Parameters
    ----------
    path : Path, optional
        A table of the same form; default: the shipped one.

    Returns
    -------
    tuple of Architecture
        In the order of the file.

    Raises
    ------
    DataError
        Where the table cannot be used, or two rows share a name.
    """
    table = read_table(data_path("architectures.yaml") if path is None else path)
    found = tuple(_architecture(row) for row in table.rows("architectures"))
    refuse_shared_names(found, table.place)
    return found


def find_architecture(name: str) -> Architecture:
    """Return one architecture by its id or an alias; case, spaces, `-` and `_` do not matter.

    Parameters
    ----------
    name : str
        Such as `llama-3.1-405b`.

    Returns
    -------
    Architecture

    Raises
    ------
    UnknownNameError
        Where there is none, with close names.

    Examples
    --------
    >>> find_architecture("Llama 3.1 405B").layers
    126
    """
    return find_named(load_architectures(), name, "architecture")


def _whole(row: Row, key: str, *, zero: bool = False) -> int:
    value = row.number(key, "1", zero=zero)
    if value != int(value):
        raise DataError(f"{row.place}: `{key}` is {value:g}, and a whole number is due.")
    return int(value)


def _optional(row: Row, key: str) -> int | None:
    return _whole(row, key) if row.fields.get(key) is not None else None


def _or_zero(row: Row, key: str) -> int:
    return _whole(row, key, zero=True) if key in row.fields else 0


def _architecture(row: Row) -> Architecture:
    """Check one row of the table."""
    tied = row.fields.get("tied")
    if not isinstance(tied, bool):
        raise DataError(f"{row.place}: `tied` is {tied!r}, and true or false is due.")
    attention, feed = row.row("attention"), row.row("feed_forward")
    row.only(_FIELDS, "an architecture")
    attention.only(Attention.__dataclass_fields__, "its attention")
    feed.only(FeedForward.__dataclass_fields__, "its feed-forward")
    layers, keys = _whole(row, "layers"), _whole(attention, "head_width")
    dense = _or_zero(feed, "dense_layers") if "experts" in feed.fields else layers
    shape = FeedForward(
        width=_or_zero(feed, "width"),
        matrices=_whole(feed, "matrices"),
        dense_layers=dense,
        experts=_or_zero(feed, "experts"),
        active_experts=_or_zero(feed, "active_experts"),
        shared_experts=_or_zero(feed, "shared_experts"),
        expert_width=_or_zero(feed, "expert_width"),
    )
    if shape.active_experts > shape.experts or dense > layers:
        raise DataError(f"{row.place}: more experts are active, or more layers dense, than there are.")
    window, windowed = _optional(attention, "window"), _or_zero(attention, "windowed_layers")
    if windowed > layers or (windowed > 0) != (window is not None):
        raise DataError(f"{row.place}: `window` and `windowed_layers` belong together, and at most {layers} layers have one.")
    return Architecture(
        id=row.text("id"),
        title=row.text("title"),
        aliases=row.texts("aliases"),
        layers=layers,
        width=_whole(row, "width"),
        vocabulary=_whole(row, "vocabulary"),
        tied=tied,
        attention=Attention(
            heads=_whole(attention, "heads"),
            key_value_heads=_whole(attention, "key_value_heads"),
            head_width=keys,
            value_width=_optional(attention, "value_width") or keys,
            query_rank=_optional(attention, "query_rank"),
            key_value_rank=_optional(attention, "key_value_rank"),
            shared_key_width=_or_zero(attention, "shared_key_width"),
            window=window,
            windowed_layers=windowed,
        ),
        feed_forward=shape,
        published_flop=tuple(_published(item) for item in row.rows("published_flop")) if "published_flop" in row.fields else (),
        sources=row.texts("sources"),
        status=row.text("status"),
        notes=row.texts("notes"),
    )


def _published(row: Row) -> PublishedFlop:
    if row.text("count") not in COUNTS:
        raise DataError(f"{row.place}: `count` is `{row.text('count')}`, and {' or '.join(COUNTS)} is due.")
    return PublishedFlop(
        value=row.number("value", "FLOP/token"),
        context=_whole(row, "context"),
        count=row.text("count"),
        source=row.text("source"),
        status=row.text("status"),
    )
