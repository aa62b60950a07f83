"""What regenerates an answer: version, hashes, solver, command. No clock, so that equal questions give equal bytes."""

from __future__ import annotations

import hashlib
import json
import shlex
from typing import Any

from budgetplan.laws.law import Law
from budgetplan.scenario import Scenario
from budgetplan.version import VERSION

_NOT_ASKED = ("schema_version", "share")
"""Fields that no plan asks about."""
_TIMES = ("duration", "deadline")
"""Fields that want their unit."""


def provenance(scenario: Scenario, law: Law, command: str = "") -> dict[str, Any]:
    """Version, hashes and command of an answer.

    Parameters
    ----------
    scenario : Scenario
        The question.
    law : Law
        That answered.
    command : str
        What was typed, where it was.

    Returns
    -------
    dict
        Strings only.
    """
    asked = json.dumps(scenario.model_dump(mode="json"), sort_keys=True)
    return {
        "version": VERSION,
        "law": law.id,
        "law_hash": law.hash,
        "scenario_hash": hashlib.sha256(asked.encode()).hexdigest()[:12],
        "solver": "scan, Newton and interior point; certified by KKT residual",
        "command": command or _command(scenario),
    }


def _command(scenario: Scenario) -> str:
    """A command line that asks the same question, from the fields that differ from their defaults."""
    words = ["budgetplan plan"]
    for name in scenario.model_fields_set:
        value = getattr(scenario, name)
        default = type(scenario).model_fields[name].get_default(call_default_factory=True)
        if name in _NOT_ASKED or value is None or value == default:
            continue
        flag = {"duration": "--for"}.get(name, "--" + name.replace("_", "-"))
        if isinstance(value, dict):
            words += [f"{flag} {key}={_text(item)}" for key, item in value.items()]
        elif isinstance(value, tuple):
            words.append(f"{flag} {','.join(map(_text, value))}")
        elif isinstance(value, bool):
            words.append(flag)
        else:
            words.append(f"{flag} {_text(value)}{'s' if name in _TIMES else ''}")
    return " ".join([words[0], *sorted(words[1:])])


def _text(value: Any) -> str:
    """A value as it is typed: the fewest digits that are read back as the same number, and quotes where a shell wants them."""
    if not isinstance(value, float):
        return shlex.quote(str(value))
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
