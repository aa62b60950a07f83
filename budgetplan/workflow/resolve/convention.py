"""What a law's params count, read from its own words; refused where they say nothing that an architecture could convert."""

from __future__ import annotations

from budgetplan.costs.architecture_params import CONVENTIONS
from budgetplan.errors import ScenarioError
from budgetplan.laws.law import Law
from budgetplan.laws.law_files import law_ids, shipped_record
from budgetplan.laws.record import Record

_NOT_COUNTED = ("not in the law", "one model")
"""Beginnings of what a law says whose numbers do not depend on params."""
_MATMUL, _BLOCKS = ("head included", "linear layers"), ("embeddings excluded", "non-embedding par")
_ALL = ("all par", "parameters active per token, embeddings included")
UNKNOWN = "unknown"


def said_convention(record: Record) -> str:
    """What a law file says of its params; empty where it says nothing.

    Parameters
    ----------
    record : Record
        Read without its prose, as plans read it.
    """
    told = record.convention
    name = record.id.partition(":")[0]  # links that stand in one file share what it says
    if not told and name in law_ids():
        told = shipped_record(name, prose=True).convention
    return told.get("params", "")


def convention_of(words: str) -> str | None:
    """A convention from a law's words.

    Parameters
    ----------
    words : str
        As in `said_convention`.

    Returns
    -------
    str or None
        `all`, `matmul` or `blocks`, `unknown` where the words name none of them, None where params are not in the law.

    Examples
    --------
    >>> convention_of("all parameters, embeddings included"), convention_of("embeddings excluded"), convention_of("not stated")
    ('all', 'blocks', 'unknown')
    """
    plain = " ".join(words.casefold().split())
    if plain.startswith(_NOT_COUNTED):
        return None
    if plain in CONVENTIONS:
        return plain
    for name, signs in (("matmul", _MATMUL), ("blocks", _BLOCKS)):
        if any(sign in plain for sign in signs):
            return name
    return "all" if plain.startswith(_ALL) else UNKNOWN


def counted_by(law: Law) -> str:
    """What the params of a plan count: what its pre-training law counts.

    Parameters
    ----------
    law : Law

    Returns
    -------
    {"all", "matmul", "blocks"}

    Raises
    ------
    ScenarioError
        If the law says nothing that converts: an architecture's params could be mistaken for others.
    """
    record = law.parts.get("pretraining", law.record)
    words = said_convention(record)
    found = convention_of(words)
    if found is None or found == UNKNOWN:
        what = f"says of its params: {words}" if words else "does not say what its params count"
        raise ScenarioError(
            f"`architecture` cannot be held against the law `{record.id}`, which {what}.",
            "Take a law that counts as an architecture does, such as besiroglu-2024, or let your law file say `convention:` with "
            f"`params:` one of {', '.join(CONVENTIONS)}.",
        )
    return found


def other_counts(law: Law, counted: str) -> dict[str, str]:
    """Links of a joint law whose params count something else than the plan's.

    Parameters
    ----------
    law : Law
    counted : str
        What the plan's params count.

    Returns
    -------
    dict of str to str
        Id of the law to its convention.
    """
    found = {part.id: convention_of(said_convention(part)) for part in law.parts.values()}
    return {name: other for name, other in found.items() if other not in (None, UNKNOWN, counted) and other is not None}
