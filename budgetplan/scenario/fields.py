"""Keyword arguments, command line options and overrides to a scenario."""

from __future__ import annotations

from collections.abc import Mapping

from budgetplan.errors import ScenarioError
from budgetplan.scenario.build import build
from budgetplan.scenario.merge import MERGED, joined, merge
from budgetplan.scenario.model import Scenario, keys
from budgetplan.scenario.problems import Problem, unknown_key

_NESTED = (*MERGED, "share", "checkpoint")


def scenario_from_fields(fields: Mapping[str, object], base: Scenario | None = None, source: str = "") -> Scenario:
    """Return a scenario from fields, as keyword arguments or options give them.

    Parameters
    ----------
    fields : mapping
        Field name to a number in SI units or text such as `15T`; None is "not given".
    base : Scenario, optional
        A scenario that the fields are laid over; what they contradict in it is dropped.
    source : str, optional
        Where the fields come from, for the message.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every problem found.

    Examples
    --------
    >>> scenario_from_fields({"budget": "1e25", "max": {"rl_share": "5%"}}).max
    {'rl_share': 0.05}
    """
    values = merge(_given(base), {_field(key): value for key, value in fields.items()})
    return _built(values, source)


def override(scenario: Scenario, changes: Mapping[str, object]) -> Scenario:
    """Return a scenario with some fields changed, by dotted path.

    Parameters
    ----------
    scenario : Scenario
        The base; it stays as it is.
    changes : mapping
        Path such as `budget` or `max.rl_share` to a value; None or the text `null` takes the field back.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        Where a path does not exist, a value cannot be read, or two changes contradict each other.

    Examples
    --------
    >>> base = scenario_from_fields({"budget": "1e25"})
    >>> changed = override(base, {"max.rl_share": "5%", "usd": "2Musd"})
    >>> changed.budget, changed.usd, changed.max
    (None, 2000000.0, {'rl_share': 0.05})
    """
    base, update, problems = _given(scenario), dict[str, object](), list[Problem]()
    for path, value in changes.items():
        key, _, part = path.partition(".")
        key = _field(key)
        taken_back = value is None or (isinstance(value, str) and value.strip() == "null")
        if key not in Scenario.model_fields or (part and key not in _NESTED):
            problems.append(Problem((path,), unknown_key(path if part and key in Scenario.model_fields else key, keys())))
        elif taken_back:
            _take_back(base, key, part)
        elif part:
            old = update.get(key) if key in MERGED else _parts(update.get(key, base.get(key)))
            update[key] = joined(old, {part: value})
        else:
            update[key] = joined(update.get(key), value) if key in MERGED else value
    built, found = build(merge(base, update))
    problems += found
    if built is None or problems:
        raise ScenarioError([problem.described() for problem in problems])
    return built


def scenario_fields() -> dict[str, str]:
    """Return every field's name and what it means.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> scenario_fields()["budget"]
    'Compute to spend over all stages [FLOP].'
    """
    return {name: field.description or "" for name, field in Scenario.model_fields.items()}


def _given(scenario: Scenario | None) -> dict[str, object]:
    """Return the fields that the user gave, in SI units."""
    return {} if scenario is None else scenario.model_dump(exclude_unset=True, exclude_none=True)


def _field(key: str) -> str:
    return "schema_version" if key == "schema" else key


def _parts(old: object) -> object:
    """Return the parts of a split or checkpoint, one of which is changed."""
    if isinstance(old, tuple):
        return dict(zip(("params", "tokens"), old, strict=True))
    return old if isinstance(old, Mapping) else None


def _take_back(base: dict[str, object], key: str, part: str) -> None:
    """Remove a field, or one key of it."""
    old = base.get(key)
    if part and isinstance(old, Mapping):
        base[key] = {name: value for name, value in old.items() if name != part}
    elif not part:
        base.pop(key, None)


def _built(values: Mapping[str, object], source: str) -> Scenario:
    built, problems = build(values)
    if built is None:
        raise ScenarioError([problem.described(source) for problem in problems])
    return built
