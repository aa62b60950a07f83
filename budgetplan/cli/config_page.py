"""What `--explain-config` answers: of every field its value, the source that won, and what that overrode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from budgetplan.cli.layout import Grid, Lines, Page
from budgetplan.cli.result import Result
from budgetplan.cli.scenario_sources import AMOUNTS, PREFIX, Asked, Layer, Mention

if TYPE_CHECKING:
    from budgetplan.scenario import Scenario

SCHEMA = "budgetplan/config/1"
"""Form of the answer."""
_LIMITS = ("fix", "min", "max")
_NAMES = {"flag": "option", "set": "--set"}
_ORDER = f"option, environment ({PREFIX}*), --set, file, default: the first that says something holds"


def explained(asked: Mapping[str, Asked]) -> Result:
    """Return the explanation of one question, or of several.

    Parameters
    ----------
    asked : mapping of str to Asked
        By scenario file; one without a file is called "".

    Returns
    -------
    Result
        With several, rows and tables name the file.
    """
    told = {name: list(config_rows(item)) for name, item in asked.items()}
    many = len(told) > 1
    parts: list[Grid | Lines] = []
    for name, rows in told.items():
        head = (name if many else "field", "value", "source", "where", "overrode")
        parts.append(Grid(head, tuple(_cells(row) for row in rows)))
    parts.append(Lines((("order", _ORDER),)))
    if many:
        data: dict[str, Any] = {"schema": SCHEMA, "scenarios": [{"scenario": name, "fields": told[name]} for name in told]}
    else:
        ((name, rows),) = told.items()
        data = {"schema": SCHEMA, "scenario": name or None, "fields": rows}
    given = sum(row["source"] != "default" for rows in told.values() for row in rows)
    every = sum(map(len, told.values()))
    title = f"{given} of {every} fields are given; the others are defaults." if given else "Every field has its default."
    flat = [{**({"scenario": name} if many else {}), **_flat(row)} for name, rows in told.items() for row in rows]
    return Result(data, flat, Page(title, "", tuple(parts)), title)


def config_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    """Return one row per field, in the order of the scenario; a row per part where parts add up.

    Parameters
    ----------
    asked : Asked
        The question in its layers.

    Yields
    ------
    dict
        `field`, `value` in SI, `source`, `where`, `given` as written, `replaced_by` where another field took this one
        out, and `overrode`: a list of `source`, `where`, `given`.
    """
    from budgetplan.scenario import Scenario
    from budgetplan.scenario.merge import MERGED

    said = [(layer, _own(item)) for layer in asked.layers for item in layer.mentions]
    for name in Scenario.model_fields:
        if name == "schema_version":
            continue
        parts = [name]
        if name in MERGED:
            keys = [*getattr(asked.scenario, name), *(item.field.partition(".")[2] for _, item in said if _root(item) == name)]
            parts = [f"{name}.{key}" for key in dict.fromkeys(keys) if key] or [name]
        for part in parts:
            yield _row(part, asked, [(layer, item) for layer, item in said if item.field == part])


def _row(field: str, asked: Asked, said: Sequence[tuple[Layer, Mention]]) -> dict[str, Any]:
    """One field; its strongest mention won, unless a later layer took it out."""
    over = [{"source": layer.source, "where": item.where, "given": item.given} for layer, item in said]
    over += [{"source": "environment", "where": item.where, "given": item.given} for item in asked.passed if item.field == field]
    row: dict[str, Any] = {"field": field, "value": _value(asked.scenario, field), "source": "default", "where": None}
    row |= {"given": None, "replaced_by": None, "overrode": over}
    if not said:
        return row
    last, won = said[-1]
    holds = {"source": last.source, "where": won.where, "given": won.given, "overrode": over[: len(said) - 1] + over[len(said) :]}
    if _is_set(asked.scenario, field):
        return row | holds
    # the field is not in force: `null` took it back, or another way of asking replaced it
    took = next(layer for layer in asked.layers[asked.layers.index(last) :] if not _is_set(layer.scenario, field))
    if took is last:
        return row | holds
    rivals = [item for item in map(_own, took.mentions) if _family(item.field) == _family(field) and item.field != field]
    return row | {
        "source": took.source,
        "replaced_by": ", ".join(_told(took.source, item.where, item.given) for item in rivals) or None,
    }


def _own(item: Mention) -> Mention:
    """A mention of a part of a field whose parts do not add up is one of the field: `share.rl`."""
    from budgetplan.scenario.merge import MERGED

    return item if _root(item) in MERGED else Mention(_root(item), item.given, item.where)


def _root(item: Mention) -> str:
    return item.field.partition(".")[0]


def _family(field: str) -> str:
    """What fields that replace each other have in common: they are amounts of compute, or limit the same quantity."""
    name, _, part = field.partition(".")
    if name in AMOUNTS or name == "mfu":
        return "amount"
    return part if name in _LIMITS else name


def _is_set(scenario: Scenario, field: str) -> bool:
    name, _, part = field.partition(".")
    return (
        name in scenario.model_fields_set and _value(scenario, field) is not None and (not part or part in getattr(scenario, name))
    )


def _value(scenario: Scenario, field: str) -> Any:
    """A field in SI, or one part of it; None where it has none."""
    name, _, part = field.partition(".")
    value = getattr(scenario, name)
    if part:
        return value.get(part)
    return list(value) if isinstance(value, tuple) else value


def shown(value: Any, field: str = "") -> str:
    """Return a field's value for a table: `-` for none, `1e+25` as `1e25`, a time with its unit.

    Examples
    --------
    >>> shown(None), shown(1e25), shown({"rl": 0.4}), shown([8e9, 15e12]), shown(2592000.0, "duration")
    ('-', '1e25', 'rl=0.4', '8e09,1.5e13', '30d')
    """
    from budgetplan.scenario.write import DURATIONS, duration, written

    if field in DURATIONS and isinstance(value, float):
        return duration(value)
    if isinstance(value, str):
        return value
    if value is None or value == {}:
        return "-"
    if isinstance(value, Mapping):
        return ",".join(f"{key}={shown(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ",".join(map(shown, value))
    return f"{value:.6g}".replace("e+", "e") if isinstance(value, float) else written(value)


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    where = row["where"] or ""
    if row["replaced_by"]:
        where = f"taken out by {row['replaced_by']}"
    elif row["source"] not in ("file", "default"):
        where = _told(row["source"], where, row["given"])
    return (row["field"], shown(row["value"], row["field"]), _NAMES.get(row["source"], row["source"]), where, _overrode(row))


def _overrode(row: Mapping[str, Any]) -> str:
    return "; ".join(_told(item["source"], item["where"], item["given"]) for item in row["overrode"])


def _told(source: str, where: str, given: str | None) -> str:
    """Return a mention as it is written there: `--budget 1e25`, `--set mfu=35%`, `BUDGETPLAN_LAW=default`."""
    spaced = source == "file" or (source == "flag" and " " not in where)
    return f"{where}{' ' if spaced else '='}{given or ''}"


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without nesting, for CSV."""
    value = row["value"]
    return {**row, "value": shown(value) if isinstance(value, list | dict) else value, "overrode": _overrode(row)}
