"""A question in layers: file, `--set`, environment, options, each overriding those before it; and who said what."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from budgetplan.errors import ScenarioError

if TYPE_CHECKING:
    from budgetplan.scenario import Scenario

PREFIX = "BUDGETPLAN_"
"""Of environment variables that stand for options."""
AMOUNTS = ("budget", "gpus", "duration", "usd", "target_loss", "target_success")
"""Fields that say how much compute there is, each in its way."""


@dataclass(frozen=True)
class Mention:
    """One place that says something about one field.

    Attributes
    ----------
    field : str
        Of the scenario; a part of it after a dot where parts add up: `max.rl_share`.
    given : str
        As written.
    where : str
        `FILE:LINE`, `--set PATH`, the variable or the option, with the part of the field where it has parts.
    """

    field: str
    given: str
    where: str


@dataclass(frozen=True)
class Layer:
    """One source and the question after it.

    Attributes
    ----------
    source : {"flag", "environment", "set", "file"}
        The one that holds first; a field that none of them mentions has its default.
    mentions : tuple of Mention
    scenario : Scenario
        Of this layer over all before it.
    """

    source: str
    mentions: tuple[Mention, ...]
    scenario: Scenario


@dataclass(frozen=True)
class Asked:
    """The question that a command line asks.

    Attributes
    ----------
    scenario : Scenario
        All layers together.
    layers : tuple of Layer
        The weakest first; those that say nothing are left out.
    passed : tuple of Mention
        Of the environment, where a typed option says otherwise.
    """

    scenario: Scenario
    layers: tuple[Layer, ...]
    passed: tuple[Mention, ...]


def gather(values: Mapping[str, Any], flags: Mapping[str, str]) -> Asked:
    """Read every source of a question.

    `BUDGETPLAN_LAW=besiroglu-2024` in the environment is `--law besiroglu-2024` where that option is not given. An amount
    that is typed takes the place of an amount of another kind in the environment.

    Parameters
    ----------
    values : mapping
        Of the options by name, with `scenario` the file and `set` its changes; None, [] and False are "not given".
    flags : mapping of str to str
        Option as typed, by name.

    Returns
    -------
    Asked

    Raises
    ------
    ScenarioError
        With every problem of the first source that has one.
    """
    from budgetplan.scenario import override, scenario_from_fields
    from budgetplan.scenario.load import load_with_source

    typed = {name: value for name, value in values.items() if value not in (None, [], False)}
    path, changes = typed.pop("scenario", None), typed.pop("set", [])
    scenario, layers = scenario_from_fields({}), list[Layer]()
    if path is not None:
        scenario, source = load_with_source(path)
        said = [
            Mention(field, given, f"{path}:{source.line(tuple(field.split('.')))}") for field, given in _flat(source.values.items())
        ]
        layers.append(Layer("file", tuple(said), scenario))
    if changes:
        scenario = override(scenario, _assignments(changes))
        said = [Mention(field, given, f"--set {field}") for field, given in _flat(_assignments(changes).items())]
        layers.append(Layer("set", tuple(said), scenario))
    found, passed = _environment(values, flags, typed)
    if found:
        fields = {name: text for name, (_, text) in found.items()}
        scenario = scenario_from_fields(fields, scenario, f"environment ({PREFIX}*)")
        variables = {name: variable for name, (variable, _) in found.items()}
        said = [Mention(field, given, _place(field, variables)) for field, given in _flat(fields.items())]
        layers.append(Layer("environment", tuple(said), scenario))
    if typed:
        scenario = scenario_from_fields(typed, scenario)
        said = [Mention(field, given, _place(field, flags)) for field, given in _flat(typed.items())]
        layers.append(Layer("flag", tuple(said), scenario))
    return Asked(scenario, tuple(layers), passed)


def _place(field: str, names: Mapping[str, str]) -> str:
    """Return where a field was given: `--budget`, or `--max rl_share` for a part."""
    name, _, part = field.partition(".")
    return f"{names[name]} {part}".strip()


def _environment(
    values: Mapping[str, Any], flags: Mapping[str, str], typed: Mapping[str, Any]
) -> tuple[dict[str, tuple[str, str]], tuple[Mention, ...]]:
    """Return variable and text of each field that the environment gives, and what typed options pass over."""
    from budgetplan.scenario.merge import MERGED

    amounts = AMOUNTS if any(name in typed for name in AMOUNTS) else ()
    found: dict[str, tuple[str, str]] = {}
    passed = []
    for name in values:
        if name in ("scenario", "set"):
            continue
        # --for is the field `duration`: either name stands for it
        spellings = dict.fromkeys((name, flags[name].lstrip("-").replace("-", "_")))
        variables = [variable for spelling in spellings if os.environ.get(variable := PREFIX + spelling.upper())]
        for variable in variables[:1]:
            text = os.environ[variable]
            if name in amounts or (name in typed and name not in MERGED):
                passed.append(Mention(name, text, variable))
            else:
                found[name] = (variable, text)
    return found, tuple(passed)


def _flat(fields: Any) -> Iterator[tuple[str, str]]:
    """Return every field with its text; parts that add up one by one."""
    from budgetplan.scenario.compounds import pairs
    from budgetplan.scenario.merge import MERGED

    for key, value in fields:
        name = "schema_version" if key == "schema" else str(key)
        if value is None or name == "schema_version":
            continue
        if name in MERGED:
            yield from ((f"{name}.{part}", str(item)) for part, item in pairs(value).items())
        elif isinstance(value, Mapping):
            yield name, ",".join(f"{part}={item}" for part, item in value.items())
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield name, ",".join(map(str, value))
        else:
            yield name, "true" if value is True else str(value)


def _assignments(changes: Sequence[str]) -> dict[str, object]:
    """Read `PATH=VALUE` items; the last one of a path holds."""
    found: dict[str, object] = {}
    problems = []
    for change in changes:
        path, equals, value = (part.strip() for part in change.partition("="))
        if not (path and equals):
            problems.append(f"`--set {change}` is not of the form PATH=VALUE.")
        found[path] = value
    if problems:
        raise ScenarioError(problems, "Write for example --set max.rl_share=5%.")
    return found
