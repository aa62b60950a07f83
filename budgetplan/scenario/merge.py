"""What a newly given field does to the fields it contradicts: the last word holds, the old one goes.

A scenario file gives a budget, the command line says `--usd 2Musd`: then the money is meant, and the file's budget is
dropped without an error. Two contradicting fields given at the same time stay, and are refused on building.
"""

from __future__ import annotations

from collections.abc import Mapping

from budgetplan.errors import UnitError
from budgetplan.scenario.compounds import pairs
from budgetplan.scenario.problems import ProblemsFound

MERGED = ("fix", "min", "max", "link")
"""Fields whose keys are added to those of the base; every other field is replaced whole."""

_TARGETS = ("target_loss", "target_success")
_FOURTH = ("gpus", "duration", "mfu", "budget")


def merge(base: Mapping[str, object], update: Mapping[str, object]) -> dict[str, object]:
    """Return the base with an update, free of what the update makes obsolete.

    Parameters
    ----------
    base : mapping
        Fields as given before; dropped where an update contradicts them.
    update : mapping
        Fields given now; kept as they are.

    Returns
    -------
    dict

    Examples
    --------
    >>> merge({"budget": 1e25, "law": "default"}, {"usd": "2Musd"})
    {'law': 'default', 'usd': '2Musd'}
    """
    given = {key: value for key, value in update.items() if value is not None}
    values = {key: value for key, value in base.items() if value is not None and key not in _obsolete(base, given)}
    _drop_limits(values, given)
    for key, value in given.items():
        values[key] = joined(values.get(key), value) if key in MERGED else value
    return values


def _obsolete(base: Mapping[str, object], given: Mapping[str, object]) -> set[str]:
    """Return the fields of the base that another way of asking replaces."""
    gone: set[str] = set()
    if "budget" in given:
        gone |= {"usd", *_TARGETS}
        if base.get("budget") is None:
            gone |= {"gpus", "duration"}  # they were the budget; beside a budget they ask for the fourth
    if "usd" in given:
        gone |= {"budget", "gpus", "duration", *_TARGETS}
    if "gpus" in given or "duration" in given:
        gone |= {"usd"}
        if {"gpus", "duration"} <= {key for key in (*base, *given) if given.get(key, base.get(key)) is not None}:
            gone |= set(_TARGETS)
    for target in _TARGETS:
        if target in given:
            gone |= {"budget", "usd", "duration", *_TARGETS}
    return (gone | _fourth(base, given, gone)) - set(given)


def _fourth(base: Mapping[str, object], given: Mapping[str, object], gone: set[str]) -> set[str]:
    """Return which of GPUs, time, utilisation and budget follows from the others, now that one has changed."""
    old = {key for key in _FOURTH if base.get(key) is not None and key not in gone}
    new = {key for key in _FOURTH if key in given}
    if not new or "budget" not in old | new:
        return set()
    whole = {"gpus", "duration"} <= old | new
    if "budget" in old - new and whole and (not {"gpus", "duration"} <= old or set(_FOURTH) == old | new):
        return {"budget"}
    if "budget" in new and set(_FOURTH) == old | new:
        return {"mfu"} if "duration" in new else {"duration"}
    return set()


def _drop_limits(values: dict[str, object], given: Mapping[str, object]) -> None:
    """Let a new fixed value replace old bounds of its key, and a new bound an old fixed value."""
    fixed, bounded = _keys(given.get("fix")), _keys(given.get("min")) | _keys(given.get("max"))
    if "params" in given:
        fixed = fixed | {"params"}
        _without(values, "fix", {"params"})
    if "params" in bounded or "params" in _keys(given.get("fix")):
        values.pop("params", None)
    for side in ("min", "max"):
        _without(values, side, fixed)
    _without(values, "fix", bounded)


def _without(values: dict[str, object], side: str, keys: set[str]) -> None:
    old = values.get(side)
    if isinstance(old, Mapping):
        values[side] = {key: value for key, value in old.items() if key not in keys}


def _keys(value: object) -> set[str]:
    """Return the keys of a raw value that may be malformed; building it will say how."""
    try:
        return set() if value is None else set(pairs(value))
    except (UnitError, ProblemsFound):
        return set()


def joined(old: object, new: object) -> object:
    """Return the keys of both, the new ones holding; whichever is malformed alone, so that building tells how.

    Examples
    --------
    >>> joined({"rl_share": 0.2, "params": 1e9}, "params=2B")
    {'rl_share': 0.2, 'params': '2B'}
    """
    try:
        before = {} if old is None else pairs(old)
    except (UnitError, ProblemsFound):
        return old
    try:
        return {**before, **pairs(new)}
    except (UnitError, ProblemsFound):
        return new
