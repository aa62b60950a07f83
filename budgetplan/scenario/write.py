"""A scenario to YAML, so that loading it gives the same scenario, to the last digit."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from budgetplan.scenario.model import Scenario

_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_./+-]*")
DURATIONS = ("duration", "deadline")
"""Fields that are times, and are written with their unit."""
_RESERVED = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def to_yaml(scenario: Scenario) -> str:
    """Return the YAML of a scenario: its form and every field that differs from the default.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str
        Numbers with all digits and their unit where a bare number would be refused.

    Examples
    --------
    >>> print(to_yaml(Scenario.model_validate({"budget": "1e25", "max": {"rl_share": "5%"}})), end="")
    schema: budgetplan/scenario/1
    budget: 1e25
    max:
      rl_share: 0.05
    """
    lines = [f"schema: {scenario.schema_version}"]
    for name, field in Scenario.model_fields.items():
        value = getattr(scenario, name)
        if name == "schema_version" or value == field.get_default(call_default_factory=True, validated_data={}):
            continue
        if isinstance(value, Mapping):
            lines.append(f"{name}:")
            lines.extend(f"  {key}: {written(item)}" for key, item in value.items())
        elif name == "checkpoint" and isinstance(value, tuple):
            lines.append(f"{name}: {written(value[0])},{written(value[1])}")
        else:
            lines.append(f"{name}: {duration(value) if name in DURATIONS else written(value)}")
    return "\n".join(lines) + "\n"


def written(value: object) -> str:
    """Return a value as a YAML scalar that reads back as the same value.

    Examples
    --------
    >>> written(1e25), written(2000.0), written(True), written("runs: mine.yaml")
    ('1e25', '2000', 'true', '"runs: mine.yaml"')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e6
        return str(int(value)) if whole else repr(value).replace("e+", "e")
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _BARE.fullmatch(text) and text.casefold() not in _RESERVED:
        return text
    return json.dumps(text, ensure_ascii=False)


def duration(seconds: float) -> str:
    """Return a duration in days or hours where that is exact.

    Examples
    --------
    >>> duration(1814400.0), duration(5400.0)
    ('21d', '5400s')
    """
    for size, unit in ((86400, "d"), (3600, "h")):
        if seconds % size == 0 and seconds >= size:
            return f"{written(seconds / size)}{unit}"
    return f"{written(seconds)}s"
