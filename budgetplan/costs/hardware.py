"""Accelerators: peak speed, memory, and a dated rental price where a source states one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from budgetplan.costs.names import named, refuse_shared_names
from budgetplan.costs.table import Row, read_table
from budgetplan.datafiles import data_path
from budgetplan.errors import UnknownNameError, suggest

_FIELDS = (
    "id", "title", "aliases", "peak_flop_per_s", "peak_int8_op_per_s", "memory_bytes", "bandwidth_bytes_per_s", "price_usd_per_h",
    "status", "sources", "notes",
)  # fmt: skip


@dataclass(frozen=True)
class Price:
    """What one accelerator costs to rent.

    Attributes
    ----------
    usd_per_h : float
        Price [usd/h].
    date, source : str
        Of when, and who states it.
    """

    usd_per_h: float
    date: str
    source: str


@dataclass(frozen=True)
class Accelerator:
    """One kind of accelerator.

    Attributes
    ----------
    id, title : str
        Short and full name.
    aliases : tuple of str
        Other names.
    peak_flop_per_s : mapping of str to float
        Dense peak by precision, without structured sparsity [FLOP/s]; `bf16` is always there.
    int8_op_per_s : float or None
        Dense peak of 8-bit integers, where there is no fp8 [operations/s].
    memory_bytes : float
        [byte]
    bandwidth_bytes_per_s : float
        Of the memory [byte/s].
    price : Price or None
        None where no source states one.
    status : str
        How the row was checked.
    as_of : str
        When the table was last compared with its sources.
    sources, notes : tuple of str
        Where the figures come from, and what to beware of.
    """

    id: str
    title: str
    aliases: tuple[str, ...]
    peak_flop_per_s: Mapping[str, float]
    int8_op_per_s: float | None
    memory_bytes: float
    bandwidth_bytes_per_s: float
    price: Price | None
    status: str
    as_of: str
    sources: tuple[str, ...]
    notes: tuple[str, ...]


@cache
def load_hardware(path: Path | None = None) -> tuple[Accelerator, ...]:
    """Return all accelerators of a table.

    Parameters
    ----------
    path : Path, optional
        A table of the same form; default: the shipped one.

    Returns
    -------
    tuple of Accelerator
        In the order of the file.

    Raises
    ------
    DataError
        Where the table cannot be used, or two rows share a name.
    """
    table = read_table(data_path("hardware.yaml") if path is None else path)
    found = tuple(_accelerator(row, table.text("as_of")) for row in table.rows("chips"))
    refuse_shared_names(found, table.place)
    return found


def find_accelerator(name: str) -> Accelerator:
    """Return one accelerator by its id or an alias; case, spaces, `-` and `_` do not matter.

    Parameters
    ----------
    name : str
        Such as `H100` or `a100 80gb`.

    Returns
    -------
    Accelerator

    Raises
    ------
    UnknownNameError
        Where there is none, with close names.

    Examples
    --------
    >>> find_accelerator("a100 sxm4 80gb").id
    'A100-80GB'
    """
    found = named(load_hardware(), name)
    if found is None:
        ids = [item.id for item in load_hardware()]
        spelled = [known for item in load_hardware() for known in (item.id, *item.aliases)]
        raise UnknownNameError("GPU", name, ids if suggest(name, ids) or not suggest(name, spelled) else spelled)
    return found


def _accelerator(row: Row, as_of: str) -> Accelerator:
    """Check one row of the table."""
    row.only(_FIELDS, "an accelerator")
    peak = row.row("peak_flop_per_s")
    peak.number("bf16", "FLOP/s")
    price = None
    if row.fields.get("price_usd_per_h") is not None:
        stated = row.row("price_usd_per_h")
        price = Price(stated.number("value", "usd/h"), stated.text("date"), stated.text("source"))
    integer = "peak_int8_op_per_s"
    return Accelerator(
        id=row.text("id"),
        title=row.text("title"),
        aliases=row.texts("aliases"),
        peak_flop_per_s={str(precision): peak.number(precision, "FLOP/s") for precision in peak.fields},
        int8_op_per_s=row.number(integer, "op/s") if integer in row.fields else None,
        memory_bytes=row.number("memory_bytes", "byte"),
        bandwidth_bytes_per_s=row.number("bandwidth_bytes_per_s", "byte/s"),
        price=price,
        status=row.text("status"),
        as_of=as_of,
        sources=row.texts("sources"),
        notes=row.texts("notes"),
    )
