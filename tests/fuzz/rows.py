"""An input as a row for the table of bad inputs: the command line that reads it, and the file beside it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable

from budgetplan.units import DIMENSIONS
from tests.fuzz.targets import UNITS, words

_OPTIONS = {"duration": "for"}


def row(name: str, data: bytes) -> str:
    """A row in the form of `tests/bad_input/cases`, to be given a name and the sentence that it should end in.

    Parameters
    ----------
    name : str
        Of the target.
    data : bytes
        The input.
    """
    fields = {"name": "NAME", **_ROWS[name](data), "says": "SENTENCE"}
    return (
        "- {"
        + ", ".join(f"{key}: {json.dumps(value) if key not in ('name', 'says') else value}" for key, value in fields.items())
        + "}"
    )


def _call(*parts: str) -> dict[str, str]:
    return {"call": shlex.join(parts)}


def _quantity(data: bytes) -> dict[str, str]:
    names = sorted(DIMENSIONS)
    name = names[data[0] % len(names)] if data else "compute"
    unit = {"params": "params", "tokens": "tokens", "count": "queries", "rate": "/s", "ratio": "%", "loss": "nat"}
    return _call("convert", words(data[1:]), "--to", unit.get(name, DIMENSIONS[name].unit))


def _conversion(data: bytes) -> dict[str, str]:
    unit, _, text = words(data).partition("\n")
    return _call("convert", text, "--to", UNITS[len(unit) % len(UNITS)] if unit.isdigit() else unit)


def _options(data: bytes) -> dict[str, str]:
    parts = []
    for line in words(data).split("\n"):
        key, _, value = line.partition("=")
        parts += [f"--{_OPTIONS.get(key, key).replace('_', '-')}", value]
    return _call("plan", *parts)


def _file(name: str, *call: str) -> Callable[[bytes], dict[str, str]]:
    return lambda data: {"call": shlex.join(call), "file": name, "bytes": data.decode("latin-1")}


def _runs(data: bytes) -> dict[str, str]:
    where, _, rest = data.partition(b"\n")
    named, _, table = rest.partition(b"\n")
    parts = ["fit", "a.csv", "--form", "chinchilla", *(["--where", words(where)] if where else [])]
    parts += [word for item in words(named).split(";") if "=" in item for word in ("--column", item)]
    return {**_call(*parts), "file": "a.csv", "bytes": table.decode("latin-1")}


_ROWS: dict[str, Callable[[bytes], dict[str, str]]] = {
    "quantity": _quantity,
    "conversion": _conversion,
    "devices": lambda data: _call("plan", "--for", "1d", "--gpus", words(data)),
    "condition": lambda data: _call("crossover", "--when", words(data)),
    "path": lambda data: _call("plan", "--budget", "1e22", "--law", "besiroglu-2024", "--get", words(data)),
    "options": _options,
    "changes": lambda data: _call("what-if", "--budget", "1e25", "--case", words(data)),
    "scenario": _file("a.yaml", "plan", "a.yaml"),
    "law": _file("a.yaml", "laws", "./a.yaml"),
    "runs": _runs,
}
